"""The language of card templates, bounded: whoever writes a card cannot make filling it take for ever or fill the memory.

Jinja's sandbox keeps a template from the system, not from the clock: two loops of a hundred thousand, "x" * 10**9, or a text joined to
itself forty times over stand still or eat everything, some of it while the template is compiled. So the language itself is small: no
powers, macros, imports or blocks; the filters of cards and a few more; numbers, texts and lists that cannot grow without bound; and
a budget of loop turns and calls for each filling. All of it counts steps, never seconds: a card that is refused is refused everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from jinja2 import StrictUndefined, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

MOST_TEMPLATE = 12_000  # characters; the longest card that ships has 5,450
MOST_TEXT = 10_000  # characters of what is filled, and of any text on the way
MOST_ITEMS = 1_000  # of a list that is added to another
MOST_NUMBER = 10**18
MOST_TURNS = 300  # of all loops of one filling; those that ship take 16 at most
MOST_CALLS = 2_000  # of rates, calculators and the like; those that ship take 37 at most

_NODES = frozenset(
    [
        "Template", "Output", "TemplateData", "Name", "NSRef", "Const", "Filter", "Test", "Call", "Keyword", "Pair", "Getattr",
        "Getitem", "Slice", "If", "For", "Assign", "CondExpr", "Compare", "Operand", "And", "Or", "Not", "Neg", "Pos", "Add", "Sub",
        "Mul", "Div", "FloorDiv", "Mod", "Concat", "List", "Tuple", "Dict",
    ]
)  # fmt: skip
_FILTERS = (
    "int", "max", "min", "length", "round", "capitalize", "select", "reject", "list", "sort", "map", "string", "abs", "first", "last",
    "default", "lower", "upper", "trim",
)  # fmt: skip
_ATTRIBUTES: Mapping[type, frozenset[str]] = {
    date: frozenset({"year", "month", "day"}),
    dict: frozenset({"get", "items", "keys", "values"}),
    list: frozenset({"append"}),
}
_PLAIN = (str, bytes, int, float, Decimal, tuple, list, dict, date)
_EACH, _JOIN = "_each", "_join"


@dataclass(slots=True)
class _Budget:
    """What is left for one filling."""

    turns: int = MOST_TURNS
    calls: int = MOST_CALLS


_left: ContextVar[_Budget | None] = ContextVar("budget", default=None)


@contextmanager
def budget() -> Iterator[None]:
    """One filling of one template."""
    token = _left.set(_Budget())
    try:
        yield
    finally:
        _left.reset(token)


class BoundedEnvironment(SandboxedEnvironment):
    """Jinja's sandbox with those bounds. What breaks one raises SecurityError, a TemplateError, with a Vietnamese line."""

    intercepted_binops = frozenset(["+", "*", "%"])

    def __init__(self, filters: Mapping[str, Callable[..., Any]]) -> None:
        super().__init__(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)
        self.globals = {"namespace": self.globals["namespace"], _EACH: _each, _JOIN: _join}
        self.filters = {name: self.filters[name] for name in _FILTERS} | dict(filters)
        plain_round = self.filters["round"]
        self.filters["round"] = lambda value, precision=0, method="common": plain_round(
            value,
            precision if isinstance(precision, int) and 0 <= precision <= 6 else _no("làm tròn quá 6 chữ số"),
            method,
        )

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        if len(source) > MOST_TEMPLATE:
            _no(f"mẫu dài quá {MOST_TEMPLATE} ký tự")
        tree = super()._parse(source, name, filename)
        for node in tree.find_all(nodes.Node):
            if type(node).__name__ not in _NODES:
                _no(f"{type(node).__name__} không dùng trong thẻ")
            if isinstance(node, nodes.For) and node.recursive:
                _no("vòng lặp gọi lại chính nó")
        return _counted(tree, self)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Sums and products whose result stays small."""
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return _join(left, right)
        if operator == "+" and isinstance(left, list | tuple) and isinstance(right, list | tuple):
            if len(left) + len(right) > MOST_ITEMS:
                _no(f"danh sách quá {MOST_ITEMS} phần tử")
        elif any(isinstance(v, str | bytes | list | tuple) for v in (left, right)):
            _no(f"phép {operator} với chữ hoặc danh sách")
        result = super().call_binop(context, operator, left, right)
        if isinstance(result, int | float | Decimal) and not -MOST_NUMBER <= result <= MOST_NUMBER:
            _no("con số quá lớn")
        return result

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Of plain values only the few attributes that cards need: their methods can make texts and numbers of any size."""
        if isinstance(obj, _PLAIN):
            return any(attr in allowed for kind, allowed in _ATTRIBUTES.items() if isinstance(obj, kind))
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> None:
        """`format` is no exception: the sandbox would hand out a safe one, which still pads to any width."""

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """A call, paid from the budget."""
        if __obj is not _each and __obj is not _join and (left := _left.get()) is not None:
            left.calls -= 1
            if left.calls < 0:
                _no(f"quá {MOST_CALLS} lần tính")
        return super().call(__context, __obj, *args, **kwargs)


def checked_length(text: str) -> str:
    """`text` when it is no longer than an answer may be. Raises SecurityError."""
    return text if len(text) <= MOST_TEXT else _no(f"câu trả lời dài quá {MOST_TEXT} ký tự")


def _counted(tree: nodes.Template, environment: SandboxedEnvironment) -> nodes.Template:
    """Puts what loops go through, and texts that are joined, into the hands of `_each` and `_join`."""
    for loop in list(tree.find_all(nodes.For)):
        loop.iter = _handed(_EACH, [loop.iter], loop.lineno)
    _replace_joins(tree)
    tree.set_environment(environment)
    return tree


def _replace_joins(node: nodes.Node) -> None:
    for name, value in node.iter_fields():
        if isinstance(value, nodes.Node):
            setattr(node, name, _joined(value))
        elif isinstance(value, list):
            setattr(node, name, [_joined(v) if isinstance(v, nodes.Node) else v for v in value])


def _joined(node: nodes.Node) -> nodes.Node:
    _replace_joins(node)
    return _handed(_JOIN, node.nodes, node.lineno) if isinstance(node, nodes.Concat) else node


def _handed(name: str, given: list[Any], line: int) -> nodes.Call:
    return nodes.Call(nodes.Name(name, "load", lineno=line), given, [], None, None, lineno=line)


def _each(items: Iterable[Any]) -> list[Any]:
    left = _left.get() or _Budget()
    found = list(islice(items, left.turns + 1))
    left.turns -= len(found)
    if left.turns < 0:
        _no(f"quá {MOST_TURNS} vòng lặp")
    return found


def _join(*parts: Any) -> str:
    return checked_length("".join(str(part) for part in parts))


def _no(why: str) -> Any:
    raise SecurityError(why)

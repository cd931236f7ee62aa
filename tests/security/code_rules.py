"""Rules about our own code that linters do not have, by its syntax tree: each finding is `line: rule`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

_SQL = re.compile(r"(?i)^\s*(select|insert|update|delete|drop|alter|create|with|pragma)\b")
_RUNS = {"eval", "exec", "compile", "__import__"}
_SUBPROCESS = {"run", "Popen", "call", "check_call", "check_output"}
_PICKLES = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "joblib"}
_HTTP = {"get", "post", "put", "patch", "delete", "request", "head", "stream"}
_LOGS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
_SAID = {
    "text",
    "message",
    "question",
    "body",
    "phone",
    "words",
    "password",
    "token",
    "secret",
    "typed",
    "content",
}
"""Names that in this project hold what a person typed or what is secret."""


def findings(source: str) -> list[str]:
    """What breaks a rule in `source`."""
    tree = ast.parse(source)
    return [f"{line}: {rule}" for line, rule in sorted(set(_walk(tree)))]


def _walk(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                if name.name.split(".")[0] in _PICKLES:
                    yield node.lineno, "pickle"
        elif isinstance(node, ast.ImportFrom):
            if (node.module or "").split(".")[0] in _PICKLES:
                yield node.lineno, "pickle"
        elif isinstance(node, ast.Call):
            yield from _call(node)


def _call(node: ast.Call) -> Iterator[tuple[int, str]]:
    named = {k.arg: k.value for k in node.keywords}
    owner, what = _names(node.func)
    if not owner and what in _RUNS:
        yield node.lineno, "eval"
    if (owner == "os" and what in ("system", "popen")) or _true(named.get("shell")):
        yield node.lineno, "shell"
    if owner == "yaml" and what in ("load", "load_all", "unsafe_load", "full_load"):
        loader = named.get("Loader") or (node.args[1] if len(node.args) > 1 else None)
        if (
            what in ("unsafe_load", "full_load")
            or loader is None
            or ast.unparse(loader) not in ("_Loader", "yaml.SafeLoader")
        ):
            yield node.lineno, "yaml"
    if owner == "torch" and what == "load":
        yield node.lineno, "torch.load"
    if "trust_remote_code" in named and not _false(named["trust_remote_code"]):
        yield node.lineno, "remote code"
    if "allow_pickle" in named and not _false(named["allow_pickle"]):
        yield node.lineno, "pickle"
    if (owner, what) in (("np", "load"), ("numpy", "load")) and not _false(named.get("allow_pickle")):
        yield node.lineno, "pickle"
    if owner in ("requests", "httpx", "urllib.request") and what in (*_HTTP, "urlopen") and "timeout" not in named:
        yield node.lineno, "no timeout"
    if owner == "httpx" and what in ("Client", "AsyncClient") and "timeout" not in named:
        yield node.lineno, "no timeout"
    if "follow_redirects" in named and not _false(named["follow_redirects"]):
        yield node.lineno, "follows redirects"
    if "verify" in named and _false(named["verify"]) and owner in ("httpx", "requests"):
        yield node.lineno, "no certificate check"
    if what in ("execute", "text", "exec_driver_sql", "executescript") and node.args and _made_up_sql(node.args[0]):
        yield node.lineno, "made-up SQL"
    if what in _LOGS and owner.rpartition(".")[2] in ("log", "logger", "logging", "access_log", "_log"):
        for part in node.args[1:] if what != "log" else node.args[2:]:
            if _tells(part):
                yield node.lineno, "logs what was said"
        if node.args and isinstance(node.args[0], ast.JoinedStr):
            yield node.lineno, "logs a made-up string"
    if owner == "hashlib" and what in ("md5", "sha1") and not _false(named.get("usedforsecurity")):
        yield node.lineno, "weak hash"


def _tells(node: ast.expr) -> bool:
    """A value that holds words of a person: a name of that kind or an attribute of it, not its length or type."""
    if isinstance(node, ast.Name):
        return node.id in _SAID
    return isinstance(node, ast.Attribute) and node.attr in _SAID


def _made_up_sql(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        first = node.values[0]
        return any(isinstance(v, ast.FormattedValue) and not _constant(v.value) for v in node.values) and (
            not isinstance(first, ast.Constant) or bool(_SQL.match(str(first.value)))
        )
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
        return isinstance(node.left, ast.Constant) and bool(_SQL.match(str(node.left.value)))
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"
        and isinstance(node.func.value, ast.Constant) and bool(_SQL.match(str(node.func.value.value)))
    )  # fmt: skip


def _constant(node: ast.expr) -> bool:
    """A name in capitals: a constant of the module."""
    return isinstance(node, ast.Name) and node.id.isupper()


def _names(node: ast.expr) -> tuple[str, str]:
    if isinstance(node, ast.Attribute):
        return (ast.unparse(node.value), node.attr)
    return ("", node.id) if isinstance(node, ast.Name) else ("", "")


def _true(node: ast.expr | None) -> bool:
    return node is not None and not _false(node)


def _false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False

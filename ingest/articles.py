"""One article into its clauses and points."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.labels import Mark, clause_marks, point_marks
from ingest.marks import CLAUSE, GAP, GAP_START, POINT, ends_sentence, starts_lower, stops_short
from ingest.readers.model import Line
from ingest.repairs import guess_title, is_noise, join_broken, open_lines, split_heading
from ingest.sequence import number_name, point_name
from knowledge.law import Coordinate, Provision, ProvisionKind

_SHORT_TITLE = 80
_TITLE_REST = 200
_SPECKS = re.compile(r"(?<=[.;:])(?:\s+[-–_~.,'‘’`*|„¬·•]+)+$")
_FOOTNOTE_MARK = re.compile(r"\s*\[\d{1,3}\]\s*$")
_HINT_WORDS = ("khoản", "điểm", "đoạn")


@dataclass(frozen=True, slots=True)
class Warning:
    """Something a person should look at. `code` is stable, `where` a coordinate without the document, `message` Vietnamese."""

    code: str
    where: str
    message: str


@dataclass(slots=True)
class Unit:
    """An article, clause, point or table while it is being read."""

    kind: ProvisionKind
    clause: str = ""
    point: str = ""
    section: str = ""
    parts: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        """Appends a paragraph; a sentence that a bad line break cut is joined with a blank, a new paragraph with a line feed."""
        cut = starts_lower(text) or (self.parts and stops_short(self.parts[-1]))
        if self.parts and cut and not ends_sentence(self.parts[-1]):
            self.parts[-1] = f"{self.parts[-1]} {text}"
        elif text:
            self.parts.append(text)

    @property
    def text(self) -> str:
        """The paragraphs, without the specks that a scan left behind the last sentence of one ("… như sau: -")."""
        return "\n".join(_SPECKS.sub("", part) for part in self.parts)


@dataclass(slots=True)
class Article:
    """An article that was read: its title and its units in reading order."""

    number: str
    heading: str
    units: list[Unit]
    warnings: list[Warning]

    def provisions(self, document: str, breadcrumb: tuple[str, ...], section: str = "") -> list[Provision]:
        """The article's provisions. Points carry the opening words of their clause in the breadcrumb."""
        title = f"Điều {self.number}. {self.heading}".rstrip(". ") if self.number else self.heading
        leads = {
            unit.clause: unit.text for unit in self.units if unit.kind in (ProvisionKind.CLAUSE, ProvisionKind.ARTICLE)
        }
        made = []
        for unit in self.units:
            lead = _shortened(leads.get(unit.clause, "")) if unit.point or unit.section else ""
            crumbs = (*breadcrumb, title, *((f"Khoản {unit.clause}. {lead}" if unit.clause else lead,) if lead else ()))
            where = Coordinate(
                document, self.number, unit.clause, unit.point, " · ".join(s for s in (section, unit.section) if s)
            )
            made.append(Provision(where, unit.kind, unit.text, self.heading, crumbs))
        return made


def _shortened(text: str, limit: int = 240) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + "…"


def _split_title(
    rest: str, lines: list[Line], warnings: list[Warning], where: str, titled: bool
) -> tuple[str, list[Line]]:
    """The title and the lines of the body, whether the title ends on its line, below it, or runs into the text.

    Decisions (quyết định) and old laws have articles without titles, `titled` is False for them: there "Điều 2. Quyết
    định này có hiệu lực từ ngày ký." is the rule itself.
    """
    announces = rest.rstrip().endswith(":")
    pieces = split_heading(rest, lines) if len(rest) > 60 or " 2. " in rest else [rest]
    if len(pieces) > 1:
        below = [*(Line(piece) for piece in pieces[1:]), *lines]
        if not titled and rest[len(pieces[0]) :].lstrip().startswith(":"):
            return "", [Line(f"{pieces[0]}:"), *below]
        return pieces[0].strip(" .:-–"), below
    short = len(rest) <= _SHORT_TITLE and not announces and bool(lines) and bool(CLAUSE.match(lines[0].text))
    if ends_sentence(rest) and not titled and not short:
        return "", [Line(rest), *lines]
    if (
        not rest
        and lines
        and not CLAUSE.match(lines[0].text)
        and len(lines[0].text) < 200
        and not ends_sentence(lines[0].text)
    ):
        return (
            _split_title(lines[0].text, lines[1:], warnings, where, titled) if len(lines) > 1 else (lines[0].text, [])
        )
    title, body = guess_title(rest, announces and titled)
    if body:
        warnings.append(Warning("title_guessed", where, "Tên điều và nội dung dính nhau, chỗ tách do máy đoán."))
        return title, [Line(body), *lines]
    if ends_sentence(rest) and (announces or not lines):
        return "", [Line(rest), *lines]
    while lines and _goes_on(title, lines):
        title, lines = f"{title} {lines[0].text}", lines[1:]
    return title, lines


def _goes_on(title: str, lines: Sequence[Line]) -> bool:
    """True when the first of `lines` belongs to `title`, which a margin cut: "… làm việc tại" / "Việt Nam"."""
    text = lines[0].text
    if lines[0].table or POINT.match(text) or CLAUSE.match(text):
        return False
    return starts_lower(text) or (stops_short(title) and len(text) <= _TITLE_REST and not ends_sentence(text))


def _without_hint(heading: str) -> tuple[str, str]:
    """The heading and the clause that whoever made an excerpt wrote behind it: "Tên điều (khoản 7, đoạn 2)" → ("Tên điều", "7")."""
    place = heading.rfind("(")
    words = heading[place + 1 :].rstrip(" )").lower().replace(",", " ").split() if place >= 0 else []
    if len(words) >= 2 and words[0] == "khoản" and words[1].isdigit() and set(words[2::2]) <= set(_HINT_WORDS):
        return heading[:place].rstrip(), words[1]
    return heading, ""


def _gaps(run: list[float], where: str, what: str, warnings: list[Warning], gap_marked: bool) -> None:
    name_of, word = (number_name, "khoản") if what == "clause" else (point_name, "điểm")
    last = 0.0
    for position in run:
        if int(position) > int(last) + 1 and not gap_marked:
            lost = ", ".join(name_of(float(p)) for p in range(int(last) + 1, int(position)))
            warnings.append(
                Warning(f"missing_{what}", where, f"Không thấy {word} {lost}; có thể tệp bị lược hoặc đọc sai.")
            )
        last = position


def read_article(
    number: str, rest: str, lines: Sequence[Line], quoted: Sequence[bool] | None = None, *, titled: bool = True
) -> Article:
    """The article headed "Điều `number`. `rest`" with the body `lines`; `quoted` marks lines of another law's new text.

    `titled` says whether articles of this document have titles.
    """
    where = f"Điều {number}"
    warnings: list[Warning] = []
    if quoted is not None and any(quoted):
        kept = [(line, q) for line, q in zip(lines, quoted, strict=True) if not is_noise(line)]
        heading, body = _split_title(rest, [line for line, _ in kept], warnings, where, titled)
        flags = [q for _, q in kept][-len(body) :] if body else []
        flags = [False] * (len(body) - len(flags)) + flags
    else:
        heading, body = _split_title(
            rest, join_broken([line for line in lines if not is_noise(line)]), warnings, where, titled
        )
        body = open_lines(body)
        flags = [False] * len(body)
    heading, hinted = _without_hint(_FOOTNOTE_MARK.sub("", heading))
    clauses = clause_marks(body, flags)
    starts = [*sorted(clauses), len(body)]
    points = point_marks(body, flags, 0, starts[0])
    for begin, end in itertools.pairwise(starts):
        points.update(point_marks(body, flags, begin + 1, end))
    units = _units(
        body,
        clauses,
        points,
        Unit(ProvisionKind.CLAUSE if hinted else ProvisionKind.ARTICLE, clause=hinted),
        where,
        warnings,
    )
    gap_marked = bool(hinted) or any(GAP_START.search(line.text) for line in body)
    _unnumbered_first_clause(units, gap_marked, where, warnings)
    numbers = [clauses[i].position for i in sorted(clauses)]
    first_inferred = any(w.code == "clause_inferred" for w in warnings)
    _gaps([1.0, *numbers] if first_inferred or hinted else numbers, where, "clause", warnings, gap_marked)
    for begin, end in zip([0, *starts], [*starts, len(body)], strict=False):
        clause = f"{where} khoản {number_name(clauses[begin].position)}" if begin in clauses else where
        _gaps([points[i].position for i in sorted(points) if begin <= i < end], clause, "point", warnings, gap_marked)
    kept_units = [u for u in units if u.text and not GAP.match(u.text)]
    return Article(number, heading, kept_units or [Unit(ProvisionKind.ARTICLE)], warnings)


def _units(
    body: Sequence[Line],
    clauses: dict[int, Mark],
    points: dict[int, Mark],
    first: Unit,
    where: str,
    warnings: list[Warning],
) -> list[Unit]:
    """The units of an article in reading order, `first` being its own text before any clause."""
    units, tables = [first], 0
    for index, line in enumerate(body):
        text = line.text.strip()
        begin = len(text)  # of the text after a label
        if mark := clauses.get(index):
            units.append(Unit(ProvisionKind.CLAUSE, clause=number_name(mark.position)))
            _note_repair(mark.printed, units[-1].clause, f"{where} khoản {units[-1].clause}", warnings)
        elif mark := points.get(index):
            units.append(Unit(ProvisionKind.POINT, clause=units[-1].clause, point=point_name(mark.position)))
            _note_repair(
                mark.printed, units[-1].point, f"{where} khoản {units[-1].clause} điểm {units[-1].point}", warnings
            )
        if mark:
            begin = mark.end - (len(line.text) - len(line.text.lstrip()))
            units[-1].add(text[begin:])
        elif line.table:
            if units[-1].kind is not ProvisionKind.TABLE:
                tables += 1
                units.append(Unit(ProvisionKind.TABLE, units[-1].clause, units[-1].point, f"Bảng {tables}"))
            units[-1].parts.append(text)
        elif not GAP.match(text):
            _open_unit(units).add(text)
    return units


def _open_unit(units: list[Unit]) -> Unit:
    """The unit that a paragraph without a label continues.

    A last sentence that speaks of the whole clause stays with the point above it: a quote must stand in the document in
    the same order.
    """
    return next(u for u in reversed(units) if u.kind is not ProvisionKind.TABLE)


def _note_repair(printed: str, read: str, where: str, warnings: list[Warning]) -> None:
    if printed.lower() != read:
        warnings.append(
            Warning("label_repaired", where, f"Số thứ tự in là “{printed}”, đọc là “{read}” theo trình tự.")
        )


def _unnumbered_first_clause(units: list[Unit], gap_marked: bool, where: str, warnings: list[Warning]) -> None:
    """Gives clause 1 back its number when a scan lost it: text stands first and the next clause is 2."""
    numbered = [u.clause for u in units if u.kind is ProvisionKind.CLAUSE]
    if (
        gap_marked
        or not numbered
        or numbered[0] != "2"
        or not (units[0].text and units[0].kind is ProvisionKind.ARTICLE)
    ):
        return
    units[0].kind = ProvisionKind.CLAUSE
    for unit in units:
        if unit.clause == "2":
            break
        unit.clause = "1"
    warnings.append(
        Warning(
            "clause_inferred",
            f"{where} khoản 1",
            "Không thấy số “1.” nhưng khoản kế tiếp là 2; đoạn đầu được đọc là khoản 1.",
        )
    )

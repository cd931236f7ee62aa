"""What a report says: the figures of a half year or a year for the province or a commune, in the order an office reports them.

The result is plain data (`Content`), so that the page, the Word file and the workbook show the same. Every table names how it was
counted; what only the office itself knows is left as a line to fill in.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Engine

from bot.outreach.communes import Commune, Communes
from bot.staff.access import Scope
from bot.staff.analytics import Analytics, Questions
from bot.staff.audit import Audit
from bot.staff.figures import FIRST_YEAR, GROUPS, LAST_YEAR, Figures, Period, Tally
from bot.staff.rendering import day, number, percent, texts
from bot.staff.report_content import Block, Content, Part
from bot.staff.targets import Progress, Targets, together

_MOST_GROUPS = 12  # rows of a table by group; the rest are one row


def period_of(kind: str, year: int, today: date) -> Period:
    """The days a report counts: to its end, or to today when that is earlier."""
    end = date(year, 6, 30) if kind == "half" else date(year, 12, 31)
    return Period(date(year, 1, 1), max(date(year, 1, 1), min(end, today)))


class Reporter:
    """Makes reports from what the database holds now."""

    def __init__(self, engine: Engine, communes: Communes, audit: Audit) -> None:
        self._communes = communes
        self._figures, self._analytics = Figures(engine), Analytics(engine)
        self._targets = Targets(engine, audit)

    def make(self, kind: str, year: int, unit: Commune | None, today: date) -> Content:
        """A report of `unit`, of the province when that is None."""
        period = period_of(kind, year, today)
        counts = _Counts(self, unit, period)
        province = self._communes.province
        head = _head(kind, year, unit, province)
        span = f"6 tháng đầu năm {year}" if kind == "half" else f"năm {year}"
        return Content(
            kind, unit.code if unit else "", year, period.first.isoformat(), period.last.isoformat(), **head,
            opening=_opening(head, span, period),
            parts=_parts(counts, kind, year, span, period), annex=counts.annex(),
        )  # fmt: skip


class _Counts:
    """The figures of one report."""

    def __init__(self, maker: Reporter, unit: Commune | None, period: Period) -> None:
        self.unit, self.period, self.year = unit, period, period.first.year
        self.scope = Scope(None if unit is None else frozenset({unit.code}))
        units = maker._communes.units if unit is None else (unit,)
        self._titles = {u.code: u.title for u in maker._communes.units}
        self.rows: list[Progress] = maker._targets.progress_in(self.scope, [u.code for u in units], period)
        self.all = together(self.rows)
        figures = maker._figures
        self.now = figures.total(self.scope, period)
        self.before = figures.total(self.scope, period.a_year_before())
        self.by_group = {g: figures.by_group(g, self.scope, period) for g in GROUPS}
        self.funnel = figures.funnel(self.scope, period)
        self.names = dict(texts()) | {"campaign": figures.campaign_names()}
        self.goals = maker._targets.totals(self.scope)
        self.by_year = figures.joined_by_year(self.scope)
        self.questions: Questions | None = maker._analytics.questions(period) if unit is None else None

    def target_table(self) -> Block:
        a = self.all
        rows: list[list[str | int | None]] = [
            ["Đang tham gia đầu năm", "người", a.base],
            ["Chỉ tiêu đến cuối năm", "người", a.goal],
            ["Tham gia mới trong kỳ", "người", a.joined],
            ["Tham gia mới cùng kỳ năm trước", "người", a.joined_before],
            ["Tăng (+), giảm (−) so với cùng kỳ", "người", a.change],
            ["Số tham gia tính đến cuối kỳ", "người", a.reached],
            ["Đạt so với chỉ tiêu", "%", percent(a.reached, a.goal)],
            ["Còn thiếu so với chỉ tiêu", "người", a.missing],
        ]
        return Block(
            "table", "Chỉ tiêu và kết quả", ("Nội dung", "Đơn vị tính", "Số liệu"), rows, _HOW["targets"], "Chỉ tiêu"
        )

    def work_table(self) -> Block:
        rows: list[list[str | int | None]] = []
        for label, mark in (
            ("Người để lại số điện thoại", "leads"),
            ("Người đã liên hệ được", "contacted"),
            ("Người đã tham gia", "joined"),
        ):
            now, before = getattr(self.now, mark), getattr(self.before, mark)
            rows.append([label, now, before, now - before])
        header = ("Nội dung", "Kỳ này (người)", "Cùng kỳ năm trước", "Tăng, giảm")
        return Block(
            "table",
            "Tư vấn, vận động",
            header,
            rows,
            _HOW["work"],
            "Vận động",
            ("created", "contacted", "joined"),
            "moc",
        )

    def group_table(self, group: str, title: str) -> Block:
        order = sorted(self.by_group[group].items(), key=lambda item: (-item[1].joined, -item[1].leads, item[0]))
        names = self.names.get(group, {})
        rows: list[list[str | int | None]] = []
        for value, t in order[:_MOST_GROUPS]:
            rows.append([_capital(names.get(value, value)) or _NONE[group], t.leads, t.contacted, t.joined])
        keys = [value for value, _ in order[:_MOST_GROUPS]]
        if rest := order[_MOST_GROUPS:]:
            t = sum((tally for _, tally in rest), Tally())
            rows.append([f"{len(rest)} dòng khác", t.leads, t.contacted, t.joined])
        rows.append(["Cộng", self.now.leads, self.now.contacted, self.now.joined])
        header = (texts()["group"][group].capitalize(), "Để lại số", "Đã liên hệ", "Đã tham gia")
        return Block(
            "table", title, header, rows, _HOW["group"].format(group=texts()["group"][group]), title, keys, group
        )

    def question_table(self) -> Block:
        assert self.questions is not None
        q = self.questions
        rows: list[list[str | int | None]] = [
            [_capital(texts()["outcome"][status]), n, percent(n, q.total)] for status, n in q.by_status.items()
        ]
        rows.append(["Cộng", q.total, percent(q.total, q.total)])
        return Block(
            "table",
            "Câu hỏi của người dân",
            ("Kết quả trả lời", "Số câu hỏi", "Tỷ lệ"),
            rows,
            _HOW["questions"],
            "Câu hỏi",
        )

    def path_table(self) -> Block:
        rows: list[list[str | int | None]] = []
        for year in range(FIRST_YEAR, LAST_YEAR + 1):
            goal = self.goals.get(year)
            joined = self.all.joined if year == self.year else self.by_year[year] if year < self.year else None
            reached = percent(goal.base + joined, goal.goal) if goal and joined is not None else "–"
            rows.append([str(year), goal.base if goal else None, goal.goal if goal else None, joined, reached])
        header = ("Năm", "Có đầu năm", "Chỉ tiêu", "Tham gia mới", "Đạt")
        return Block("table", f"Lộ trình đến năm {LAST_YEAR}", header, rows, _HOW["path"], "Lộ trình")

    def annex(self) -> list[Block]:
        if self.unit is not None:
            return []
        rows: list[list[str | int | None]] = [
            [n, self._titles.get(r.commune_code, "chưa rõ xã, phường"), *_line(r)] for n, r in enumerate(self.rows, 1)
        ]
        rows.append([None, "Toàn tỉnh", *_line(self.all)])
        header = ("TT", "Xã, phường, đặc khu", "Có đầu năm", "Chỉ tiêu", "Mới trong kỳ", "Cùng kỳ", "Đạt", "Còn thiếu")
        keys = [r.commune_code for r in self.rows]
        return [
            Block(
                "table", "Kết quả từng xã, phường, đặc khu", header, rows, _HOW["targets"], "Từng xã", keys, "commune"
            )
        ]

    def behind(self) -> int:
        """Communes that have not brought half of what the year asks of them."""
        return sum(bool(r.to_join) and 2 * r.joined < (r.to_join or 0) for r in self.rows)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _line(row: Progress) -> list[str | int | None]:
    return [row.base, row.goal, row.joined, row.joined_before, percent(row.reached, row.goal), row.missing]


def _parts(counts: _Counts, kind: str, year: int, span: str, period: Period) -> list[Part]:
    a, unit, now = counts.all, counts.unit, counts.now
    result = (
        f"Tính đến ngày {day(period.last)}, {number(a.joined)} người tham gia mới được ghi nhận, "
        f"cùng kỳ năm trước {number(a.joined_before)} người."
    )
    if a.goal is not None:
        result += (
            f" Cùng với {number(a.base)} người đang tham gia đầu năm, số tham gia là {number(a.reached)} người, "
            f"đạt {percent(a.reached, a.goal)} chỉ tiêu năm {year} ({number(a.goal)} người); còn thiếu {number(a.missing)} người."
        )
    else:
        result += f" Chưa nhập chỉ tiêu năm {year}."
    steering = [
        Block("fill", "Văn bản đã ban hành; kiện toàn và hoạt động của Ban chỉ đạo; phân công thành viên"),
        Block("fill", "Hội nghị, truyền thông, tập huấn đã tổ chức"),
    ]
    asked = []
    if counts.questions is not None:
        q = counts.questions
        unknown = q.by_status["unknown"]
        asked = [
            Block("text", f"Chatbot tư vấn nhận {number(q.total)} câu hỏi trong {number(q.people)} cuộc trò chuyện; "
                  f"{number(unknown)} câu ({percent(unknown, q.total)}) chưa có quy định để trả lời, đã ghi lại để bổ sung."),
            counts.question_table(),
        ]  # fmt: skip
    work = [
        Block("text", f"{number(now.leads)} người để lại số điện thoại để được tư vấn; {number(now.contacted)} người đã liên hệ được. "
              f"Trong số người để lại số trong kỳ, {percent(counts.funnel.contacted, counts.funnel.leads)} đã được liên hệ và "
              f"{percent(counts.funnel.joined, counts.funnel.leads)} đã tham gia."),
        counts.work_table(), counts.group_table("channel", "Theo kênh"),
        counts.group_table("campaign", "Theo đợt vận động"), counts.group_table("organisation", "Theo tổ chức, đoàn thể"),
    ]  # fmt: skip
    limits = []
    if unit is None and a.goal is not None:
        limits.append(
            Block(
                "text",
                f"{counts.behind()} xã, phường, đặc khu chưa ghi nhận được một nửa số người phải tăng trong năm.",
            )
        )
    limits.append(Block("fill", "Khó khăn, hạn chế và nguyên nhân"))
    ahead = []
    if a.missing is not None:
        rest = " trong 6 tháng cuối năm" if kind == "half" else ""
        ahead.append(Block("text", f"Còn phải vận động{rest} để đạt chỉ tiêu năm {year}: {number(a.missing)} người."))
    if kind == "year" and year < LAST_YEAR:
        goal = counts.goals.get(year + 1)
        ahead.append(
            Block(
                "text",
                f"Chỉ tiêu năm {year + 1}: {number(goal.goal)} người."
                if goal
                else f"Chưa nhập chỉ tiêu năm {year + 1}.",
            )
        )
    ahead.append(Block("fill", "Nhiệm vụ, giải pháp trọng tâm"))
    return [
        Part("Công tác chỉ đạo, tuyên truyền", steering),
        Part("Tư vấn, vận động", [*asked, *work]),
        Part("Kết quả thực hiện chỉ tiêu", [
            Block("text", result), counts.target_table(), counts.group_table("household", "Theo nhóm hộ"), counts.path_table(),
        ]),
        Part("Hạn chế, khó khăn", limits),
        Part("Phương hướng, nhiệm vụ", ahead),
        Part("Đề xuất, kiến nghị", [Block("fill", "Đề xuất, kiến nghị với cơ quan cấp trên")]),
        Part("Cách tính số liệu", [Block("text", _SOURCE.format(span=span, first=day(period.first), last=day(period.last)))]),
    ]  # fmt: skip


def _head(kind: str, year: int, unit: Commune | None, province: str) -> dict[str, Any]:
    span = f"6 tháng đầu năm {year}" if kind == "half" else f"năm {year}"
    where = f"tỉnh {province}" if unit is None else unit.title
    what = "Sơ kết" if kind == "half" else "Tổng hợp kết quả"
    head: dict[str, Any] = {
        "subject": f"{what} {span} thực hiện chỉ tiêu phát triển người tham gia bảo hiểm xã hội tự nguyện trên địa bàn {where}"
    }
    if unit is not None:
        return head | {
            "superior": "", "body": f"Ủy ban nhân dân\n{unit.title}", "symbol": "BC-UBND", "place": unit.name,
            "to": [f"Sở Nội vụ tỉnh {province}", f"Bảo hiểm xã hội tỉnh {province}"],
            "copies": ["Như trên;", f"Đảng ủy, HĐND {unit.title};", f"Ủy ban MTTQ Việt Nam {unit.title};", "Ban chỉ đạo;", "Lưu: VT."],
            "signer": ["TM. Ủy ban nhân dân", "Chủ tịch"],
        }  # fmt: skip
    if kind == "half":
        return head | {
            "superior": "Bảo hiểm xã hội Việt Nam", "body": f"Bảo hiểm xã hội\ntỉnh {province}", "symbol": "BC-BHXH", "place": province,
            "to": [f"Ủy ban nhân dân tỉnh {province}", f"Sở Nội vụ tỉnh {province}"],
            "copies": ["Như trên;", "BHXH Việt Nam;", "Sở Tài chính;", "UBND các xã, phường, đặc khu;", "Lưu: VT."],
            "signer": ["", "Giám đốc"],
        }  # fmt: skip
    return head | {
        "superior": f"Ủy ban nhân dân\ntỉnh {province}", "body": "Sở Nội vụ", "symbol": "BC-SNV", "place": province,
        "to": [f"Ủy ban nhân dân tỉnh {province}"],
        "copies": ["Như trên;", "Bộ Nội vụ;", "Sở Tài chính;", f"BHXH tỉnh {province};", "UBND các xã, phường, đặc khu;", "Lưu: VT."],
        "signer": ["", "Giám đốc"],
    }  # fmt: skip


def _opening(head: Mapping[str, Any], span: str, period: Period) -> str:
    body = " ".join(str(head["body"]).split())
    return (
        "Thực hiện Nghị quyết số 403/NQ-CP ngày 10 tháng 12 năm 2025 của Chính phủ về việc giao chỉ tiêu phát triển đối tượng tham gia "
        f"bảo hiểm xã hội đến năm 2030 và chỉ đạo của Ủy ban nhân dân tỉnh, {body} báo cáo kết quả {span} "
        f"(số liệu từ ngày {day(period.first)} đến ngày {day(period.last)}) như sau:"
    )


_NONE = {
    "channel": "Chưa rõ kênh", "campaign": "Không theo đợt vận động", "organisation": "Không theo tổ chức",
    "household": "Chưa rõ nhóm hộ",
}  # fmt: skip
_SOURCE = (
    "Số liệu lấy từ hệ thống tư vấn bảo hiểm xã hội tự nguyện, đếm theo ngày của từng việc từ {first} đến hết {last} (giờ Việt Nam), kể cả "
    "người đã yêu cầu xóa dữ liệu (chỉ còn ngày và địa bàn, không còn tên). Số đang tham gia đầu năm và chỉ tiêu là số do cấp tỉnh nhập. "
    "Người tham gia không qua hệ thống này không có trong số tham gia mới. Cách tính từng bảng:"
)
_HOW = {
    "targets": "Tham gia mới: người có ngày tham gia trong kỳ, do cán bộ ghi “đã tham gia”, kể cả nơi chưa có chỉ tiêu. "
    "Cùng kỳ: cùng những ngày đó của năm trước. Số tham gia tính đến cuối kỳ = có đầu năm + tham gia mới. "
    "Đạt = số đó chia chỉ tiêu. Còn thiếu = chỉ tiêu − số đó, không dưới 0.",
    "work": "Để lại số: người có ngày để lại số trong kỳ. Đã liên hệ: người được liên hệ lần đầu trong kỳ. Đã tham gia: người có ngày "
    "tham gia trong kỳ. Ba số đếm theo ba ngày khác nhau, nên một người để lại số kỳ trước có thể tham gia kỳ này.",
    "group": "Như bảng tư vấn, vận động, chia theo {group} ghi ở từng người.",
    "questions": "Tin nhắn có kết quả trả lời trong kỳ, theo kết quả; không tính lời chào, nút bấm và biểu mẫu.",
    "path": "Có đầu năm và chỉ tiêu: cộng các xã, phường, đặc khu đã nhập. Tham gia mới: cả năm; năm báo cáo: đến hết kỳ.",
}

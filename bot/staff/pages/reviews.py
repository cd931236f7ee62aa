"""What people called wrong, what nobody could answer, and one answer taken apart. No personal data: questions are masked."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.responses import Response

from bot.outreach.gaps import Gap
from bot.staff.access import Right
from bot.staff.console import Console, go
from bot.staff.gap_board import GapBoard, Meaning
from bot.staff.masking import masked
from bot.staff.pages.talks import page_number
from bot.staff.reviewing import PAGE, Reviewing, pages_of
from bot.staff.taken_apart import NameOf, check_in_words, claim_check, opened, outcome_of
from bot.staff.visit import BadRequest, Visit
from knowledge.speech import clause_name

if TYPE_CHECKING:
    from bot.bootstrap import System

LIST = "/staff/gop-y"
GAPS = f"{LIST}/chua-tra-loi"
DONE = f"{LIST}/da-xong"
TRY = f"{LIST}/thu"
_LONGEST = 500  # characters of a question that is tried
_OTHER_WAYS = 8  # shown of one gap
_MOST_IDS = 20_000


def pages(console: Console) -> APIRouter:
    """The routes."""
    router = APIRouter(include_in_schema=False)
    kept = Reviewing(console.engine, console.audit)
    system: System | None = console.parts.get("system")
    board = GapBoard(lambda: meaning_of(system))
    name_of = names_of(system)

    @console.route(router, "GET", LIST, Right.REVIEWS)
    def wrong(visit: Visit) -> Response:
        return list_page(visit, "wrong")

    @console.route(router, "GET", DONE, Right.REVIEWS)
    def done(visit: Visit) -> Response:
        return list_page(visit, "done")

    def list_page(visit: Visit, which: str) -> Response:
        counts = kept.counts()
        rows, at = kept.page(which, page_number(visit))
        console.note(visit, "review.list", "review:*", shown=len(rows))
        shown = [(row, opened(row.trace, name_of), check_of(row.trace, row.outcome.code)) for row in rows]
        return console.page(
            visit, "reviews.html", which=which, rows=shown, counts=counts, page=at, pages=pages_of(counts[which]),
            path=LIST if which == "wrong" else DONE,
        )  # fmt: skip

    @console.route(router, "GET", GAPS, Right.REVIEWS)
    def gaps(visit: Visit) -> Response:
        found = board.of(kept.open_gaps())
        pages = pages_of(len(found.gaps))
        at = min(max(1, page_number(visit)), pages)
        shown = [shown_gap(gap) for gap in found.gaps[(at - 1) * PAGE : at * PAGE]]
        console.note(visit, "review.list", "review:*", shown=len(shown))
        return console.page(
            visit, "gaps.html", gaps=shown, total=len(found.gaps), settled=found.settled, counts=kept.counts(), page=at,
            pages=pages,
        )  # fmt: skip

    @console.route(router, "POST", f"{LIST}/xong", Right.REVIEWS)
    def close(visit: Visit) -> Response:
        kept.close(visit.person, numbers(visit))
        return go(GAPS if visit.text("ve", 20) == "gaps" else LIST, "reviews_closed")

    @console.route(router, "POST", f"{LIST}/mo-lai", Right.REVIEWS)
    def reopen(visit: Visit) -> Response:
        kept.reopen(visit.person, numbers(visit))
        return go(DONE, "reviews_reopened")

    @console.route(router, "GET", TRY, Right.REVIEWS)
    def tried(visit: Visit) -> Response:
        asked, on = visit.asked("cau", _LONGEST), day_of(visit.asked("ngay", 20))
        taken = taken_apart(system, asked, on, name_of) if system is not None and asked else None
        return console.page(
            visit, "try.html", asked=asked, on=on, taken=taken, there=system is not None, counts=kept.counts(),
            longest=_LONGEST,
        )  # fmt: skip

    return router


def taken_apart(system: System, asked: str, on: date | None, name_of: NameOf) -> dict[str, Any]:
    """The answer to `asked` with how it came about, and the passages that were found for it."""
    today = system.clock.today()
    began = time.perf_counter()
    answer = system.knowledge.answer(asked, today=today, on=on)
    took = 1000 * (time.perf_counter() - began)
    trace = [asdict(step) for step in answer.trace]
    kept = f"{answer.status.value}:{answer.reason}"
    return {
        "answer": answer,
        "outcome": outcome_of(kept),
        "steps": opened(trace, name_of),
        "check": check_of(trace, kept),
        "milliseconds": took,
        "sources": [
            {"place": clause_name(row.coordinate, row.title), "text": row.text, "score": found.score,
             "keyword": found.keyword, "meaning": found.meaning, "exact": found.exact}
            for found, row in system.knowledge.find(asked, today=today, on=answer.as_of, k=6)
        ] if answer.trace else [],
    }  # fmt: skip


def check_of(trace: Any, kept: str) -> tuple[str, str]:
    """The outcome of the claim check with its words."""
    check = claim_check(trace, kept)
    return check, check_in_words(check)


def shown_gap(gap: Gap) -> dict[str, Any]:
    """One group as the page shows it."""
    ways = list(dict.fromkeys(masked(review.question) for review in gap.reviews))
    first = masked(gap.question)
    others = [way for way in ways if way != first]
    reasons = list(dict.fromkeys(outcome_of(review.reason).reason for review in gap.reviews))
    return {
        "question": first, "count": len(gap.reviews), "last_at": gap.last_at, "others": others[:_OTHER_WAYS],
        "more": max(0, len(others) - _OTHER_WAYS), "reasons": reasons[:3], "ids": ",".join(map(str, gap.ids[:_MOST_IDS])),
    }  # fmt: skip


def meaning_of(system: System | None) -> Meaning:
    """How questions are compared: by meaning where there is a model, by words alone without."""
    if system is None:
        return None, str
    searcher, today = system.search.current(), system.clock.today()
    return system.embedder.embed_query, lambda text: searcher.read(text, today).search_text


def names_of(system: System | None) -> NameOf:
    """How a card is called: by its first way of asking."""

    @lru_cache(maxsize=1)
    def names() -> dict[str, str]:
        if system is None:
            return {}
        return {card.id: card.asks[0] for card in system.cards().cards if card.asks}

    return lambda card: names().get(card, "")


def numbers(visit: Visit) -> list[int]:
    """The reviews that a form names. Raises BadRequest."""
    found = visit.text("ids", 8 * _MOST_IDS).split(",")
    if not all(part.isascii() and part.isdecimal() and len(part) < 10 for part in found):
        raise BadRequest("Số gửi lên không đọc được.")
    return [int(part) for part in found]


def day_of(written: str) -> date | None:
    """The day that an answer is to hold for, None when none is given. Raises BadRequest."""
    if not written:
        return None
    try:
        found = date.fromisoformat(written)
    except ValueError:
        raise BadRequest("Ngày không đọc được.", "Viết dạng 2027-01-01.") from None
    if not 1990 <= found.year <= 2100:
        raise BadRequest("Ngày không hợp lý.")
    return found

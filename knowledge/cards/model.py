"""An answer card (thẻ trả lời): one approved answer in plain Vietnamese whose amounts are worked out on the day it is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from knowledge.answers import AnswerStatus
from knowledge.errors import KnowledgeError
from knowledge.law import Coordinate

TOPICS = frozenset(
    [
        "muc_dong",
        "ho_tro",
        "ho_tro_dia_phuong",
        "doi_tuong",
        "phuong_thuc",
        "dong_bu",
        "chuyen_doi",
        "luong_huu",
        "tuoi_nghi_huu",
        "rut_mot_lan",
        "bao_luu",
        "thai_san",
        "tu_tuat",
        "tai_nan",
        "huu_tri_xa_hoi",
        "tro_cap_hang_thang",
        "dang_ky",
        "tra_cuu",
        "hoan_tra",
        "chi_tra",
        "bhyt",
        "bhtn",
        "bat_buoc",
        "trien_khai",
        "lien_he",
        "lua_dao",
        "vi_pham",
        "quyen_loi",
        "gioi_han",
    ]
)
NEEDS = ("sex", "income", "group", "months", "born", "wished_pension", "payment")


class CardsError(KnowledgeError):
    """Raised when a file of cards is wrong; says which file and card and what to do."""


@dataclass(frozen=True, slots=True)
class Card:
    """One card. `asks`: ways people ask this one thing. `answer` and `change` are templates (see `rendering`).

    `since` and `until` are days, both included. `needs` are facts without which the question is asked back. `unsure` cards rest
    on something not confirmed, and say so.
    """

    id: str
    topic: str
    asks: tuple[str, ...]
    answer: str
    basis: tuple[Coordinate, ...]
    since: date
    reviewed: date
    until: date | None = None
    change: str = ""
    needs: tuple[str, ...] = ()
    status: AnswerStatus = AnswerStatus.ANSWERED
    unsure: bool = False
    file: str = ""

    def holds(self, on: date) -> bool:
        """True when the card may be used for `on`."""
        return self.since <= on and (self.until is None or on <= self.until)

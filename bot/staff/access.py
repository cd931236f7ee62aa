"""Who may do what: roles, rights and the communes whose people somebody sees. Pure.

An officer of a commune sees the people of their own communes and nobody else; a row outside is answered as if it were not there. The
leader reads figures, not persons; the editor works on knowledge, not on persons.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody's work is."""

    ADMIN = "admin"
    PROVINCE = "province"
    COMMUNE = "commune"
    EDITOR = "editor"
    LEADER = "leader"


ROLE_NAMES = {
    Role.ADMIN: "quản trị",
    Role.PROVINCE: "cán bộ cấp tỉnh",
    Role.COMMUNE: "cán bộ xã, phường",
    Role.EDITOR: "biên tập kiến thức",
    Role.LEADER: "lãnh đạo (chỉ xem)",
}


class Identity(StrEnum):
    """How somebody was recognised before their second factor was taken away: as surely as when they were given their account."""

    IN_PERSON = "in_person"
    IN_WRITING = "in_writing"


IDENTITY_NAMES = {
    Identity.IN_PERSON: "gặp trực tiếp, đã xem giấy tờ",
    Identity.IN_WRITING: "văn bản của thủ trưởng đơn vị",
}


class Right(StrEnum):
    """One kind of access; each route names the one it needs."""

    SIGNED_IN = "signed_in"
    LEADS = "leads"
    LEADS_EXPORT = "leads_export"
    CONVERSATIONS = "conversations"
    REVIEWS = "reviews"
    KNOWLEDGE = "knowledge"
    KNOWLEDGE_EDIT = "knowledge_edit"
    FIGURES = "figures"  # targets, reports, analytics: counts, no persons
    TARGETS_EDIT = "targets_edit"
    CAMPAIGNS = "campaigns"
    CAMPAIGNS_EDIT = "campaigns_edit"
    SETTINGS = "settings"
    STAFF = "staff"
    AUDIT = "audit"


_EVERYBODY = frozenset({Right.SIGNED_IN, Right.FIGURES})
_PERSONS = frozenset({Right.LEADS, Right.LEADS_EXPORT, Right.CONVERSATIONS, Right.CAMPAIGNS})
_RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ADMIN: frozenset(Right),
    Role.PROVINCE: _EVERYBODY
    | _PERSONS
    | {Right.REVIEWS, Right.KNOWLEDGE, Right.KNOWLEDGE_EDIT, Right.TARGETS_EDIT, Right.CAMPAIGNS_EDIT, Right.SETTINGS},
    Role.COMMUNE: _EVERYBODY | _PERSONS | {Right.KNOWLEDGE},
    Role.EDITOR: _EVERYBODY | {Right.REVIEWS, Right.KNOWLEDGE, Right.KNOWLEDGE_EDIT},
    Role.LEADER: _EVERYBODY | {Right.CAMPAIGNS},
}
_WHOLE_PROVINCE = frozenset({Role.ADMIN, Role.PROVINCE, Role.EDITOR, Role.LEADER})


def may(role: Role, right: Right) -> bool:
    """Whether `role` has `right`."""
    return right in _RIGHTS[role]


@dataclass(frozen=True, slots=True)
class Scope:
    """The communes whose rows somebody sees; `codes` is None for the whole province, with those who are in no commune."""

    codes: frozenset[str] | None

    @property
    def whole(self) -> bool:
        """Whether nothing is hidden."""
        return self.codes is None

    def holds(self, commune_code: str) -> bool:
        """Whether rows of this commune are seen; the empty code is that of people in no known commune."""
        return self.codes is None or (commune_code != "" and commune_code in self.codes)


def scope_of(role: Role, communes: frozenset[str]) -> Scope:
    """What somebody of `role` with these communes sees."""
    return Scope(None if role in _WHOLE_PROVINCE and not communes else communes)

"""Phone numbers as people type them, checked and in one form. Pure.

Trap: mobile numbers of eleven digits got new prefixes in 2018; people still write them from memory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from knowledge.vietnamese import clean

_DIGITS = re.compile(r"(?<![\d.,/])\+?\(?\d(?:[\s.()-]{0,2}\d){7,14}(?!\d)(?!\s*(?:đồng|dong|đ|vnd)\b)", re.IGNORECASE)
_IDENTITY = re.compile(r"0\d{11}|(?:[12]\d|0[12])\d{7}")  # twelve digits (CCCD), nine before (CMND)
_RENUMBERED = {
    "0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036", "0167": "037", "0168": "038", "0169": "039",
    "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
    "0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
    "0186": "056", "0188": "058", "0199": "059",
}  # fmt: skip
_REACHABLE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


class PhoneProblem(StrEnum):
    """Why there is no number in what was typed; names a text of the dialogue."""

    NONE = "phone_none"
    IDENTITY = "phone_identity"  # an identity number (CCCD, CMND): never kept
    WRONG = "phone_wrong"
    FOREIGN = "phone_foreign"
    SEVERAL = "phone_several"


@dataclass(frozen=True, slots=True)
class Phone:
    """A Vietnamese number: `e164` is "+84…", `shown` as people write it here, `renumbered` when an old prefix was replaced."""

    e164: str
    renumbered: bool = False

    @property
    def shown(self) -> str:
        """With blanks, as it is read out."""
        return phonenumbers.format_number(phonenumbers.parse(self.e164, None), PhoneNumberFormat.NATIONAL)

    @property
    def hidden(self) -> str:
        """Only the last three digits, for places where others may look."""
        return f"… {self.e164[-3:]}"


def read_phone(text: str) -> Phone | PhoneProblem:
    """The one number in `text`, whatever stands around it."""
    typed = clean(text)
    found = [re.sub(r"[^\d+]", "", m[0]) for m in _DIGITS.finditer(typed)]
    if not found:
        compact = re.sub(r"[\s.-]", "", typed)
        if _IDENTITY.fullmatch(compact):
            return PhoneProblem.IDENTITY
        mostly = sum(c.isdigit() for c in compact) > len(compact) / 2
        return PhoneProblem.WRONG if mostly else PhoneProblem.NONE
    if any(_IDENTITY.fullmatch(one) and not _read(one) for one in found):
        return PhoneProblem.IDENTITY
    phones = {phone.e164: phone for one in found if isinstance(phone := _read(one), Phone)}
    if len(phones) > 1:
        return PhoneProblem.SEVERAL
    if phones:
        return next(iter(phones.values()))
    return (
        PhoneProblem.FOREIGN
        if any(one.startswith(("+", "00")) and not one.startswith("+84") for one in found)
        else (PhoneProblem.WRONG)
    )


def holds_identity_number(text: str) -> bool:
    """Whether an identity number of twelve digits stands in `text`: it is not to be kept."""
    return re.search(r"(?<![\d+.,])0\d{2}[\s.-]?\d{3}[\s.-]?\d{3}[\s.-]?\d{3}(?!\d)", clean(text)) is not None


def _read(digits: str) -> Phone | None:
    national = re.sub(r"^(?:\+?84|0084)(?=\d{9,10}$)", "0", digits)
    renumbered = len(national) == 11 and national[:4] in _RENUMBERED
    if renumbered:
        national = _RENUMBERED[national[:4]] + national[4:]
    try:
        number = phonenumbers.parse(national, "VN")
    except phonenumbers.NumberParseException:
        return None
    if number.country_code != 84 or not phonenumbers.is_valid_number(number):
        return None
    if phonenumbers.number_type(number) not in _REACHABLE:
        return None
    return Phone(phonenumbers.format_number(number, PhoneNumberFormat.E164), renumbered)

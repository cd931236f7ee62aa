"""Single values sealed and opened: by the right key, at their place, unchanged, or not at all."""

from __future__ import annotations

import base64
import secrets
from pathlib import Path

import pytest

from bot.storage.keys import BadKey, CannotOpen, Keyring, is_sealed, read_keys

WORDS = ("Nguyễn Thị Lan", "+84900000123", "Lê An", "đ" * 5_000, "tv1r:không phải đã mã hóa", "🙂\ud83d")


def keyring() -> Keyring:
    return Keyring([secrets.token_bytes(32)])


@pytest.mark.parametrize("words", WORDS)
def test_what_is_sealed_is_opened_and_says_nothing(words: str) -> None:
    keys = keyring()
    sealed = keys.seal(words, "leads.name")
    assert is_sealed(sealed) and keys.open(sealed, "leads.name") == words
    assert words not in sealed
    assert keys.seal(words, "leads.name") != sealed  # nobody sees that two are the same


def test_equal_values_are_equal_where_they_are_looked_up() -> None:
    keys = keyring()
    one, two = (keys.seal(phone, "leads.phone", equal=True) for phone in ("+84900000123", "+84900000124"))
    assert one == keys.seal("+84900000123", "leads.phone", equal=True) != two
    assert keys.open(one, "leads.phone") == "+84900000123"
    assert keyring().seal("+84900000123", "leads.phone", equal=True) != one


@pytest.mark.parametrize("equal", [False, True])
def test_what_was_changed_moved_or_sealed_by_others_is_not_opened(equal: bool) -> None:
    keys = keyring()
    sealed = keys.seal("Nguyễn Thị Lan", "leads.name", equal=equal)
    head, _, data = sealed.rpartition(":")
    raw = base64.b64decode(data)
    for at in range(len(raw)):
        changed = bytes([*raw[:at], raw[at] ^ 1, *raw[at + 1 :]])
        with pytest.raises(CannotOpen):
            keys.open(f"{head}:{base64.b64encode(changed).decode()}", "leads.name")
    for wrong in (sealed[:-8], f"{head}:", f"{head}:???", f"{head}:{base64.b64encode(raw[:5]).decode()}"):
        with pytest.raises(CannotOpen):
            keys.open(wrong, "leads.name")
    with pytest.raises(CannotOpen):
        keys.open(sealed, "leads.need")
    with pytest.raises(CannotOpen, match="không có trong tệp khóa"):
        keyring().open(sealed, "leads.name")


def test_the_first_key_seals_and_the_others_still_open() -> None:
    old, new = secrets.token_bytes(32), secrets.token_bytes(32)
    before = Keyring([old]).seal("Lan", "leads.name")
    both = Keyring([new, old])
    assert both.open(before, "leads.name") == "Lan"
    assert both.id == Keyring([new]).id and both.knows(Keyring([old]).id)
    assert Keyring([new]).open(both.seal("Lan", "leads.name"), "leads.name") == "Lan"


def test_a_key_file_is_read(tmp_path: Path) -> None:
    first, second = secrets.token_bytes(32), secrets.token_bytes(32)
    path = tmp_path / "data.key"
    lines = ["# ghi chú", base64.b64encode(first).decode(), "", base64.b64encode(second).decode()]
    path.write_text("\r\n".join(lines), encoding="utf-8")
    keys = read_keys(path)
    assert keys.id == Keyring([first]).id and keys.knows(Keyring([second]).id)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "không đọc được"),
        (b"", "không có khóa nào"),
        (b"# chi co ghi chu\n", "không có khóa nào"),
        (base64.b64encode(bytes(31)), "dòng 1"),
        (base64.b64encode(bytes(32)) + b"\nmat-khau\n", "dòng 2"),
        ("mật khẩu".encode(), "dòng 1"),
        (b"\xff\xfe", "không phải văn bản"),
    ],
)
def test_a_wrong_key_file_is_told_in_one_line_without_what_is_in_it(
    content: bytes | None, says: str, tmp_path: Path
) -> None:
    path = tmp_path / "data.key"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadKey, match=says) as told:
        read_keys(path)
    assert "\n" not in str(told.value) and told.value.remedy
    assert "mat-khau" not in str(told.value) and "mật khẩu" not in str(told.value)

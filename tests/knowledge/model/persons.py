"""Messages with personal data in the ways Vietnamese people type it, made by dice: text, and the values that must not be seen."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass

from knowledge.vietnamese import fold

SURNAMES = ["Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Đinh", "Phan", "Trương"]
MIDDLES = ["Văn", "Thị", "Đức", "Quốc", "Xuân", "Ngọc", "Thị Thanh", "Hữu"]
GIVEN = ["An", "Bình", "Hoa", "Lan", "Tuấn", "Hường", "Phước", "Thuỷ", "Khánh", "Dũng", "Nga", "Tâm", "Quyên", "Lợi"]
STREETS = ["Lê Lợi", "Quang Trung", "Hùng Vương", "Trần Hưng Đạo", "Phan Đình Phùng", "Nguyễn Nghiêm"]
HAMLETS = ["Phú Nhơn", "An Vĩnh", "Kỳ Xuyên", "Trường Thọ", "Làng Rê", "Thanh Khiết"]
COMMUNES = ["Tịnh Khê", "Ba Tơ", "Nghĩa Lộ", "Cẩm Thành", "Trà Bồng", "Mộ Đức"]
QUESTIONS = [
    "mức đóng BHXH tự nguyện thấp nhất là bao nhiêu",
    "hộ nghèo được nhà nước hỗ trợ bao nhiêu phần trăm",
    "đóng 15 năm thì có được hưởng lương hưu không",
    "tham gia BHXH tự nguyện có được hưởng thai sản không",
    "có mấy phương thức đóng BHXH tự nguyện",
]
_DIGIT_WORDS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]


@dataclass(frozen=True)
class Message:
    """`hidden`: what of `text` may be in no prompt."""

    text: str
    hidden: tuple[str, ...]


def messages(count: int, seed: int) -> list[Message]:
    """`count` messages."""
    dice = random.Random(seed)
    return [_message(dice) for _ in range(count)]


def _message(dice: random.Random) -> Message:
    kind = dice.choice([_phone, _identity, _mail, _name, _address])
    said, hidden = kind(dice)
    question = dice.choice(QUESTIONS)
    text = dice.choice([f"{said}. {question}?", f"{question}? {said}", f"Cho hỏi {question}, {said}"])
    style = dice.random()
    if style < 0.25:
        text, hidden = fold(text), tuple(fold(h) for h in hidden)
    elif style < 0.4:
        text = unicodedata.normalize("NFD", text)
    elif style < 0.5:
        text, hidden = text.upper(), tuple(h.upper() for h in hidden)
    return Message(text, hidden)


def _phone(dice: random.Random) -> tuple[str, tuple[str, ...]]:
    digits = dice.choice(["03", "05", "07", "08", "09"]) + "".join(str(dice.randrange(10)) for _ in range(8))
    written = dice.choice(
        [
            digits,
            f"{digits[:4]} {digits[4:7]} {digits[7:]}",
            f"{digits[:4]}.{digits[4:7]}.{digits[7:]}",
            f"{digits[:3]}-{digits[3:6]}-{digits[6:]}",
            f"+84{digits[1:]}",
            f"+84 {digits[1:4]} {digits[4:7]} {digits[7:]}",
            f"(84){digits[1:]}",
            " ".join(digits),
            " ".join(_DIGIT_WORDS[int(d)] for d in digits),
            digits.translate({ord(str(d)): 0xFF10 + d for d in range(10)}),
        ]
    )
    lead = dice.choice(["sđt của tôi", "gọi tôi số", "số điện thoại", "zalo", "liên hệ em qua", "đt:"])
    return f"{lead} {written}", (written,)


def _identity(dice: random.Random) -> tuple[str, tuple[str, ...]]:
    digits = "0" + "".join(str(dice.randrange(10)) for _ in range(11))
    written = dice.choice(
        [digits, f"{digits[:3]} {digits[3:6]} {digits[6:9]} {digits[9:]}", f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"]
    )
    return f"{dice.choice(['CCCD', 'căn cước công dân số', 'số định danh của tôi là'])} {written}", (written,)


def _mail(dice: random.Random) -> tuple[str, tuple[str, ...]]:
    user = (
        fold(dice.choice(GIVEN)) + dice.choice([".", "_", ""]) + fold(dice.choice(SURNAMES)) + str(dice.randrange(100))
    )
    host = dice.choice(["gmail.com", "yahoo.com.vn", "quangngai.gov.vn"])
    written = dice.choice(
        [f"{user}@{host}", f"{user} @ {host}", f"{user}(at){host}", f"{user} a còng {host.replace('.', ' chấm ')}"]
    )
    return f"gửi vào {written}", (written, user)


def _name(dice: random.Random) -> tuple[str, tuple[str, ...]]:
    name = f"{dice.choice(SURNAMES)} {dice.choice(MIDDLES)} {dice.choice(GIVEN)}"
    lead = dice.choice(["tôi tên là", "em tên", "họ và tên:", "tôi là", "tên chồng tôi là", "mẹ tôi tên", "hỏi cho bà"])
    return f"{lead} {name}", (name,)


def _address(dice: random.Random) -> tuple[str, tuple[str, ...]]:
    number = f"{dice.randrange(1, 400)}{dice.choice(['', '/12', '/3/7', 'A'])}"
    street, hamlet, commune = dice.choice(STREETS), dice.choice(HAMLETS), dice.choice(COMMUNES)
    written, hidden = dice.choice(
        [
            (f"số nhà {number} đường {street}, phường {commune}", (number + " đường", street)),
            (f"{number} đường {street}", (street,)),
            (f"thôn {hamlet}, xã {commune}", (hamlet, commune)),
            (f"thôn {hamlet} xã {commune}", (hamlet, commune)),
            (f"tổ dân phố {dice.randrange(1, 20)}, phường {commune}", (commune,)),
            (f"xóm {hamlet}", (hamlet,)),
        ]
    )
    return f"{dice.choice(['nhà tôi ở', 'địa chỉ:', 'tôi ở', 'thường trú'])} {written}", hidden

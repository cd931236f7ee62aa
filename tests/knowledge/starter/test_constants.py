"""What the law sets once must be told the same in every section that tells it."""

from __future__ import annotations

import re

import pytest

from tests.knowledge.starter.reading import sections

# wording with the value in its groups; the values the law allows there; how often the handbook tells it at least
CONSTANTS = {
    "share of the chosen income, Law Art 36(1)": (r"(\d+)% (?:mức )?thu nhập (?:mình )?(?:chọn|mà)", {"22"}, 4),
    "support of poor households, Decree 159 Art 5": (
        r"hộ nghèo(?:, người sống ở xã đảo hoặc đặc khu| và người ở xã đảo, đặc khu)? được (?:Nhà nước )?hỗ trợ (\d+)%",
        {"50"},
        2,
    ),
    "support of near-poor households": (r"cận nghèo (?:được (?:Nhà nước )?hỗ trợ )?(\d+)%(?! và)", {"40"}, 2),
    "support of ethnic minorities": (
        r"dân tộc thiểu số (?:như [\w, ]+ )?(?:được (?:Nhà nước )?hỗ trợ )?(\d+)%(?! và)",
        {"30"},
        2,
    ),
    "support of everyone else": (
        r"(?:[Nn]gười khác|không thuộc nhóm ưu tiên)(?: vẫn)? (?:được (?:Nhà nước )?hỗ trợ )?(\d+)%(?! và)",
        {"20"},
        2,
    ),
    "age from which one may join, Law Art 2(4)": (
        r"(?:[Cc]ông dân Việt Nam|sinh viên|con cháu|phải|quốc tịch Việt Nam) từ đủ (\d+) tuổi(?! không)",
        {"15"}, 5),
    "rates of support in one breath": (
        r"(?:hỗ trợ(?: là)?|Nhà nước) (\d+)%, (\d+)%, (\d+)% (?:hoặc|và) (\d+)%",
        {"50", "40", "30", "20"},
        8,
    ),
    "last ages of the roadmap, Labour Code Art 169": (
        r"(?:tăng dần đến|đến khi đủ|giữ ở|trở đi nghỉ hưu khi đủ|tháng đến) (\d+) tuổi",
        {"62", "60"},
        5,
    ),
    "an allowance at birth, told shortly": (r"(?:thai sản(?: một lần)?|mỗi con được) ([\d.]+) đồng", {"2.000.000"}, 3),
    "months of support": (r"tối đa (\d+) tháng, tức 10 năm|(\d+) tháng hỗ trợ|tức (\d+) tháng thực đóng", {"120"}, 2),
    "most months ahead or missing, Decree 159 Art 6, 7": (r"5 năm \((\d+) tháng\)", {"60"}, 4),
    "years for a pension, Law Art 98": (r"ít nhất (\d+) năm đóng|(?<!và )(?:chưa đủ|không đủ) (\d+) năm(?: đóng)?\b", {"15"}, 8),
    "highest pension rate, Art 99": (r"cao nhất (\d+)%|(?:đến mức|tỷ lệ cao nhất) (\d+)%[ .,]", {"75"}, 6),
    "rise of the pension rate a year": (r"(?:mỗi năm|sau 20 năm)[^.;]* (?:cộng|chỉ cộng) (\d)%", {"1", "2"}, 5),
    "rise of pensions on 1/7/2026, Decree 162/2026": (r"(?:tăng thêm|mức tăng|là tăng) (\d+)%", {"8"}, 3),
    "age of a social pension, Law Art 21": (r"[Tt]ừ đủ (\d+) tuổi không có lương hưu", {"75"}, 1),
    "ages of a social pension of the poor": (r"từ đủ (\d+) đến dưới (\d+) tuổi", {"70", "75"}, 2),
    "early age of those of before 2021, Law Art 141(9)": (r"nam đủ (60|[^6]\d|6[^12]) tuổi, nữ đủ (\d+) tuổi", {"60", "55"}, 2),
    "loss of capacity, Law Art 102(1)d, Decree 159 Art 11": (
        r"(?:khả năng lao động|suy giảm) từ (\d+)%",
        {"81", "61", "5"},
        5,
    ),
    "one-off for years before 2014, Law Art 102(2), 110(2)": (r"([\d,]+) lần (?:mức bình quân thu nhập )?cho mỗi năm đóng trước",
        {"1,5"}, 1),
    "one-off for years from 2014": (r"từ 2014 (?:trở đi )?(?:được )?tính (\d) lần", {"2"}, 2),
    "funeral, Law Art 109": (r"bằng (\d+) lần mức tham chiếu", {"10", "20"}, 3),
    "months paid for a funeral": (r"(?:mai táng|đã đóng)[^.;]* từ đủ (\d+) tháng(?! đóng bắt buộc)", {"60"}, 3),
    "maternity, Law Art 95": (r"trợ cấp thai sản (?:là )?([\d.]+) đồng", {"2.000.000"}, 2),
    "months paid before a birth, Law Art 94": (r"(\d+) tháng đóng BHXH trong 12 tháng|đủ (\d+) tháng trong 12 tháng", {"6"}, 2),
    "days to claim a birth, Law Art 97": (r"(\d+) ngày (?:kể )?từ ngày sinh", {"60"}, 2),
    "days to claim a death, Law Art 112": (r"(\d+) ngày (?:kể )?từ ngày (?:mất|người)", {"90"}, 3),
    "days to a book, Law Art 28(4)": (r"cấp sổ trong (\d+) ngày làm việc", {"5"}, 2),
    "weeks of a lost child, Law Art 95": (r"Thai từ (\d+) tuần", {"22"}, 2),
    "wage share of accident insurance": (r"(\d+)% (?:hoặc (\d+)% )?lương tối thiểu tháng vùng IV", {"6", "12"}, 2),
    "death by accident at work": (r"([\d,]+) lần (?:mức )?lương tối thiểu (?:tháng )?vùng IV", {"31,5"}, 1),
    "fine for false declarations, Decree 283/2026 Art 47": (
        r"phạt tiền từ ([\d.]+) đồng đến ([\d.]+) đồng",
        {"1.000.000", "2.000.000"},
        1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CONSTANTS)
def test_a_constant_of_the_law_is_told_the_same_everywhere(name: str) -> None:
    pattern, allowed, least = CONSTANTS[name]
    told = [(section.where, found[0], value) for section in sections() for found in re.finditer(pattern, section.prose)
            for value in found.groups() if value]  # fmt: skip
    wrong = [(where, words) for where, words, value in told if value not in allowed]
    assert wrong == []
    assert len(told) >= least, f"told {len(told)} times: the wording has changed, this test no longer looks at it"
    assert {value for _, _, value in told} == allowed or len(allowed) > 2

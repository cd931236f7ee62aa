"""What names a person goes out of questions; what is asked stays."""

from __future__ import annotations

import pytest

from bot.staff.masking import masked


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("gọi em 0905 123 456 nhé", "gọi em [số điện thoại] nhé"),
        ("sđt +84905123456", "sđt [số điện thoại]"),
        ("CCCD 051085001234 của tôi", "CCCD [số định danh] của tôi"),
        ("cmnd: 212345678", "cmnd: [số định danh]"),
        ("mã số BHXH 5120123456", "mã số BHXH [số định danh]"),
        ("bh em 5120123456", "bh em [số]"),
        ("số sổ 51 2012 3456", "số sổ [số định danh]"),
        ("tài khoản 1023456789 ngân hàng", "tài khoản [số định danh] ngân hàng"),
        ("thư tới lan.nguyen@example.com", "thư tới [thư điện tử]"),
        ("tôi là Nguyễn Thị Lan, 45 tuổi", "tôi là [họ tên], 45 tuổi"),
        ("NGUYỄN VĂN A hỏi mức đóng", "[họ tên] hỏi mức đóng"),
        ("Tran Van Hung dong bao nhieu", "[họ tên] dong bao nhieu"),
        ("Lê Hoàng Minh Châu thì sao", "[họ tên] thì sao"),
        ("tên em là trần thị mai, đóng mức nào", "tên em là [họ tên], đóng mức nào"),
        ("toi ten pham van hai muon hoi", "toi ten [họ tên] muon hoi"),
    ],
)  # fmt: skip
def test_persons_are_masked(said: str, shown: str) -> None:
    assert masked(said) == shown


@pytest.mark.parametrize(
    "said",
    [
        "Mỗi tháng tôi đóng 1.500.000 đồng thì lương hưu bao nhiêu?",
        "thu nhập 150000000 đồng một năm",
        "thu nhập 150 000 000 đồng",
        "Từ 1/1/2027 mức đóng thế nào?",
        "khoản 2 Điều 36 Luật 41/2024/QH15",
        "Nghị định 159/2025/NĐ-CP có hiệu lực chưa",
        "Tôi ở đặc khu Lý Sơn, hộ cận nghèo",
        "phường Trương Quang Trọng hỗ trợ thêm bao nhiêu",
        "xã Đặng Thùy Trâm đăng ký ở đâu",
        "TP Hồ Chí Minh khác Quảng Ngãi không",
        "Đoàn Thanh niên tặng gì",
        "lương hưu của tôi cao hơn không, tôi là lao động tự do",
        "tôi là cao tuổi, em là hộ nghèo",
        "Lương tối thiểu vùng có đổi không",
        "tên thẻ là gì, ten chuong trinh la gi",
        "gọi tổng đài 1900 9068",
        "",
    ],
)
def test_what_is_asked_stays(said: str) -> None:
    assert masked(said) == said

"""The handbook for an incident: 72 hours from knowing of it to telling the authority, with what the program can do at each step."""

from __future__ import annotations

from bot.duties.facts import Facts
from bot.duties.paper import BLANK, Paper, Part, Table, blank

NOTICE_HOURS = 72
"""Law 91/2025/QH15, Article 23: the authority is told at the latest so many hours after a breach was found."""

STEPS: tuple[tuple[str, str, str], ...] = (
    ("0–1 giờ", "Ghi giờ phát hiện, người báo. Khóa tài khoản nghi bị lộ, thoát mọi phiên.", "tuvan staff disable"),
    ("0–1 giờ", "Kênh bị lợi dụng thì tắt kênh, để lại lời cho người dân.", "tuvan channel off"),
    ("1–4 giờ", "Giữ bằng chứng: sao chép cơ sở dữ liệu, nhật ký máy chủ, tệp khóa nhật ký, trước khi sửa gì.", ""),
    ("1–4 giờ", "Kiểm tra nhật ký truy vết còn nguyên vẹn (trang Nhật ký), xem ai đã xem, xuất dữ liệu nào.", ""),
    (
        "4–24 giờ",
        "Đổi mã của các kênh, mô hình, thư ở nơi cấp, rồi ở tệp .env; khởi động lại; kiểm tra.",
        "tuvan doctor",
    ),
    (
        "4–24 giờ",
        "Lập danh sách người bị ảnh hưởng theo mã, không chép số điện thoại vào văn bản.",
        "tuvan leads export",
    ),
    ("24–72 giờ", "Thông báo cho cơ quan chuyên trách và, khi có nguy cơ, cho người bị ảnh hưởng.", ""),
    (
        "Sau đó",
        "Cấp lại mật khẩu, mở lại kênh, họp rút kinh nghiệm, cập nhật hồ sơ đánh giá tác động.",
        "tuvan staff reset",
    ),
)
"""When, what, and the command that does it."""


def incident(facts: Facts) -> Paper:
    """The handbook with a notice to fill in."""
    s = facts.settings
    people = sum(h.rows for h in facts.held if h.table in ("leads", "conversations"))
    return Paper(
        "so-tay-ung-pho-su-co",
        "Sổ tay ứng phó sự cố dữ liệu cá nhân",
        s.office,
        f"Điều 23 Luật 91/2025/QH15: thông báo trong {NOTICE_HOURS} giờ kể từ khi phát hiện",
        [
            Part("Ai làm", [
                f"Đầu mối bảo vệ dữ liệu: {s.privacy_contact or BLANK}",
                blank("Người quyết định, điện thoại ngoài giờ"), blank("Người vận hành máy chủ"),
                blank("Cơ quan chuyên trách bảo vệ dữ liệu cá nhân, nơi nhận thông báo"),
            ]),
            Part("Việc theo giờ", [Table(["Khi nào", "Làm gì", "Lệnh"], [list(step) for step in STEPS])]),
            Part("Vào trang cán bộ khi khẩn cấp", [
                "Ngoài mạng hoặc ngoài giờ cho phép: chạy tại máy chủ `tuvan staff open 60 --reason \"…\"`; xong thì `tuvan staff open 0`.",
            ]),
            Part(f"Mẫu thông báo (trong {NOTICE_HOURS} giờ)", [
                blank("Giờ xảy ra, giờ phát hiện"), blank("Diễn biến, nguyên nhân"),
                "Loại dữ liệu trong hệ thống: " + "; ".join(sorted({w for h in facts.held if h.rows for w in h.what})) + ".",
                f"Số dòng dữ liệu của người dân đang giữ: {people}. Số người bị ảnh hưởng: {BLANK}",
                blank("Hậu quả có thể có"), blank("Biện pháp đã làm, sẽ làm"), blank("Người ký, ngày giờ gửi"),
            ]),
            Part("Sổ sự cố", [Table(["Ngày giờ", "Việc", "Ai làm", "Kết quả"], [[BLANK, "", "", ""]] * 3)]),
        ],
    )  # fmt: skip

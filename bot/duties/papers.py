"""The dossiers made of the facts: impact of processing, transfer abroad, level of the system, conformity, privacy notice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from bot.dialogue.privacy import VERSION as NOTICE_VERSION
from bot.dialogue.privacy import Keeping, notice
from bot.duties.facts import Facts, Receiver
from bot.duties.incident import incident
from bot.duties.paper import BLANK, Paper, Part, Table, blank
from bot.duties.results import FAILED, PASSED, SKIPPED, of_all
from bot.outreach.consent import VERSION as CONSENT_VERSION
from bot.staff.accounts import LEAST_PASSWORD
from bot.staff.sessions import LONGEST
from knowledge.yaml_files import load_yaml

_LAW = "Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15, Nghị định 356/2025/NĐ-CP"


def papers(facts: Facts, results: Mapping[str, str] | None) -> list[Paper]:
    """All dossiers; that of a transfer abroad only when somebody outside Việt Nam gets personal data."""
    made = [_impact(facts), _level(facts), _conformity(facts, results), incident(facts), _notice(facts)]
    if facts.outside:
        made.insert(1, _abroad(facts))
    return made


def conformity() -> Sequence[Mapping[str, Any]]:
    """What is asked and which tests hold it."""
    loaded: Sequence[Mapping[str, Any]] = load_yaml(files("bot.duties").joinpath("conformity.yaml").read_text("utf-8"))
    return loaded


def _who(facts: Facts) -> Part:
    s = facts.settings
    return Part(
        "Đơn vị",
        [
            f"Tên đơn vị kiểm soát dữ liệu: {s.office}",
            f"Đầu mối bảo vệ dữ liệu cá nhân: {s.privacy_contact or BLANK}",
            blank("Địa chỉ, điện thoại"),
            blank("Người đại diện theo pháp luật"),
            blank("Bên xử lý dữ liệu (nếu thuê vận hành), số hợp đồng"),
        ],
    )


def _impact(facts: Facts) -> Paper:
    s = facts.settings
    rows = [[h.whose, ", ".join(h.what), h.purpose, h.kept, str(h.rows)] for h in facts.held]
    return Paper(
        "danh-gia-tac-dong-xu-ly-du-lieu",
        "Hồ sơ đánh giá tác động xử lý dữ liệu cá nhân",
        s.office,
        _LAW,
        [
            _who(facts),
            Part("Dữ liệu, mục đích, thời hạn", [Table(["Của ai", "Dữ liệu", "Mục đích", "Giữ", "Số dòng hiện có"], rows)]),
            Part("Cơ sở xử lý", [
                f"Sự đồng ý, từng mục đích riêng (lời đồng ý bản {CONSENT_VERSION}): {'; '.join(facts.purposes)}.",
                "Im lặng hoặc lời khác không phải là đồng ý; rút lại có hiệu lực ngay.",
                blank("Cơ sở khác theo nhiệm vụ của đơn vị"),
            ]),
            Part("Ai nhận dữ liệu", [_receivers(facts.receivers)]),
            Part("Biện pháp bảo vệ", _measures(facts)),
            Part("Rủi ro và cách giảm", [Table(["Rủi ro", "Khả năng", "Mức hại", "Cách giảm đang có"], _risks(facts))]),
            Part("Kết luận của đơn vị", [blank("Mức rủi ro còn lại"), blank("Ý kiến của bộ phận bảo vệ dữ liệu")]),
        ],
    )  # fmt: skip


def _abroad(facts: Facts) -> Paper:
    s = facts.settings
    return Paper(
        "danh-gia-tac-dong-chuyen-du-lieu-xuyen-bien-gioi",
        "Hồ sơ đánh giá tác động chuyển dữ liệu cá nhân xuyên biên giới",
        s.office,
        f"Điều 20 {_LAW}",
        [
            _who(facts),
            Part("Bên nhận ở ngoài Việt Nam", [_receivers(facts.outside), blank("Nước, địa chỉ, đầu mối của từng bên nhận")]),
            Part("Vì sao phải chuyển", [blank("Lý do và phương án trong nước đã xem xét")]),
            Part("Biện pháp", [
                "Trước khi gửi cho mô hình ngôn ngữ, số điện thoại, số định danh, thư điện tử, tên, địa chỉ được che.",
                f"Mô hình chỉ được giao: {s.llm_uses}; nhiều nhất {s.llm_day_tokens:,} token một ngày.".replace(",", ".")
                if s.llm_model else "Không dùng mô hình ngôn ngữ.",
                "Tin nhắn trên nền tảng theo lựa chọn của người dân; người dân dùng được trang web thay thế.",
            ]),
            Part("Cam kết với bên nhận", [blank("Hợp đồng, điều khoản bảo vệ dữ liệu"), blank("Ngày gửi hồ sơ (trong 60 ngày)")]),
            Part("Số hồ sơ đã ghi trong thiết lập", [s.llm_abroad_dossier or BLANK]),
        ],
    )  # fmt: skip


def _level(facts: Facts) -> Paper:
    s = facts.settings
    database = "PostgreSQL" if s.database.startswith("postgres") else "SQLite trên cùng máy"
    ports = [
        ["Vào", f"{s.host}:{s.port}", "trang người dân, trang cán bộ, webhook", s.public_url or BLANK],
        *[["Ra", f"{r.host}:443", r.name, "https"] for r in facts.receivers],
    ]
    if s.smtp_url.get_secret_value():
        ports.append(["Ra", "máy chủ thư", "báo cho cán bộ", s.smtp_url.get_secret_value().partition(":")[0]])
    return Paper(
        "ho-so-de-xuat-cap-do",
        "Hồ sơ đề xuất cấp độ an toàn hệ thống thông tin",
        s.office,
        "Nghị định 85/2016/NĐ-CP, Thông tư 12/2022/TT-BTTTT, TCVN 11930:2017 và văn bản thay thế đang có hiệu lực",
        [
            _who(facts),
            Part("Hệ thống", [
                f"Trợ lý trả lời về bảo hiểm xã hội tự nguyện, địa bàn {s.province}.",
                f"Kênh: trang web{''.join(', ' + r.name for r in facts.receivers)}. Cơ sở dữ liệu: {database}.",
                blank("Nơi đặt máy chủ, sơ đồ mạng, thiết bị tường lửa"),
                "Cấp độ đề xuất: " + BLANK + ". Dữ liệu cá nhân của người dân được xử lý: có.",
            ]),
            Part("Cổng và kết nối", [Table(["Chiều", "Địa chỉ", "Để làm gì", "Giao thức, tên miền"], ports)]),
            Part("Tài khoản", [
                Table(["Vai trò", "Số quyền", "Số tài khoản"], [[n, str(r), str(a)] for n, r, a in facts.roles]),
                f"Đã bật xác thực hai lớp: {facts.second_factors[0]} trên {facts.second_factors[1]} tài khoản"
                f" (bắt buộc: {_yes(s.staff_second_factor)}).",
            ]),
            Part("Phương án bảo đảm an toàn", _measures(facts)),
            Part("Nhật ký", [
                f"Nhật ký truy vết có {facts.audit_rows} dòng; kiểm tra nguyên vẹn: "
                + ("; ".join(facts.audit_troubles) or "không có dòng nào bị sửa, bị cắt") + ".",
                blank("Thời gian lưu nhật ký máy chủ, nơi gửi nhật ký tập trung"),
            ]),
            Part("Sao lưu", [blank("Lịch sao lưu, nơi giữ, lần thử phục hồi gần nhất")]),
            Part("Phần mềm thành phần", [
                f"{facts.packages} gói, danh sách CycloneDX kèm theo (make sbom)." if facts.packages
                else "Danh sách gói: " + BLANK,
            ]),
        ],
    )  # fmt: skip


def _conformity(facts: Facts, results: Mapping[str, str] | None) -> Paper:
    rows, counts = [], {PASSED: 0, FAILED: 0, SKIPPED: 0}
    for row in conformity():
        if "office" in row:
            rows.append([row["basis"], row["asks"], f"Việc của đơn vị: {row['office']}", BLANK])
            continue
        result = of_all(row["tests"], results or {})
        counts[result] += 1
        names = "\n".join(test.partition("::")[2] for test in row["tests"])
        rows.append([row["basis"], row["asks"], names, result])
    said = ", ".join(f"{n} {name}" for name, n in counts.items())
    return Paper(
        "bang-doi-chieu-tuan-thu",
        "Bảng đối chiếu tuân thủ",
        facts.settings.office,
        "Quyết định 742/QĐ-BTTTT và các luật được nêu ở từng dòng",
        [
            Part(
                "Kết quả",
                [f"Theo lần chạy thử kèm theo: {said}." if results else "Chưa kèm kết quả chạy thử (--junit)."],
            ),
            Part("Từng yêu cầu", [Table(["Căn cứ", "Yêu cầu", "Bài thử", "Kết quả"], rows)]),
        ],
    )


def _notice(facts: Facts) -> Paper:
    s = facts.settings
    kept = Keeping(s.office, s.privacy_contact, s.lead_days, s.conversation_days)
    parts = [Part(p.heading, p.text.splitlines()) for p in notice(kept)]
    missing = [] if s.privacy_contact else [Part("Còn thiếu", [blank("Đầu mối (TUVAN_PRIVACY_CONTACT)")])]
    return Paper("thong-bao-quyen-rieng-tu", "Thông báo xử lý dữ liệu cá nhân", s.office, f"Bản {NOTICE_VERSION}. {_LAW}",
                 [*parts, *missing])  # fmt: skip


def _receivers(receivers: Sequence[Receiver]) -> Table | str:
    if not receivers:
        return "Không bên nào ngoài cán bộ của đơn vị."
    rows = [[r.name, r.host, r.what, "ngoài Việt Nam" if r.outside else "trong nước"] for r in receivers]
    return Table(["Bên nhận", "Máy chủ", "Nhận gì", "Ở đâu"], rows)


def _measures(facts: Facts) -> list[str | Table]:
    s = facts.settings
    rows = [
        ["Mật khẩu", f"ít nhất {LEAST_PASSWORD} ký tự, băm Argon2id, chặn từ dễ đoán"],
        ["Xác thực hai lớp bắt buộc", _yes(s.staff_second_factor)],
        ["Tự thoát", f"{s.staff_idle_minutes} phút không dùng; {LONGEST / 3600:.0f} giờ trong mọi trường hợp"],
        ["Mạng được vào trang cán bộ", s.staff_networks or f"mọi nơi; nên đặt TUVAN_STAFF_NETWORKS: {BLANK}"],
        ["Giờ mở trang cán bộ", s.staff_hours or f"mọi lúc; nên đặt TUVAN_STAFF_HOURS: {BLANK}"],
        ["Tên miền được nhận", s.hosts or s.public_url or BLANK],
        ["HTTPS", "có" if s.public_url.startswith("https://") else f"chưa đặt PUBLIC_URL: {BLANK}"],
        ["Phân quyền", f"{len(facts.roles)} vai trò, theo xã, phường phụ trách"],
        [
            "Mã hóa dữ liệu cá nhân trong cơ sở dữ liệu",
            "có, khóa để ngoài cơ sở dữ liệu" if s.data_key_file else f"chưa đặt TUVAN_DATA_KEY_FILE: {BLANK}",
        ],
        ["Tự xóa", f"thông tin liên hệ sau {s.lead_days} ngày, cuộc trò chuyện sau {s.conversation_days} ngày"],
        ["Nhật ký", "xem, sửa, xuất dữ liệu cá nhân; chuỗi mã chống sửa, khóa để ngoài cơ sở dữ liệu"],
    ]
    return [Table(["Biện pháp", "Hiện trạng"], rows), blank("Biện pháp vật lý, tổ chức, đào tạo")]


def _risks(facts: Facts) -> list[list[str]]:
    found = [
        ["Cán bộ xem người ngoài địa bàn", BLANK, BLANK, "phân quyền theo xã, phường; mọi lần xem có trong nhật ký"],
        ["Lộ mật khẩu cán bộ", BLANK, BLANK, "xác thực hai lớp, chặn dò, giới hạn mạng và giờ"],
        ["Người dân gõ dữ liệu nhạy cảm", BLANK, BLANK, "nhắc không gõ, không lưu vào biểu mẫu, che trong nhật ký"],
        ["Mất máy, mất bản sao lưu", BLANK, BLANK, BLANK],
    ]
    found += [
        [f"Dữ liệu ở {r.name}", BLANK, BLANK, "che trước khi gửi" if "che" in r.what else BLANK] for r in facts.outside
    ]
    return found


def _yes(value: bool) -> str:
    return "có" if value else "chưa"

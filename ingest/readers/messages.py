# ruff: noqa: E501
"""What staff read when a file is refused: one line for the reason, one for the remedy."""

from __future__ import annotations

from ingest.errors import Refused, UnreadableFile

_SAVE_AGAIN = "Anh/chị mở tệp bằng chương trình gốc, lưu lại thành .docx hoặc PDF rồi gửi lại."
_SEND_AGAIN = "Anh/chị tải lại bản gốc từ nơi phát hành rồi gửi lại."

REASONS: dict[str, tuple[str, str]] = {
    "missing": ("Không tìm thấy tệp.", "Anh/chị kiểm tra lại đường dẫn và quyền đọc tệp."),
    "not_a_file": ("Đường dẫn này không phải là một tệp thường.", "Anh/chị chọn một tệp PDF, Word, HTML, Markdown hoặc văn bản."),
    "empty": ("Tệp rỗng, không có nội dung.", _SEND_AGAIN),
    "too_large": ("Tệp lớn hơn mức cho phép.", "Anh/chị tách tệp thành nhiều phần nhỏ hơn rồi gửi từng phần."),
    "encrypted": ("Tệp có mật khẩu nên không đọc được.", "Anh/chị bỏ mật khẩu mở tệp rồi gửi lại."),
    "truncated": ("Tệp bị cụt, thiếu phần cuối.", _SEND_AGAIN),
    "damaged": ("Tệp bị hỏng, không đọc được cấu trúc.", _SEND_AGAIN),
    "mislabelled": ("Đuôi tên tệp không khớp với nội dung bên trong.", "Anh/chị kiểm tra tệp có đúng là văn bản cần nạp, đổi đuôi cho đúng hoặc lưu lại rồi gửi lại."),
    "unsupported": ("Chưa đọc được loại tệp này.", "Anh/chị lưu lại thành .docx hoặc PDF rồi gửi lại."),
    "no_office": ("Tệp Word đời cũ (.doc, .rtf) cần LibreOffice mà máy này chưa có.", "Anh/chị lưu lại thành .docx, hoặc nhờ quản trị cài gói libreoffice-writer."),
    "zip_bomb": ("Tệp nén phình to bất thường khi mở ra.", _SAVE_AGAIN),
    "xxe": ("Tệp chứa khai báo thực thể XML nguy hiểm.", _SAVE_AGAIN),
    "time_limit": ("Đọc tệp quá lâu nên đã dừng lại.", "Anh/chị tách tệp thành các phần nhỏ hơn hoặc lưu lại bằng chương trình gốc."),
    "memory_limit": ("Đọc tệp cần quá nhiều bộ nhớ nên đã dừng lại.", "Anh/chị tách tệp thành các phần nhỏ hơn hoặc lưu lại bằng chương trình gốc."),
    "output_limit": ("Nội dung tệp dài quá mức cho phép.", "Anh/chị tách tệp thành các phần nhỏ hơn rồi gửi từng phần."),
    "too_complex": ("Cấu trúc tệp lồng nhau quá sâu.", _SAVE_AGAIN),
    "crashed": ("Chương trình đọc tệp bị dừng đột ngột khi xử lý tệp này.", _SAVE_AGAIN),
    "scan_without_ocr": ("Tệp là bản quét ảnh mà máy này chưa có phần nhận dạng chữ.", "Anh/chị gửi bản có chữ (Word hoặc PDF chữ), hoặc nhờ quản trị cài gói tesseract-ocr-vie."),
    "scan_in_word": ("Tệp Word chỉ chứa ảnh quét của văn bản.", "Anh/chị gửi bản Word có chữ, hoặc lưu tệp thành PDF rồi gửi lại để máy nhận dạng chữ."),
    "scan_unreadable": ("Bản quét quá mờ hoặc không phải tiếng Việt nên không nhận dạng được chữ.", "Anh/chị quét lại rõ hơn (300 dpi, thẳng trang) hoặc gửi bản có chữ."),
    "garbled": ("Chữ trong tệp bị lỗi phông hoặc lỗi mã, không thành tiếng Việt.", "Anh/chị chuyển tệp sang phông Unicode (Times New Roman) rồi lưu lại, hoặc gửi bản PDF khác."),
    "too_many_pages": ("Tệp có nhiều trang hơn mức cho phép.", "Anh/chị tách tệp thành nhiều phần nhỏ hơn rồi gửi từng phần."),
    "no_text": ("Tệp mở được nhưng không có chữ nào.", _SEND_AGAIN),
}  # fmt: skip


_LONGEST_NAME = 120


def shown_name(name: str) -> str:
    """A file's `name` on one line: control signs, marks that turn the writing direction and undecodable bytes as "\ufffd"."""
    shown = "".join(c if c.isprintable() else "\ufffd" for c in name)
    return shown if len(shown) <= _LONGEST_NAME else f"{shown[:80]}…{shown[-30:]}"


def unreadable(name: str, refused: Refused) -> UnreadableFile:
    """The error a person sees for `refused`; unknown reasons read as a damaged file."""
    message, remedy = REASONS.get(refused.reason, REASONS["damaged"])
    if refused.pages:
        shown = ", ".join(str(p) for p in refused.pages[:10]) + ("…" if len(refused.pages) > 10 else "")
        message = f"{message[:-1]} (trang {shown})."
    reason = refused.reason if refused.reason in REASONS else "damaged"
    return UnreadableFile(shown_name(name), reason, message, remedy, refused.detail)

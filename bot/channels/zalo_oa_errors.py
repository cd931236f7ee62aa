"""What the error codes of the Official Account's API mean to whoever sends. They come with HTTP 200.

Codes that nobody has documented are treated as a refusal of the message: trying for ever would not mend it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from bot.channels.contract import ChannelError, Later, Misconfigured, Rejected, Unreachable
from bot.delivery.windows import until_morning

TOKEN_DEAD = (-216, -220)

_LATER = {-32: "đang quá hạn mức gọi", -200: "gửi chưa được", -100: "tệp đính kèm hết hạn"}
_LEFT = {-213: "người dân chưa quan tâm OA", -217: "người dân đã chặn lời mời"}
_UNREACHABLE = {
    -218: "người dân không nhận thêm tin",
    -227: "tài khoản bị khóa hoặc lâu không dùng",
    -230: "quá 7 ngày kể từ tin cuối của người dân",
    -232: "quá 7 ngày kể từ tin cuối của người dân",
    -244: "người dân đã tắt loại tin này",
    -305: "quá hạn trả lời",
}
_ACCOUNT = {
    -204: "OA đã bị tắt",
    -205: "OA không tồn tại",
    -209: "ứng dụng chưa kích hoạt",
    -211: "đã hết hạn mức tin",
    -212: "ứng dụng chưa đăng ký API này",
    -219: "ứng dụng đã bị gỡ",
    -221: "OA chưa xác thực",
    -223: "OA chưa cấp quyền cho ứng dụng",
    -224: "gói dịch vụ của OA không có API này",
    -235: "loại OA không hỗ trợ API này",
    -242: "appsecret_proof sai",
    -311: "đã hết hạn mức trả lời",
    -320: "chưa có tài khoản Zalo Cloud",
    -321: "tài khoản Zalo Cloud hết tiền",
}
_REMEDY = "Quản trị viên OA kiểm tại trang quản lý OA và trang ứng dụng; khi xong, hệ thống tự gửi tiếp."
_NIGHT = -234


def error_of(code: int, message: str, clock: Callable[[], float] = time.time) -> ChannelError:
    """What `code` with the platform's own words `message` means."""
    told = f"Zalo OA: {message[:200] or 'không rõ lý do'}"
    named = str(code)
    if code == _NIGHT:
        return Later(told, after=max(60.0, until_morning(clock())), code=named)
    if code in _LATER:
        return Later(f"Zalo OA: {_LATER[code]}.", everyone=code == -32, code=named)
    if code in _LEFT:
        return Unreachable(f"Zalo OA: {_LEFT[code]}.", left=True, code=named)
    if code in _UNREACHABLE:
        return Unreachable(f"Zalo OA: {_UNREACHABLE[code]}.", code=named)
    if code in _ACCOUNT:
        return Misconfigured(f"Zalo OA: {_ACCOUNT[code]}.", _REMEDY, code=named)
    if code in TOKEN_DEAD:
        return Misconfigured("Zalo OA không nhận mã truy cập.", AUTHORISE, code=named)
    return Rejected(told, code=named)


AUTHORISE = (
    "Cấp quyền lại: lấy cặp mã mới ở API Explorer của ứng dụng, đặt vào ZALO_OA_ACCESS_TOKEN và "
    "ZALO_OA_REFRESH_TOKEN rồi khởi động lại."
)

"""`POST /api/chat`: one message in, what the bot says out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from bot.messages import ChatReply, Show
from bot.web.desk import BUTTON_LIMIT, SESSION, TEXT_LIMIT, Desk, checked_button, checked_session, checked_text
from bot.web.metrics import Metrics
from bot.web.refusals import Refused
from bot.web.streaming import STREAM, streamed
from knowledge.vietnamese import VISIBLE

_TEXT: dict[str, Any] = {"type": "string", "maxLength": TEXT_LIMIT, "pattern": VISIBLE}
_BUTTON: dict[str, Any] = {"type": "string", "maxLength": BUTTON_LIMIT, "pattern": VISIBLE}


class ChatRequest(BaseModel):
    """A message of one conversation: exactly one of `text` and `button`."""

    model_config = ConfigDict(
        strict=True,
        json_schema_extra={
            # Exactly one of the two; the other is left out or null. The limits are the desk's, whose refusals are in words.
            "oneOf": [
                {"required": ["text"], "properties": {"text": _TEXT, "button": {"type": "null"}}},
                {"required": ["button"], "properties": {"button": _BUTTON, "text": {"type": "null"}}},
            ],
            "examples": [
                {"session": "3f1c9a52-8d1e-4c55", "text": "Hộ cận nghèo đóng mỗi tháng bao nhiêu?"},
                {"session": "3f1c9a52-8d1e-4c55", "button": "household=near_poor"},
            ],
        },
    )

    session: str = Field(
        description="Mã cuộc trò chuyện do máy khách tự đặt, 8–64 ký tự A–Z a–z 0–9 _ -. "
        "Name of the conversation, made by the client; a new one starts a new conversation.",
        json_schema_extra={"pattern": f"^{SESSION.pattern}$"},
    )
    text: str | None = Field(
        default=None,
        description=f"Câu hỏi, tối đa {TEXT_LIMIT} ký tự. The question as typed, at most {TEXT_LIMIT} characters.",
    )
    button: str | None = Field(
        default=None, description="Giá trị của nút đã chọn. The `value` of the button that was chosen."
    )


class ButtonOut(BaseModel):
    """One choice: send `value` back as `button`."""

    label: str
    value: str


class CitationOut(BaseModel):
    """The provision an answer rests on."""

    document: str = Field(description="Số hiệu văn bản. Official number.", examples=["41/2024/QH15"])
    title: str = Field(description="Tên văn bản. Title.", examples=["Luật Bảo hiểm xã hội"])
    article: str = Field(description="Điều. Article; empty when there is none.", examples=["36"])
    clause: str = Field(description="Khoản. Clause; empty when there is none.", examples=["2"])
    point: str = Field(description="Điểm. Point; empty when there is none.", examples=["đ"])
    section: str = Field(description="Mục, khi văn bản không chia điều. Section of a document without articles.")
    quote: str = Field(description="Nguyên văn. The words of the provision, verbatim.")
    coordinate: str = Field(description="Vị trí để hiển thị. The place in one line, for people.")
    effective: str = Field(description="Hiệu lực. Validity in words, may be empty.")


class ReplyOut(BaseModel):
    """One message of the bot: plain text, never markup."""

    text: str
    buttons: list[ButtonOut]
    citations: list[CitationOut]


class ChatResponse(BaseModel):
    """What the bot says in this turn."""

    status: str = Field(
        description="answered, clarify, unknown, handoff, declined, smalltalk", examples=["answered", "clarify"]
    )
    reason: str = Field(description="Lý do chi tiết. Finer reason, may be empty.", examples=["cannot_reach_sources"])
    replies: list[ReplyOut]


class LookRequest(BaseModel):
    """Asks for what an officer wrote to a conversation."""

    model_config = ConfigDict(
        strict=True, json_schema_extra={"examples": [{"session": "3f1c9a52-8d1e-4c55", "after": 0}]}
    )

    session: str = Field(
        description="Mã cuộc trò chuyện. Name of the conversation.",
        json_schema_extra={"pattern": f"^{SESSION.pattern}$"},
    )
    after: int = Field(
        default=0, ge=0, lt=2**31, description="Mã tin cuối đã nhận. The `id` of the last message that was received."
    )


class LetterOut(BaseModel):
    """One message to the person."""

    id: int
    text: str
    staff: bool = Field(description="Do cán bộ viết. Whether an officer wrote it.")


class LookResponse(BaseModel):
    """What waited."""

    messages: list[LetterOut]
    open: bool = Field(description="Còn nên hỏi tiếp. Whether a person is wanted or has the conversation: look again.")


class Refusal(BaseModel):
    """Why a request was not taken."""

    detail: str = Field(description="Một dòng tiếng Việt cho người dùng. One Vietnamese line for the person.")


def as_response(reply: ChatReply) -> ChatResponse:
    """The wire form of what the bot says."""
    return ChatResponse(
        status=reply.status,
        reason=reply.reason,
        replies=[
            ReplyOut(
                text=r.text,
                buttons=[ButtonOut(label=b.label, value=b.value) for b in r.buttons],
                citations=[CitationOut.model_validate(asdict(c) | {"coordinate": c.place}) for c in r.citations],
            )
            for r in reply.replies
        ],
    )


def chat_router(desk: Desk, metrics: Metrics) -> APIRouter:
    """The route `POST /api/chat` over `desk`."""
    router = APIRouter()

    @router.post(
        "/api/chat",
        summary="Hỏi một câu (ask one question)",
        description="Gửi câu hỏi hoặc nút đã chọn, nhận câu trả lời kèm trích dẫn. Không cần cookie. "
        "Sends one message of a conversation and returns the cited answer. When the sources cannot be reached, the "
        "answer has status `unknown` and reason `cannot_reach_sources`, with HTTP 200.",
        response_model=ChatResponse,
        responses={
            200: {
                "description": "Câu trả lời (the answer); một dòng sự kiện khi Accept là text/event-stream (a stream of events)",
                "content": {STREAM: {"schema": {"type": "string"}}},
            },
            400: {"model": Refusal, "description": "Không phải JSON (not JSON)"},
            413: {"model": Refusal, "description": "Quá 16 KiB (body too large)"},
            422: {"model": Refusal, "description": "Thiếu hoặc sai mục (missing or bad field)"},
            429: {"model": Refusal, "description": "Hỏi quá nhanh, xem Retry-After (too often)"},
        },
    )
    async def chat(message: ChatRequest, request: Request) -> ChatResponse | Response:
        session = checked_session(message.session)
        if (message.text is None) == (message.button is None):
            raise Refused(422, "empty" if message.text is None else "bad_fields")
        text = checked_text(message.text) if message.text is not None else checked_button(message.button or "")
        address = request.client.host if request.client else ""

        async def ask(show: Show | None = None) -> ChatReply:
            reply = await desk.ask(text, session=session, address=address, show=show)
            metrics.answer(reply.status, reply.reason)
            return reply

        if STREAM in request.headers.get("accept", ""):
            return await streamed(ask, lambda reply: as_response(reply).model_dump())
        return as_response(await ask())

    @router.post(
        "/api/chat/look",
        summary="Xem cán bộ đã viết gì (what an officer wrote)",
        description="Trong lúc chờ cán bộ, hỏi lại vài giây một lần. While a person is wanted: ask again every few seconds. "
        "A message is given again until a later request names it in `after`.",
        responses={
            422: {"model": Refusal, "description": "Thiếu hoặc sai mục (missing or bad field)"},
            429: {"model": Refusal, "description": "Hỏi quá nhanh, xem Retry-After (too often)"},
        },
    )
    async def look(wanted: LookRequest) -> LookResponse:
        found = await desk.look(checked_session(wanted.session), wanted.after)
        return LookResponse(
            messages=[LetterOut(id=m.id, text=m.text, staff=m.staff) for m in found.letters], open=found.open
        )

    return router

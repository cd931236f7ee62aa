"""The settings of the chat model (off unless `LLM_MODEL` is set), and where its words are sent.

A model outside Việt Nam gets what citizens write, masked as it is: that is a transfer of personal data abroad, for which Law 91/2025/QH15
Article 20 asks for a dossier of impact assessment. So such a model needs that dossier named in `LLM_ABROAD_DOSSIER`.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

from knowledge.model.providers import PROVIDERS, BadModel, split_name

USES = frozenset({"understanding", "wording"})
ABROAD = (
    "LLM_ABROAD_DOSSIER còn trống mà mô hình ở ngoài Việt Nam ({where}): Điều 20 Luật 91/2025/QH15 yêu cầu hồ sơ đánh giá tác động "
    "chuyển dữ liệu cá nhân xuyên biên giới; ghi số và ngày hồ sơ, hoặc dùng mô hình đặt trong nước (LLM_BASE_URL). Máy chủ của "
    "mình ở trong nước mà tên miền không phải .vn: đặt LLM_IN_VIETNAM=true."
)


class ModelSettings(BaseSettings):
    """Part of `bot.settings.Settings`."""

    llm_model: str = Field(
        "",
        description="Mô hình ngôn ngữ qua LangChain, viết nhà-cung-cấp:tên (openai, ollama, anthropic, google_genai); để trống là "
        "không dùng. Cần `make llm`.",
    )
    llm_base_url: str = Field(
        "", description="Địa chỉ máy chủ mô hình (Ollama, vLLM, llama.cpp …); để trống là địa chỉ của nhà cung cấp."
    )
    llm_api_key: SecretStr = Field(SecretStr(""), description="Khoá của nhà cung cấp mô hình.")
    llm_uses: str = Field(
        "understanding,wording",
        description="Việc giao cho mô hình: understanding (đọc câu hỏi khó hiểu), wording (diễn đạt câu trả lời), cách nhau dấu phẩy.",
    )
    llm_seconds: float = Field(
        8.0,
        ge=1.0,
        le=9.0,
        description="Số giây chờ mô hình cho một câu trả lời; quá giờ thì gửi câu trả lời không có mô hình.",
    )
    llm_tokens: int = Field(700, ge=64, le=4_000, description="Số token nhiều nhất của một lần viết.")
    llm_at_once: int = Field(4, ge=1, le=64, description="Số lần gọi mô hình cùng lúc của một tiến trình.")
    llm_person_tokens: int = Field(
        60_000, ge=0, description="Số token một người dùng được trong một ngày; hết thì trả lời không có mô hình."
    )
    llm_day_tokens: int = Field(3_000_000, ge=0, description="Số token của mọi người trong một ngày.")
    llm_day_cost: float = Field(0.0, ge=0, description="Số đồng nhiều nhất một ngày; 0 là không giới hạn bằng tiền.")
    llm_price_in: float = Field(0.0, ge=0, description="Giá một triệu token gửi đi, đồng.")
    llm_price_out: float = Field(0.0, ge=0, description="Giá một triệu token nhận về, đồng.")
    llm_abroad_dossier: str = Field(
        "",
        description="Số, ngày hồ sơ đánh giá tác động chuyển dữ liệu cá nhân xuyên biên giới (Điều 20 Luật 91/2025/QH15); bắt buộc "
        "khi mô hình ở ngoài Việt Nam.",
    )
    llm_in_vietnam: bool = Field(
        False, description="true khi máy chủ mô hình đặt tại Việt Nam mà địa chỉ không cho thấy điều đó."
    )

    @field_validator("llm_uses")
    @classmethod
    def _uses(cls, value: str) -> str:
        if not {part.strip() for part in value.split(",")} <= USES:
            raise ValueError(f"chỉ nhận {', '.join(sorted(USES))}, cách nhau dấu phẩy")
        return value

    @field_validator("llm_base_url")
    @classmethod
    def _model_address(cls, value: str) -> str:
        if value and not re.match(r"https?://[^\s/]+", value):
            raise ValueError("phải bắt đầu bằng https:// hoặc http://")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _in_the_country(self) -> Self:
        if not self.llm_model:
            return self
        try:
            split_name(self.llm_model)
        except BadModel as error:
            raise ValueError(f"{error} {error.remedy}") from error
        if self.model_stands == "abroad" and not self.llm_abroad_dossier.strip():
            raise ValueError(ABROAD.format(where=self._model_host))
        return self

    @property
    def _model_host(self) -> str:
        """The host name of the model's server, or the provider where it has one address for all; empty: this machine."""
        provider = self.llm_model.partition(":")[0]
        own = PROVIDERS[provider].abroad if provider in PROVIDERS else False
        return urlsplit(self.llm_base_url).hostname or (provider if own else "")

    @property
    def model_stands(self) -> str:
        """Where the chat model stands: "home", "abroad", or empty when there is none."""
        if not self.llm_model:
            return ""
        far = bool(self._model_host) and abroad(self._model_host) and not self.llm_in_vietnam
        return "abroad" if far else "home"

    @property
    def model_reads(self) -> bool:
        """Whether the model may read questions."""
        return "understanding" in self.llm_uses

    @property
    def model_words(self) -> bool:
        """Whether the model may word answers."""
        return "wording" in self.llm_uses


def abroad(host: str) -> bool:
    """Whether a server of this name is taken to be outside Việt Nam: not this machine, not our network, not under .vn."""
    try:
        return not ipaddress.ip_address(host).is_private
    except ValueError:
        name = host.lower().rstrip(".")
        return not (
            name == "localhost" or name.endswith((".localhost", ".local", ".internal", ".lan", ".vn")) or _single(name)
        )


def _single(name: str) -> bool:
    """A name of our own network ("ollama"); the names of providers are single words too."""
    return "." not in name and name not in ("openai", "anthropic", "google_genai")

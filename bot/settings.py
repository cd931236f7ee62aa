"""All settings, in one class. `.env.example` lists each with a comment; a test compares the two."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from bot.connection_settings import REMEDY, ConnectionSettings, unencrypted
from bot.door_settings import DoorSettings
from bot.errors import BadSettings
from bot.outreach.hours import Hours
from bot.outreach.units import HOME, UnknownProvince, official_province
from bot.watch_settings import WatchSettings

SECRET_LENGTH = 16
"""Least length of a webhook secret in production."""


class Environment(StrEnum):
    """`production` refuses to start with a missing secret."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Mode(StrEnum):
    """How a platform's events reach us."""

    POLLING = "polling"
    WEBHOOK = "webhook"


class Settings(DoorSettings, ConnectionSettings, WatchSettings):
    """Read from the environment, then from `.env` in the working folder. Empty means unset."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True)

    tuvan_data: Path = Field(
        Path("data"), description="Thư mục dữ liệu: cơ sở dữ liệu, chỉ mục, mô hình. Thư mục trống là bản cài mới."
    )
    tuvan_env: Environment = Field(Environment.DEVELOPMENT, description="development hoặc production.")
    tuvan_today: date | None = Field(
        None, description="Ngày cố định (2026-11-22) để thử và trình diễn; để trống là hôm nay."
    )
    province: str = Field(
        HOME,
        validation_alias="TUVAN_PROVINCE",
        description="Tỉnh, thành phố được phục vụ: một trong 34 đơn vị từ 1/7/2025; xã, phường lấy theo tỉnh này.",
    )
    database_url: str = Field("", description="Cơ sở dữ liệu SQLAlchemy; để trống là SQLite trong thư mục dữ liệu.")
    data_key_file: Path | None = Field(
        None,
        validation_alias="TUVAN_DATA_KEY_FILE",
        description="Tệp khóa mã hóa dữ liệu cá nhân trong cơ sở dữ liệu, để ngoài thư mục dữ liệu; để trống là không mã hóa.",
    )
    embedding_model: str = Field(
        "", description="Tên hoặc thư mục mô hình sentence-transformers; để trống là mô hình đi kèm."
    )
    embedding_threads: int = Field(0, ge=0, le=64, description="Số luồng khi nhúng tài liệu; 0 là theo số lõi máy.")
    host: str = Field("127.0.0.1", validation_alias="TUVAN_HOST", description="Địa chỉ mà máy chủ web lắng nghe.")
    port: int = Field(8000, ge=1, le=65535, validation_alias="TUVAN_PORT", description="Cổng của máy chủ web.")
    public_url: str = Field("", description="Địa chỉ https công khai của hệ thống; để trống khi chạy tại chỗ.")
    metrics_token: SecretStr = Field(
        SecretStr(""),
        validation_alias="TUVAN_METRICS_TOKEN",
        description="Mã để đọc /metrics từ máy khác; để trống thì chỉ máy này đọc được.",
    )
    messages_per_minute: int = Field(
        15,
        ge=1,
        le=10_000,
        validation_alias="TUVAN_MESSAGES_PER_MINUTE",
        description="Số tin của một người được trả lời trong một phút; quá số này người đó được nhắc một lần.",
    )
    workers: int = Field(
        4, ge=1, le=64, validation_alias="TUVAN_WORKERS", description="Số cuộc trò chuyện được trả lời cùng lúc."
    )
    office: str = Field(
        "cơ quan vận hành trợ lý này",
        validation_alias="TUVAN_OFFICE",
        description="Tên cơ quan chịu trách nhiệm về dữ liệu; được nói rõ khi xin sự đồng ý.",
    )
    privacy_contact: str = Field(
        "",
        validation_alias="TUVAN_PRIVACY_CONTACT",
        description="Đầu mối bảo vệ dữ liệu cá nhân (bộ phận, điện thoại, địa chỉ), nêu ở /quyenriengtu; để trống là tên cơ quan.",
    )
    working_hours: str = Field(
        "1-5 07:30-11:30,13:30-17:00",
        validation_alias="TUVAN_WORKING_HOURS",
        description="Giờ làm việc của cán bộ: ngày (1 là thứ Hai) và giờ.",
    )
    staff_notify: str = Field(
        "",
        description="Mã cuộc trò chuyện Telegram của cán bộ được báo khi có người muốn gặp, cách nhau dấu phẩy; để trống là không báo.",
    )
    staff_idle_minutes: int = Field(
        30,
        ge=5,
        le=720,
        validation_alias="TUVAN_STAFF_IDLE_MINUTES",
        description="Số phút không làm gì thì cán bộ phải đăng nhập lại.",
    )
    smtp_url: SecretStr = Field(
        SecretStr(""),
        description="Máy chủ gửi thư báo cho cán bộ: smtps://tên:mật-khẩu@máy:465 hoặc smtp://…:587; để trống là không gửi thư.",
    )
    smtp_from: str = Field("", description="Địa chỉ người gửi của thư báo.")
    lead_days: int = Field(
        90,
        ge=1,
        le=3650,
        validation_alias="TUVAN_LEAD_DAYS",
        description="Số ngày giữ thông tin người cần gọi lại, kể từ khi việc liên hệ kết thúc.",
    )
    conversation_days: int = Field(
        365,
        ge=1,
        le=3650,
        validation_alias="TUVAN_CONVERSATION_DAYS",
        description="Số ngày giữ một cuộc trò chuyện, kể từ tin cuối của người dân.",
    )
    telegram_bot_token: SecretStr = Field(
        SecretStr(""), description="Mã bot Telegram do @BotFather cấp; để trống là tắt kênh."
    )
    telegram_mode: Mode = Field(
        Mode.POLLING, description="polling (tự hỏi Telegram, không cần địa chỉ công khai) hoặc webhook."
    )
    telegram_webhook_secret: SecretStr = Field(
        SecretStr(""), description="Mã bí mật của webhook Telegram: 8–256 ký tự A–Z a–z 0–9 _ -."
    )
    telegram_api_url: str = Field("https://api.telegram.org", description="Địa chỉ Bot API của Telegram.")
    zalo_oa_app_id: str = Field("", description="Mã ứng dụng Zalo đã liên kết với Official Account.")
    zalo_oa_app_secret: SecretStr = Field(
        SecretStr(""), description="Khoá bí mật của ứng dụng (App Secret), dùng khi đổi mã truy cập."
    )
    zalo_oa_secret_key: SecretStr = Field(
        SecretStr(""), description="OA Secret Key ở trang Webhook, khác App Secret; dùng để kiểm chữ ký."
    )
    zalo_oa_access_token: SecretStr = Field(
        SecretStr(""), description="Mã truy cập của lần chạy đầu; sau đó hệ thống tự đổi và tự giữ."
    )
    zalo_oa_refresh_token: SecretStr = Field(
        SecretStr(""), description="Mã làm mới của lần chạy đầu, chỉ dùng được một lần; để trống là tắt kênh."
    )
    zalo_oa_api_url: str = Field("https://openapi.zalo.me", description="Địa chỉ API của Zalo Official Account.")
    zalo_oa_oauth_url: str = Field("https://oauth.zaloapp.com", description="Địa chỉ cấp mã của Zalo.")
    zalo_bot_token: SecretStr = Field(SecretStr(""), description="Mã Zalo Bot (Bot Platform); để trống là tắt kênh.")
    zalo_bot_mode: Mode = Field(Mode.POLLING, description="polling hoặc webhook.")
    zalo_bot_webhook_secret: SecretStr = Field(
        SecretStr(""), description="Mã bí mật của webhook Zalo Bot: 8–256 ký tự A–Z a–z 0–9 _ -."
    )
    zalo_bot_api_url: str = Field("https://bot-api.zaloplatforms.com", description="Địa chỉ API của Zalo Bot Platform.")

    @field_validator("province")
    @classmethod
    def _province(cls, value: str) -> str:
        try:
            return official_province(value)
        except UnknownProvince as error:
            raise ValueError(f"{error} {error.remedy}") from error

    @field_validator("telegram_api_url", "zalo_oa_api_url", "zalo_oa_oauth_url", "zalo_bot_api_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if not value.startswith(("https://", "http://")):
            raise ValueError("phải bắt đầu bằng https:// hoặc http://")
        return value.rstrip("/")

    @field_validator("telegram_webhook_secret", "zalo_bot_webhook_secret")
    @classmethod
    def _webhook_secret(cls, value: SecretStr) -> SecretStr:
        """The platforms take 8 (Zalo) or 1 (Telegram) to 256 of these; `_production` wants one that cannot be guessed."""
        if value.get_secret_value() and not re.fullmatch(r"[A-Za-z0-9_-]{8,256}", value.get_secret_value()):
            raise ValueError("phải dài 8–256 ký tự A–Z a–z 0–9 _ -")
        return value

    @field_validator("working_hours")
    @classmethod
    def _hours(cls, value: str) -> str:
        Hours.parse(value)
        return value

    @field_validator("staff_notify")
    @classmethod
    def _chats(cls, value: str) -> str:
        if value and not all(re.fullmatch(r"-?\d{4,20}", part.strip()) for part in value.split(",")):
            raise ValueError("mỗi mã là một số của Telegram, ví dụ 123456789,-1001234567890")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not re.fullmatch(r"smtps?://[^\s/]+", value.get_secret_value()):
            raise ValueError("viết dạng smtps://tên:mật-khẩu@máy:465 hoặc smtp://tên:mật-khẩu@máy:587")
        return value

    @field_validator("public_url")
    @classmethod
    def _https(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise ValueError("phải bắt đầu bằng https://")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _production(self) -> Self:
        if self.tuvan_env is Environment.PRODUCTION and self.tuvan_today is not None:
            raise ValueError("TUVAN_TODAY chỉ dùng để thử: bỏ biến này khi TUVAN_ENV=production")
        for name in ("telegram_webhook_secret", "zalo_bot_webhook_secret"):
            length = len(getattr(self, name).get_secret_value())
            if self.tuvan_env is Environment.PRODUCTION and 0 < length < SECRET_LENGTH:
                raise ValueError(f"{name.upper()} phải dài ít nhất {SECRET_LENGTH} ký tự khi TUVAN_ENV=production")
        if self.tuvan_env is Environment.PRODUCTION and (open_ways := list(unencrypted(self))):
            name, host = open_ways[0]
            raise ValueError(
                f"{name}: kết nối với {host} không mã hoá, hoặc không kiểm chứng thư; {REMEDY.format(host=host)}"
            )
        return self

    @model_validator(mode="after")
    def _webhooks(self) -> Self:
        """A webhook without its proof would let anyone write in the name of citizens."""
        for channel, token, mode, secret in (
            ("TELEGRAM", self.telegram_bot_token, self.telegram_mode, self.telegram_webhook_secret),
            ("ZALO_BOT", self.zalo_bot_token, self.zalo_bot_mode, self.zalo_bot_webhook_secret),
        ):
            if token.get_secret_value() and mode is Mode.WEBHOOK and not secret.get_secret_value():
                raise ValueError(
                    f"{channel}_WEBHOOK_SECRET còn trống mà {channel}_MODE=webhook: đặt một chuỗi ngẫu nhiên 32 ký tự"
                )
        if self.zalo_oa and not (self.zalo_oa_app_id and self.zalo_oa_app_secret.get_secret_value()):
            raise ValueError(
                "ZALO_OA_APP_ID và ZALO_OA_APP_SECRET còn trống mà kênh Zalo OA đã có mã: lấy ở trang ứng dụng"
            )
        if self.zalo_oa and not self.zalo_oa_secret_key.get_secret_value():
            raise ValueError("ZALO_OA_SECRET_KEY còn trống: lấy OA Secret Key ở trang Webhook của ứng dụng")
        return self

    @model_validator(mode="after")
    def _notified(self) -> Self:
        if self.staff_notify and not self.telegram_bot_token.get_secret_value():
            raise ValueError("STAFF_NOTIFY cần kênh Telegram: đặt TELEGRAM_BOT_TOKEN, hoặc để trống STAFF_NOTIFY")
        return self

    @model_validator(mode="after")
    def _sender(self) -> Self:
        if self.smtp_url.get_secret_value() and "@" not in self.smtp_from:
            raise ValueError("SMTP_FROM còn trống mà SMTP_URL đã đặt: ghi địa chỉ người gửi")
        return self

    @property
    def staff_chats(self) -> tuple[str, ...]:
        """The Telegram chats of staff who are told that a person is wanted."""
        return tuple(part.strip() for part in self.staff_notify.split(",") if part.strip())

    @property
    def staff_address(self) -> str:
        """Where officers find the console, for links in what they are told."""
        return f"https://{self.staff_host}" if self.staff_host else self.public_url

    @property
    def zalo_oa(self) -> bool:
        """Whether the Official Account has been given a token to start with."""
        return bool(self.zalo_oa_refresh_token.get_secret_value() or self.zalo_oa_access_token.get_secret_value())

    @property
    def database(self) -> str:
        """The SQLAlchemy address in use."""
        return self.database_url or f"sqlite:///{(self.tuvan_data / 'tuvan.sqlite3').absolute()}"

    @property
    def models_folder(self) -> Path:
        """Where converted embedding models live."""
        return self.tuvan_data / "models"

    @property
    def indexes_folder(self) -> Path:
        """Where index generations live; safe to delete, rebuilt from SQL."""
        return self.tuvan_data / "indexes"


def secrets_of(settings: Settings) -> list[str]:
    """The values of all secrets of `settings`, for keeping them out of logs; the password of the database is one."""
    found = [v.get_secret_value() for v in vars(settings).values() if isinstance(v, SecretStr)]
    password = re.search(r"://[^/@:]*:([^@]+)@", getattr(settings, "database_url", ""))
    return [s for s in [*found, password[1] if password else ""] if s]


def load_settings() -> Settings:
    """The settings in force. Raises BadSettings naming each variable that is wrong and why."""
    try:
        return Settings()  # type: ignore[call-arg]
    except ValidationError as error:
        lines = []
        for e in error.errors():
            name = str(e["loc"][0]).upper() if e["loc"] else ""
            lines.append(f"{name}: {e['msg'].removeprefix('Value error, ')}".removeprefix(": "))
        raise BadSettings(
            "Thiết lập sai: " + "; ".join(lines), "Sửa tệp .env hoặc biến môi trường; xem .env.example."
        ) from error

"""All settings, in one class. `.env.example` lists each with a comment; a test compares the two."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import BadSettings

TIME_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class Environment(StrEnum):
    """`production` refuses to start with a missing secret."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Read from the environment, then from `.env` in the working folder. Empty means unset."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True)

    tuvan_data: Path = Field(
        Path("data"), description="Thư mục dữ liệu: cơ sở dữ liệu, chỉ mục, mô hình. Thư mục trống là bản cài mới."
    )
    tuvan_env: Environment = Field(Environment.DEVELOPMENT, description="development hoặc production.")
    tuvan_today: date | None = Field(
        None, description="Ngày cố định (2026-11-22) để thử và trình diễn; để trống là hôm nay."
    )
    database_url: str = Field("", description="Cơ sở dữ liệu SQLAlchemy; để trống là SQLite trong thư mục dữ liệu.")
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
        return self

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

"""Settings of logs, of watching over the program and of its updates, a part of `bot.settings.Settings`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from pydantic import Field

from bot.model_settings import ModelSettings


class LogForm(StrEnum):
    """How a log line looks."""

    TEXT = "text"
    JSON = "json"


class WatchSettings(ModelSettings):
    """Log file, form of log lines, when somebody who was not called raises an alert, whether updates keep a copy."""

    log_file: Path | None = Field(
        None,
        validation_alias="TUVAN_LOG_FILE",
        description="Tệp nhật ký hệ thống, ngoài lỗi chuẩn; để trống là không ghi tệp.",
    )
    log_megabytes: int = Field(
        10,
        ge=1,
        le=10_000,
        validation_alias="TUVAN_LOG_MB",
        description="Tệp nhật ký đầy ngần này MB thì sang tệp mới.",
    )
    log_count: int = Field(
        5, ge=1, le=1_000, validation_alias="TUVAN_LOG_COUNT", description="Số tệp nhật ký cũ được giữ."
    )
    log_form: LogForm = Field(
        LogForm.TEXT, validation_alias="TUVAN_LOG_FORM", description="text, hoặc json: mỗi dòng một đối tượng JSON."
    )
    lead_hours: int = Field(
        48,
        ge=1,
        le=10_000,
        validation_alias="TUVAN_LEAD_HOURS",
        description="Người để lại số mà quá ngần này giờ chưa ai gọi thì giám sát báo động.",
    )
    copy_before_update: bool = Field(
        True,
        validation_alias="TUVAN_COPY_BEFORE_UPDATE",
        description="true: trước khi bản mới đổi bảng của cơ sở dữ liệu, giữ một bản sao trong backups/ của thư mục dữ liệu.",
    )

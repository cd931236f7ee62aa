"""Writes docs/operation again: `python -m bot.watching.write`. A test holds the files there against what this makes."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import yaml

from bot.watching.rules import rules

FOLDER = Path(__file__).parents[2] / "docs" / "operation"
_OWN = "# Written by `python -m bot.watching.write` from bot/watching/rules.yaml; change that file.\n"
_DEAD = 'sum by (channel) (rate(tuvan_webhooks_total{outcome=~"refused|not_stored"}[10m])) > 0'
_SLOW = 'histogram_quantile(0.95, sum by (le) (rate(tuvan_http_request_seconds_bucket{route="/api/chat"}[10m]))) > 8'
_PANELS: tuple[tuple[str, str, str, tuple[tuple[str, str], ...]], ...] = (
    ("Sức khoẻ", "stat", "none", (("tuvan_database_up", "cơ sở dữ liệu"), ("max(tuvan_channel_problem)", "kênh trục trặc"))),
    ("Tuổi bản sao lưu", "stat", "s", (("tuvan_backup_age_seconds", "sao lưu"),)),
    ("Đĩa còn trống", "stat", "bytes", (("tuvan_disk_free_bytes", "trống"), ("tuvan_database_bytes", "cơ sở dữ liệu"))),
    ("Người chờ gọi", "stat", "none", (("tuvan_leads_waiting", "chờ"), ("tuvan_leads_late", "quá hạn"))),
    ("Câu trả lời trên web", "timeseries", "none", (("sum by (status) (rate(tuvan_chat_answers_total[5m])) * 60", "{{status}}"),)),
    ("Thời gian trả lời (p95)", "timeseries", "s", ((_SLOW.removesuffix(" > 8"), "p95"),)),
    ("Tin chờ trả lời", "timeseries", "none", (("tuvan_inbox_waiting", "{{channel}}"),)),
    ("Chờ lâu nhất", "timeseries", "s", (("tuvan_inbox_oldest_seconds", "{{channel}} trả lời"),
                                         ("tuvan_outbox_oldest_seconds", "{{channel}} gửi"))),
    ("Tin chưa gửi", "timeseries", "none", (("tuvan_outbox_messages", "{{channel}} {{state}}"),)),
    ("Kênh: lần cuối nghe, gửi, hỏi", "timeseries", "s", (("tuvan_channel_heard_seconds", "{{channel}} nghe"),
        ("tuvan_channel_sent_seconds", "{{channel}} gửi"), ("tuvan_channel_polled_seconds", "{{channel}} hỏi"))),
    ("Hạn mã truy cập", "timeseries", "s", (("tuvan_token_expiry_seconds", "{{channel}}"),)),
    ("Webhook", "timeseries", "none", (("sum by (channel, outcome) (rate(tuvan_webhooks_total[5m]))", "{{channel}} {{outcome}}"),)),
    ("Chỉ mục", "timeseries", "none", (("tuvan_passages", "đoạn trong kho"), ("tuvan_index_passages", "đoạn trong chỉ mục"))),
    ("Mô hình ngôn ngữ hôm nay", "timeseries", "none", (("tuvan_model_calls_today", "lần gọi"), ("tuvan_model_tokens_today", "token"))),
    ("Muốn gặp cán bộ", "timeseries", "none", (("tuvan_handoffs_waiting", "người chờ"), ("tuvan_mails_waiting", "thư chờ gửi"))),
)  # fmt: skip


def prometheus() -> str:
    """The rules file of Prometheus."""
    made: list[dict[str, Any]] = [
        {
            "alert": f"Tuvan{rule.name}",
            "expr": rule.expression,
            "for": rule.lasting,
            "labels": {"severity": rule.severity},
            "annotations": {
                "summary": rule.says.format(value="{{ $value }}", channel="{{ $labels.channel }}"),
                "description": rule.remedy,
            },
        }
        for rule in rules()
    ]
    made += [
        _extra(
            "Unreachable", "absent(tuvan_database_up)", "Không đọc được /metrics.", "Kiểm tra `tuvan run` còn chạy."
        ),
        _extra(
            "WebhooksRefused",
            _DEAD,
            "Kênh {{ $labels.channel }}: webhook bị từ chối.",
            "Kiểm tra mã bí mật webhook và cơ sở dữ liệu.",
        ),
        _extra("AnswersSlow", _SLOW, "Trả lời trên web chậm quá 8 giây.", "Xem tải của máy và LLM_SECONDS."),
    ]
    return _OWN + yaml.safe_dump(
        {"groups": [{"name": "tuvan-bhxh", "rules": made}]}, allow_unicode=True, sort_keys=False, width=140
    )


def dashboard() -> str:
    """The dashboard of Grafana; it asks for the Prometheus source when it is imported."""
    panels = []
    x = y = 0
    for number, (title, kind, unit, lines) in enumerate(_PANELS, 1):
        width, height = (6, 4) if kind == "stat" else (12, 8)
        panels.append(
            {
                "id": number,
                "title": title,
                "type": kind,
                "datasource": {"type": "prometheus", "uid": "${source}"},
                "gridPos": {"x": x, "y": y, "w": width, "h": height},
                "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
                "targets": [
                    {"refId": chr(65 + n), "expr": expression, "legendFormat": legend}
                    for n, (expression, legend) in enumerate(lines)
                ],
            }
        )
        x += width
        if x >= 24:
            x, y = 0, y + height
    source = {"name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus"}
    made = {
        "uid": "tuvan-bhxh",
        "title": "Tư vấn BHXH tự nguyện",
        "schemaVersion": 39,
        "timezone": "Asia/Ho_Chi_Minh",
        "refresh": "1m",
        "time": {"from": "now-24h", "to": "now"},
        "templating": {"list": [source]},
        "panels": panels,
    }
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def _extra(name: str, expression: str, says: str, remedy: str) -> dict[str, Any]:
    """A rule that only somebody who scrapes again and again can judge."""
    return {
        "alert": f"Tuvan{name}",
        "expr": expression,
        "for": "5m",
        "labels": {"severity": "critical" if name == "Unreachable" else "warning"},
        "annotations": {"summary": says, "description": remedy},
    }


def main() -> None:
    """Writes both files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "alerts.yml").write_text(prometheus(), encoding="utf-8")
    (FOLDER / "grafana.json").write_text(dashboard(), encoding="utf-8")
    sys.stdout.write(f"{FOLDER}: alerts.yml, grafana.json\n")


if __name__ == "__main__":
    main()

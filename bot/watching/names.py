"""The names of the figures, with what each says. All are gauges."""

from __future__ import annotations

from collections.abc import Mapping

HELP: Mapping[str, str] = {
    "tuvan_database_up": "1 when the database can be read",
    "tuvan_database_bytes": "Size of the database",
    "tuvan_disk_free_bytes": "Free room on the disk of the data folder",
    "tuvan_disk_size_bytes": "Size of that disk",
    "tuvan_backup_age_seconds": "Seconds since the last checked backup of this data folder; infinite when there was none",
    "tuvan_backup_bytes": "Size of that backup",
    "tuvan_channel_off": "1 when staff have turned the channel off",
    "tuvan_channel_problem": "1 when the channel cannot send or receive until somebody does something",
    "tuvan_channel_heard_seconds": "Seconds since a person last wrote on the channel",
    "tuvan_channel_sent_seconds": "Seconds since a message was last sent on the channel",
    "tuvan_channel_polled_seconds": "Seconds since the platform was last asked for messages; infinite when never",
    "tuvan_token_expiry_seconds": "Seconds until the access token of the account ends; it is renewed before",
    "tuvan_token_problem": "1 when the account must be authorised again",
    "tuvan_inbox_waiting": "Messages that wait for an answer",
    "tuvan_inbox_oldest_seconds": "How long the oldest of them has waited",
    "tuvan_outbox_messages": "Messages not sent: waiting, maybe (nobody knows), dead",
    "tuvan_outbox_oldest_seconds": "How late the oldest waiting message is",
    "tuvan_webhooks_unread": "Deliveries of the platform that could not be read",
    "tuvan_leads_waiting": "People who left a number and were not called yet",
    "tuvan_leads_oldest_seconds": "How long the first of them has waited",
    "tuvan_leads_late": "Those who have waited longer than TUVAN_LEAD_HOURS",
    "tuvan_handoffs_waiting": "Conversations in which a person is wanted and nobody has come",
    "tuvan_handoffs_oldest_seconds": "How long the first of them has waited",
    "tuvan_data_requests_overdue": "Requests about personal data that are past their day",
    "tuvan_mails_waiting": "E-mails to staff that wait to be sent",
    "tuvan_passages": "Passages that can be found",
    "tuvan_index_generation": "Number of the live index; 0 when there is none",
    "tuvan_index_passages": "Passages in the live index",
    "tuvan_index_missing_passages": "Passages by which the live index differs from what can be found",
    "tuvan_model_calls_today": "Calls of the chat model today",
    "tuvan_model_tokens_today": "Tokens sent to and received from the chat model today",
}

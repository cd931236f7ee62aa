"""Figures of the web chat for Prometheus; each app has a registry of its own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """Counts requests and answers. Labels are routes and statuses only: nothing a person typed."""

    content_type = "text/plain; version=0.0.4; charset=utf-8"

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "tuvan_http_requests", "HTTP requests", ("route", "method", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "tuvan_http_request_seconds", "Seconds a request took", ("route",), registry=self.registry
        )
        self._answers = Counter(
            "tuvan_chat_answers", "Answers given in the web chat", ("status", "reason"), registry=self.registry
        )
        self._refusals = Counter(
            "tuvan_chat_refusals", "Questions not taken by the web chat", ("reason",), registry=self.registry
        )

        self._webhooks = Counter(
            "tuvan_webhooks", "Webhook calls of platforms", ("channel", "outcome"), registry=self.registry
        )

    def webhook(self, channel: str, outcome: str) -> None:
        """One webhook call; `outcome` is new, repeat, nothing, refused or not_stored."""
        self._webhooks.labels(channel, outcome).inc()

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """One request ended; `status` 0 when the client left before an answer."""
        self._requests.labels(route, method if method in _METHODS else "other", str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def answer(self, status: str, reason: str) -> None:
        """One answer given, with its answer status and reason."""
        self._answers.labels(status, reason).inc()

    def refusal(self, reason: str) -> None:
        """One question not taken; `reason` is a key of the texts."""
        self._refusals.labels(reason).inc()

    def text(self) -> bytes:
        """All figures in Prometheus's text format."""
        return bytes(generate_latest(self.registry))

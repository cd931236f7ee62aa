"""Figures of the web chat for Prometheus; each app has a registry of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily

from bot.watching.figures import Figure
from bot.watching.names import HELP

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """Counts requests and answers. Labels are routes and statuses only: nothing a person typed."""

    content_type = "text/plain; version=0.0.4; charset=utf-8"

    def __init__(self, figures: Callable[[], Iterable[Figure]] | None = None) -> None:
        """`figures` are those of the installation, read at each scrape; it may block."""
        self.registry = CollectorRegistry()
        if figures is not None:
            self.registry.register(_AtScrape(figures))
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


class _AtScrape:
    """Gauges that are worked out when somebody asks."""

    def __init__(self, figures: Callable[[], Iterable[Figure]]) -> None:
        self._figures = figures

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing, so that registering reads no database."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        found: dict[str, list[Figure]] = {}
        for figure in self._figures():
            found.setdefault(figure.name, []).append(figure)
        for name, figures in found.items():
            labels = list(figures[0].labels)
            family = GaugeMetricFamily(name, HELP[name], labels=labels)
            for figure in figures:
                family.add_metric([figure.labels[label] for label in labels], figure.value)
            yield family

"""Readers: one file in, `ReadDocument` out, or one `UnreadableFile`."""

from __future__ import annotations

from ingest.readers.model import Line, ReadDocument
from ingest.readers.reading import read_document
from ingest.sandbox import Limits

__all__ = ["Limits", "Line", "ReadDocument", "read_document"]

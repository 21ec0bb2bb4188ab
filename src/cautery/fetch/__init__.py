"""The guarded fetcher: the only way out of the house."""

from __future__ import annotations

from cautery.fetch.clock import clock, reading
from cautery.fetch.fetcher import Answer, Fetched, Fetcher, FetchFailed, Request, fetcher

__all__ = ["Answer", "FetchFailed", "Fetched", "Fetcher", "Request", "clock", "fetcher", "reading"]

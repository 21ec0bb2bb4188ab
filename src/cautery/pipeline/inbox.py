"""Mail in: a small SMTP server in the worker. A message is in the register before the sender hears 250."""

from __future__ import annotations

import asyncio
from typing import Any

from aiosmtpd.controller import Controller
from django.db import close_old_connections

from cautery.core.actors import system
from cautery.core.clock import Clock
from cautery.track.actions import keep_mail

MAX_BYTES = 33_554_432


class Inbox:
    """aiosmtpd handler: keeps every message, raw."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        """Keep the message; 451 asks the sender to come again when that failed."""
        raw = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        await asyncio.to_thread(self._keep, raw)
        return "250 kept"

    def _keep(self, raw: bytes) -> None:
        try:
            keep_mail(raw, by=system("inbox"), at=self._clock.now())
        finally:
            close_old_connections()


def open_inbox(listen: str, clock: Clock) -> Controller:
    """Listen on `host:port`; the caller stops it."""
    host, _, port = listen.rpartition(":")
    controller = Controller(Inbox(clock), hostname=host, port=int(port), data_size_limit=MAX_BYTES)
    controller.start()
    return controller

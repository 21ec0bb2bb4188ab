"""Which clock the process lives by: the machine's, or in a rehearsal the world's, read over HTTP."""

from __future__ import annotations

import http.client
import json
import threading
import time
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from cautery.core.clock import Clock, SystemClock
from cautery.core.errors import SettingInvalid, Unreachable

TRIES = 200
PAUSE_S = 0.05


class WorldClock:
    """The clock of a rehearsal. It may only live on loopback; production settings refuse it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
            raise SettingInvalid(
                "The world's clock lives on loopback.",
                setting="CAUTERY_CLOCK_URL",
                reason="not_loopback",
                hint="http://127.0.0.1:PORT/clock, as `cautery exercise` sets it.",
            )
        self._host, self._port, self._path = parts.hostname, parts.port, parts.path
        self._seen: str | None = None
        self._own = threading.local()

    def now(self) -> datetime:
        self._seen = str(self._ask("GET", self._path, None)["now"])
        return _time(self._seen)

    def wait(self, due: datetime | None) -> bool:
        body = {"now": self._seen, "due": None if due is None else due.isoformat()}
        return not self._ask("POST", f"{self._path}/wait", body)["finished"]

    def _ask(self, method: str, path: str, body: object) -> dict[str, Any]:
        """Ask until the world is there; a world that stays away is an error. Asking again does no harm."""
        payload = None if body is None else json.dumps(body)
        for _ in range(TRIES):
            connection = self._connection()
            try:
                connection.request(method, path, payload, {"Content-Type": "application/json"})
                response = connection.getresponse()
                answer: dict[str, Any] = json.loads(response.read())
            except (OSError, http.client.HTTPException, ValueError):
                connection.close()
                time.sleep(PAUSE_S)
            else:
                if response.status != 200:
                    raise Unreachable(f"The world failed: {answer}.", url=path)
                return answer
        raise Unreachable("The world's clock does not answer.", url=f"{self._host}:{self._port}")

    def _connection(self) -> http.client.HTTPConnection:
        """One connection a thread, kept: the time is asked for with every request."""
        kept: http.client.HTTPConnection | None = getattr(self._own, "connection", None)
        if kept is None:
            kept = http.client.HTTPConnection(self._host, self._port, timeout=600)
            self._own.connection = kept
        return kept


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


@cache
def clock() -> Clock:
    """The process's clock, as the settings say."""
    return reading()


def reading() -> Clock:
    """A clock of the caller's own, for a thread that only reads it: the process's remembers what the worker has seen."""
    return WorldClock(settings.CLOCK_URL) if settings.CLOCK_URL else SystemClock()

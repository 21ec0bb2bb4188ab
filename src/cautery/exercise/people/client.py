"""A client of the platform's API as a partner would write one: one kept connection, a bearer token, patience.

A call that may not have arrived is sent again until the platform is back; every call of the API is safe to repeat.
"""

from __future__ import annotations

import http.client
import json
import logging
import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_S = 60.0
FIRST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 1.0
GROWTH = 1.6
LOG = logging.getLogger(__name__)
SAY_AFTER_S = 5.0
AWAY = frozenset({502, 503, 504})
SETTLED = 409
"""Somebody did this before: what was asked for holds."""


class PlatformRefused(Exception):  # noqa: N818  named as what happened, like the platform's own errors
    """The platform says that a call was wrong: a bug here or there. Fields: method, path, status, body."""

    def __init__(self, method: str, path: str, status: int, body: str) -> None:
        super().__init__(f"{method} {path}: {status} {body}")
        self.method, self.path, self.status, self.body = method, path, status, body


class PlatformGone(Exception):  # noqa: N818
    """The platform did not come back within the patience given (seconds of wall time)."""


class PlatformClient:
    """JSON calls under `/api/v1` of `api`, or of where `platform.json` in `out` says, read again after each failure."""

    def __init__(
        self, out: Path, *, api: str | None = None, timeout_s: float = TIMEOUT_S, patience_s: float = math.inf
    ) -> None:
        self._place = out / "platform.json"
        self._api = api
        self._timeout_s = timeout_s
        self._patience_s = patience_s
        self._connection: http.client.HTTPConnection | None = None
        self._why = ""

    def get(self, path: str, token: str) -> dict[str, Any]:
        """The answer to a GET; PlatformRefused, PlatformGone."""
        return self._call("GET", path, token, None)

    def post(self, path: str, token: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a POST, also where it was done before; PlatformRefused, PlatformGone."""
        return self._call("POST", path, token, json.dumps(body).encode())

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _call(self, method: str, path: str, token: str, body: bytes | None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        began, pause, said = time.monotonic(), FIRST_PAUSE_S, False
        while True:
            answer = self._try(method, path, headers, body)
            if answer is not None:
                return _document(method, path, *answer)
            waited = time.monotonic() - began
            if waited + pause > self._patience_s:
                raise PlatformGone(f"{method} {path}: no answer within {self._patience_s:g} s ({self._why})")
            if waited > SAY_AFTER_S and not said:
                LOG.warning("%s %s: still waiting for the platform (%s)", method, path, self._why)
                said = True
            time.sleep(pause)
            pause = min(LONGEST_PAUSE_S, pause * GROWTH)

    def _try(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> tuple[int, bytes] | None:
        """Status and body of one attempt, None where the platform was not there (or went away meanwhile)."""
        try:
            connection = self._connected()
            connection.request(method, f"/api/v1{path}", body=body, headers=dict(headers))
            response = connection.getresponse()
            status, data = response.status, response.read()
        except (OSError, http.client.HTTPException, json.JSONDecodeError) as error:
            self._why = repr(error)
            self.close()
            return None
        if status in AWAY:
            self._why = f"status {status}"
            self.close()
            return None
        return status, data

    def _connected(self) -> http.client.HTTPConnection:
        if self._connection is None:
            api = urlsplit(self._api or json.loads(self._place.read_text())["api"])
            self._connection = http.client.HTTPConnection(api.hostname or "", api.port or 80, timeout=self._timeout_s)
        return self._connection


def _document(method: str, path: str, status: int, data: bytes) -> dict[str, Any]:
    text = data.decode("utf-8", "replace")
    if status >= 300 and status != SETTLED:
        raise PlatformRefused(method, path, status, text)
    document = json.loads(text)
    if not isinstance(document, dict):
        raise PlatformRefused(method, path, status, text)
    return document

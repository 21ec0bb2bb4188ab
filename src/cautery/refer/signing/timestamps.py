"""A time-stamping service over HTTP (RFC 3161), on one connection that is kept: ten thousand signatures need not greet it as often."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError

from cautery.core.errors import SettingInvalid

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
LARGEST = 1 << 18
"""Bytes of an answer that are read."""


class TimeService(TimeStamper):
    """One service, one connection; for one process. A connection that was closed meanwhile is opened once more."""

    def __init__(self, url: str, timeout_s: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SettingInvalid(
                f"{url!r} is no address of a time-stamping service.",
                setting="CAUTERY_TSA_URL",
                reason="not_a_url",
                hint="An http or https address (RFC 3161).",
            )
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=timeout_s)
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The service's answer to one request. TimestampRequestError when there is none that can be read."""
        body = req.dump()
        try:
            answer = self._asked(body)
        except (OSError, HTTPException):
            self._connection.close()
            try:
                answer = self._asked(body)
            except (OSError, HTTPException) as wrong:
                self._connection.close()
                raise TimestampRequestError("The time-stamping service did not answer.") from wrong
        try:
            read = tsp.TimeStampResp.load(answer, strict=True)
            read["status"]["status"].native  # noqa: B018 (read now: what cannot be read raises here, not while signing)
        except ValueError as wrong:
            raise TimestampRequestError("The time-stamping service's answer cannot be read.") from wrong
        return read

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def _asked(self, body: bytes) -> bytes:
        self._connection.request("POST", self._path, body, {"Content-Type": QUERY, "Accept": REPLY})
        response = self._connection.getresponse()
        answer = response.read(LARGEST)
        if response.status != 200 or response.headers.get_content_type() != REPLY:
            self._connection.close()
            raise TimestampRequestError(f"The time-stamping service answered {response.status}.")
        return answer

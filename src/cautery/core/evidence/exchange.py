"""What went over the wire for one address: request, response and circumstances, as they were."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from cautery.core.evidence.framing import Head

NOTHING = frozenset({"no_name", "no_connection", "tls", "no_answer", "no_head", "proxy", "head_too_large", "disk_full"})
"""Problems after which there is no response to keep as one."""
TRUNCATED = {"timeout": "time", "too_large": "length", "cut_off": "disconnect"}
"""Problems as WARC-Truncated says them; any other is `unspecified`."""


@dataclass(frozen=True, slots=True)
class Tls:
    """The encryption of a connection. `problem` is why the certificate was not accepted; empty when it was."""

    version: str
    cipher: str
    certificate_sha256: str
    certificate_pem: str
    problem: str = ""


@dataclass(slots=True)
class Exchange:
    """One request and what came back. `response` holds the bytes as received, `size` of them, `skipped` of interim answers first.

    `problem` is empty when the response is whole, else a stable word; `detail` says more.
    """

    url: str
    began_at: datetime
    request: bytes = b""
    response: BinaryIO = field(default_factory=io.BytesIO)
    size: int = 0
    skipped: int = 0
    head: Head | None = None
    address: str = ""
    addresses: tuple[str, ...] = ()
    tls: Tls | None = None
    ended_at: datetime | None = None
    problem: str = ""
    detail: str = ""

    @property
    def status(self) -> int:
        """The status; 0 where there is none."""
        return 0 if self.head is None else self.head.status

    @property
    def reason(self) -> str:
        """Why this is not a whole response over a connection that was what it said; empty when it is."""
        return self.problem or ("tls_not_verified" if self.tls is not None and self.tls.problem else "")

    @property
    def answered(self) -> bool:
        """Whether anything came back that can be kept as an answer."""
        return self.problem not in NOTHING and (self.head is not None or self.size > 0)

    def body(self, limit: int) -> bytes:
        """The body as it was sent, at most `limit` bytes of it."""
        if self.head is None:
            return b""
        self.response.seek(self.skipped + self.head.size)
        return self.response.read(limit)

    def close(self) -> None:
        """Let go of the bytes."""
        self.response.close()

    def facts(self) -> dict[str, Any]:
        """What a package says about it besides the bytes."""
        return {
            "url": self.url,
            "began_at": self.began_at.isoformat(),
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
            "status": self.status,
            "address": self.address or None,
            "bytes": self.size,
            "problem": self.problem or None,
            "detail": self.detail or None,
            "tls": None
            if self.tls is None
            else {
                "version": self.tls.version,
                "cipher": self.tls.cipher,
                "certificate_sha256": self.tls.certificate_sha256,
                "certificate_pem": self.tls.certificate_pem,
                "verified": not self.tls.problem,
                "problem": self.tls.problem or None,
            },
        }

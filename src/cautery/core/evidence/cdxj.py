"""The index of a package: one line a record, by the address turned round (SURT), so that it can be searched by halves.

com,example)/watch?v=1 20260615060000 {"url": ..., "mime": ..., "status": ..., "digest": ..., "offset": ...}
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

WWW = re.compile(r"^www\d*\.")
DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the index; `digest` as `sha256:hex`."""

    url: str
    at: datetime
    mime: str
    status: int
    digest: str
    offset: int
    length: int
    filename: str

    @property
    def key(self) -> tuple[str, str]:
        """What lines are sorted by."""
        return surt(self.url), self.at.astimezone(UTC).strftime("%Y%m%d%H%M%S")

    def text(self) -> str:
        """The line, without its end."""
        place, stamp = self.key
        fields = {
            "url": self.url,
            "mime": self.mime,
            "status": str(self.status),
            "digest": self.digest,
            "length": str(self.length),
            "offset": str(self.offset),
            "filename": self.filename,
        }
        return f"{place} {stamp} {json.dumps(fields, ensure_ascii=False)}"


def surt(url: str) -> str:
    """`url` as the index sorts it: host reversed, `www` and the usual port left out, lower case, the query in order."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return _safe(url)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        return _safe(url.lower())
    host = WWW.sub("", parts.hostname)
    turned = host if ":" in host or host.replace(".", "").isdigit() else ",".join(reversed(host.split(".")))
    shown = f":{port}" if port is not None and port != DEFAULT_PORTS[parts.scheme] else ""
    query = "&".join(sorted(parts.query.lower().split("&"))) if parts.query else ""
    return _safe(f"{turned}{shown}){parts.path.lower() or '/'}" + (f"?{query}" if query else ""))


def _safe(text: str) -> str:
    """Without spaces, which end the key of a line."""
    return "%20".join(text.split())


def index(lines: Iterable[Line]) -> bytes:
    """All lines, in the order of their bytes."""
    texts = sorted(line.text().encode() for line in lines)
    return b"".join(text + b"\n" for text in texts)

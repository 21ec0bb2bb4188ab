"""One capture: what was collected of one address, how it ended, and its records in a package.

the page's exchanges, a hop at a time -> request and response records
its media                             -> the same
picture, text, MHTML, addresses       -> resource records
circumstances, checklist, digests     -> one metadata record, the last: without it the capture is not there
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import uuid4

from cautery.core.evidence.berkeley import Element, Missing, checklist
from cautery.core.evidence.cdxj import Line
from cautery.core.evidence.exchange import TRUNCATED, Exchange
from cautery.core.evidence.warc import Record, WarcWriter, Written
from cautery.core.text import storable

ARCHIVE = "data.warc.gz"


class CaptureState(StrEnum):
    """How a capture ended."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Who collected, for whom, how, and by which clock."""

    collector: str
    unit: str
    policy: Mapping[str, Any]
    exit: str
    clock: str
    identity: str = "none: only what is public without signing in"


@dataclass(frozen=True, slots=True)
class Medium:
    """A medium of the page: its exchange, and its fingerprints or why there are none."""

    exchange: Exchange
    fingerprints: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rendering:
    """What a browser made of the page."""

    at: datetime
    browser: str
    picture: bytes
    text: str
    mhtml: bytes
    title: str
    final_url: str
    requests: Sequence[Mapping[str, Any]] = ()


@dataclass(slots=True)
class Taken:
    """What was collected of one address. `source`, `context`, `metadata` and the rest say what is missing where it is."""

    url: str
    at: datetime
    page: list[Exchange]
    circumstances: Circumstances
    title: str = ""
    text: str | Missing = field(default_factory=lambda: Missing("the page was not read"))
    metadata: Mapping[str, Any] | Missing = field(default_factory=lambda: Missing("the page was not read"))
    context: Mapping[str, Any] | Missing = field(default_factory=lambda: Missing("the page was not read"))
    media: list[Medium] | Missing = field(default_factory=list)
    rendering: Rendering | Missing = field(default_factory=lambda: Missing("no browser was asked for"))
    rdap: list[Exchange] | Missing = field(
        default_factory=lambda: Missing("no RDAP service is set (CAUTERY_RDAP_BASE)")
    )
    problem: str = ""
    id: str = field(default_factory=lambda: str(uuid4()))

    def exchanges(self) -> Iterator[Exchange]:
        """All that went over the wire for it."""
        yield from self.page
        if isinstance(self.media, list):
            yield from (medium.exchange for medium in self.media)
        if isinstance(self.rdap, list):
            yield from self.rdap

    def close(self) -> None:
        """Let go of the bytes that were received."""
        for exchange in self.exchanges():
            exchange.close()


@dataclass(frozen=True, slots=True)
class Kept:
    """A capture in a package: its range in the archive with its SHA-256, the page's digest, and the index lines."""

    id: str
    url: str
    at: datetime
    state: CaptureState
    reason: str
    title: str
    offset: int
    length: int
    digest: str
    page_digest: str
    lines: Sequence[Line]
    said: Mapping[str, Any]

    def row(self) -> dict[str, Any]:
        """As the package's description lists it."""
        return {
            "id": self.id,
            "url": self.url,
            "at": self.at.isoformat(),
            "state": str(self.state),
            "reason": self.reason or None,
            "offset": self.offset,
            "length": self.length,
            "sha256": self.digest,
            "page_sha256": self.page_digest or None,
        }


def outcome(taken: Taken) -> tuple[CaptureState, str]:
    """How it ended: complete; partial, with the first reason; or failed, when there is no answer from the page.

    Partial also when a medium or an asked-for rendering is not whole: what the page shows is not all there.
    """
    last = taken.page[-1] if taken.page else None
    if last is None or not last.answered:
        return CaptureState.FAILED, last.reason if last is not None and last.reason else "nothing_fetched"
    reasons = [exchange.reason for exchange in taken.page if exchange.reason]
    reasons += [taken.problem] if taken.problem else []
    if isinstance(taken.media, list):
        reasons += [f"media_{medium.exchange.reason}" for medium in taken.media if medium.exchange.reason]
    return (CaptureState.PARTIAL, reasons[0]) if reasons else (CaptureState.COMPLETE, "")


def compose(taken: Taken, out: WarcWriter) -> Kept:
    """Write the capture's records, one after the other without a gap, the metadata record last."""
    state, reason = outcome(taken)
    start = out.mark()
    lines: list[Line] = []
    digests: list[dict[str, Any]] = []
    first = ""
    for exchange in taken.exchanges():
        for record in _records(exchange):
            first = first or record.id
            _write(record, exchange, out, lines, digests)
    for record in _resources(taken):
        _write(record, None, out, lines, digests)
    page = next((d for d in digests if d["url"] == taken.page[-1].url and d["payload"]), None) if taken.page else None
    said = _metadata(taken, state, reason, digests)
    block = json.dumps(said, ensure_ascii=False, sort_keys=True).encode()
    linked = {"WARC-Concurrent-To": first} if first else {}
    out.write(Record("metadata", taken.url, taken.at, block, "application/json", headers=linked))
    page_digest = page["payload"] if page else ""
    return Kept(
        taken.id, taken.url, taken.at, state, reason, taken.title, start, out.offset - start, out.digest, page_digest, lines, said
    )  # fmt: skip


def _records(exchange: Exchange) -> Iterator[Record]:
    """Request and response of one exchange; what came back without an HTTP head is kept as a resource."""
    reached = {"WARC-IP-Address": exchange.address} if exchange.address else {}
    response = None
    if exchange.size > exchange.skipped:
        cut = {"WARC-Truncated": TRUNCATED.get(exchange.problem, "unspecified")} if exchange.problem else {}
        kind = "response" if exchange.head is not None else "resource"
        at = exchange.head.size if exchange.head is not None else 0
        response = Record(
            kind, exchange.url, exchange.began_at, _block(exchange), payload_at=at, headers={**reached, **cut}
        )
        yield response
    if exchange.request:
        linked = {"WARC-Concurrent-To": response.id} if response is not None else {}
        yield Record("request", exchange.url, exchange.began_at, exchange.request, headers={**reached, **linked})


def _block(exchange: Exchange) -> Any:
    """The response's bytes; read into memory where they are few, or where interim answers stand before them."""
    if exchange.size > 1 << 20 and not exchange.skipped:
        return exchange.response
    exchange.response.seek(exchange.skipped)
    return exchange.response.read()


def _resources(taken: Taken) -> Iterator[Record]:
    """What was made of the page rather than received."""
    shown = taken.rendering
    if isinstance(shown, Rendering):
        url = shown.final_url
        yield Record("resource", f"urn:fullPage:{url}", shown.at, shown.picture, "image/png", 0)
        yield Record("resource", f"urn:mhtml:{url}", shown.at, shown.mhtml, "multipart/related", 0)
        yield Record("resource", f"urn:text:{url}", shown.at, shown.text.encode(), "text/plain; charset=utf-8", 0)
    elif isinstance(taken.text, str):
        text = storable(taken.text, len(taken.text)).encode()
        yield Record("resource", f"urn:text:{taken.url}", taken.at, text, "text/plain; charset=utf-8", 0)


def _write(
    record: Record, exchange: Exchange | None, out: WarcWriter, lines: list[Line], digests: list[dict[str, Any]]
) -> None:
    written = out.write(record)
    digests.append(
        {"type": record.kind, "url": record.url, "sha256": written.block, "payload": written.payload or None}
    )
    if record.kind in {"response", "resource"}:
        lines.append(_line(record, exchange, written))


def _line(record: Record, exchange: Exchange | None, written: Written) -> Line:
    head = None if exchange is None else exchange.head
    mime = (head.get("content-type") if head is not None else record.content_type).partition(";")[0].strip()
    return Line(
        url=record.url,
        at=record.at,
        mime=mime[:100] or "application/octet-stream",
        status=200 if head is None else head.status,
        digest=f"sha256:{written.payload}",
        offset=written.offset,
        length=written.length,
        filename=ARCHIVE,
    )


def _metadata(taken: Taken, state: CaptureState, reason: str, digests: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "capture": taken.id,
        "state": str(state),
        "reason": reason or None,
        "exchanges": [exchange.facts() for exchange in taken.exchanges()],
        "checklist": checklist(_elements(taken, digests)),
    }


def _elements(taken: Taken, digests: list[dict[str, Any]]) -> dict[Element, Any]:
    last = taken.page[-1] if taken.page else None
    around = taken.circumstances
    shown = taken.rendering
    nothing = Missing(f"nothing was received ({last.reason or 'not fetched'})" if last is not None else "not fetched")
    rendered = isinstance(shown, Rendering)
    return {
        Element.URL: {"asked": taken.url, "answered": last.url if last else None, "hops": [e.url for e in taken.page]},
        Element.SOURCE: {"url": last.url, "bytes": last.size} if last is not None and last.size else nothing,
        Element.FULL_PAGE: _picture(shown),
        Element.PAGE_FILE: {"record": f"urn:mhtml:{shown.final_url}"} if isinstance(shown, Rendering) else shown,
        Element.VISIBLE_TEXT: {"letters": len(shown.text), "by": shown.browser}
        if isinstance(shown, Rendering)
        else ({"letters": len(taken.text), "by": "the page's source"} if isinstance(taken.text, str) else taken.text),
        Element.EMBEDDED_MEDIA: _media(taken.media),
        Element.EMBEDDED_METADATA: taken.metadata,
        Element.CONTEXT: taken.context,
        Element.COLLECTOR: around.collector or Missing("no collector was named"),
        Element.UNIT: around.unit or Missing("collected for no unit: by the system, or without a register"),
        Element.ADDRESS: last.address if last is not None and last.address else Missing("no connection was made"),
        Element.IDENTITY: around.identity,
        Element.TIMESTAMP: {
            "began": taken.at.isoformat(),
            "ended": last.ended_at.isoformat() if last is not None and last.ended_at else None,
            "rendered": shown.at.isoformat() if rendered and isinstance(shown, Rendering) else None,
        },
        Element.CLOCK: around.clock,
        Element.POLICY: dict(around.policy),
        Element.EXIT: around.exit,
        Element.DNS: {e.url: list(e.addresses) for e in taken.page if e.addresses}
        or Missing("no name was resolved: " + ((last.detail or last.problem) if last is not None else "not fetched")),
        Element.RDAP: [{"url": e.url, "status": e.status, "problem": e.problem or None} for e in taken.rdap]
        if isinstance(taken.rdap, list)
        else taken.rdap,
        Element.HASH: digests or nothing,
    }


def _picture(shown: Rendering | Missing) -> dict[str, Any] | Missing:
    if isinstance(shown, Missing):
        return shown
    digest = sha256(shown.picture).hexdigest()
    return {
        "record": f"urn:fullPage:{shown.final_url}",
        "at": shown.at.isoformat(),
        "sha256": digest,
        "by": shown.browser,
    }


def _media(media: list[Medium] | Missing) -> list[dict[str, Any]] | Missing:
    if isinstance(media, Missing):
        return media
    return [
        {
            "url": medium.exchange.url,
            "status": medium.exchange.status,
            "problem": medium.exchange.problem or None,
            **medium.fingerprints,
        }
        for medium in media
    ]

"""What an answer shows: pure functions of what was fetched, so that they can run in the reading process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from cautery.core.availability import Judged, Observation, Verdict, judge
from cautery.core.errors import FileRefused
from cautery.core.fingerprints import image
from cautery.core.pages import Page, read_page
from cautery.fetch import Answer, Fetched, FetchFailed, Request

EMPTY = Page("", "", "", "", (), ())
LINKS = "links"
"""`Request.note` of a page whose links and media are wanted as well."""
REMEMBERED = 20_000
"""Pages whose reading is kept: most probes bring the page of the probe before."""


@dataclass(frozen=True, slots=True)
class Look:
    """One page as it was found; `page` is empty unless it is up."""

    judged: Judged
    status: int
    final_url: str
    page: Page = EMPTY


@dataclass(frozen=True, slots=True)
class Medium:
    """One medium as it came: its digest and its PDQ (32 bytes), or in a stable word why it has none."""

    sha256: str
    mime: str
    size: int
    pdq: bytes = b""
    quality: int = 0
    refused: str = ""


def look(request: Request, answer: Answer) -> Look:
    """What an answer to `request` shows: is it up, and what is there."""
    if isinstance(answer, FetchFailed):
        return Look(judge(Observation(request.url, request.url, 0, failed=answer.reason)), 0, request.url)
    return _read(request.url, answer.url, answer.status, _Body(answer.body), request.note == LINKS)


class _Body:
    """A body that is remembered by its digest."""

    __slots__ = ("bytes", "digest")

    def __init__(self, body: bytes) -> None:
        self.bytes: bytes = body
        self.digest = sha256(body).digest()

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Body) and self.digest == other.digest


@lru_cache(maxsize=REMEMBERED)
def _read(url: str, final_url: str, status: int, body: _Body, links: bool) -> Look:
    page = read_page(body.bytes, final_url, addresses=links) if body.bytes else EMPTY
    body.bytes = b""  # what is remembered is the reading
    judged = judge(Observation(url, final_url, status, page.title, page.text))
    return Look(judged, status, final_url, page if judged.verdict is Verdict.UP and links else EMPTY)


def medium(request: Request, answer: Answer) -> Medium | None:  # noqa: ARG001 (the form of all that reads answers)
    """The digest and fingerprint of what was fetched, or None when nothing came."""
    if not isinstance(answer, Fetched) or answer.status != 200 or not answer.body:
        return None
    mime = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()[:60]
    return _fingerprinted(_Body(answer.body), mime)


@lru_cache(maxsize=REMEMBERED)
def _fingerprinted(body: _Body, mime: str) -> Medium:
    data, body.bytes, digest = body.bytes, b"", body.digest.hex()
    if not mime.startswith("image/"):
        return Medium(digest, mime, len(data), refused="not_an_image")
    try:
        pdq = image(data)
    except FileRefused as error:
        return Medium(digest, mime, len(data), refused=error.reason)
    return Medium(digest, mime, len(data), pdq.bits, pdq.quality)

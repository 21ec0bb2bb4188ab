"""What an answer shows: pure functions of what was fetched, so that they can run in the reading process.

Media are decoded in a child of that process (`core.fingerprints.Decoders`), each once: what a hostile one can use up or break is
the child's.
"""

from __future__ import annotations

import atexit
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any

from cautery.core.availability import Judged, Observation, Verdict, judge
from cautery.core.errors import FileRefused
from cautery.core.fingerprints import Decoders, Fingerprint, Kind, Limits, Symmetry, exact, file_type
from cautery.core.fingerprints.copies import tracks
from cautery.core.fingerprints.kinds import HEAD
from cautery.core.fingerprints.tracks import MOST_FRAMES, pack
from cautery.core.hashlist import MIN_QUALITY
from cautery.core.pages import Page, read_page
from cautery.fetch import Answer, Fetched, FetchFailed, Request

EMPTY = Page("", "", "", "", (), ())
LINKS = "links"
"""`Request.note` of a page whose links and media are wanted as well."""
REMEMBERED = 20_000
"""Pages whose reading is kept: most probes bring the page of the probe before."""


LIMITS = Limits(memory_bytes=512 << 20, cpu_seconds=20, wall_seconds=30.0, frames=MOST_FRAMES)
"""What one medium of a page may cost; ten minutes of video are looked at."""
FORMS = (*(form.value for form in Symmetry if form is not Symmetry.ORIGINAL), "inner", "inner_mirrored")
"""The forms of a picture whose hashes `Medium.forms` holds, in this order; the last two only where it has borders."""


@dataclass(frozen=True, slots=True)
class Look:
    """One page as it was found; `page` is empty unless it is up."""

    judged: Judged
    status: int
    final_url: str
    page: Page = EMPTY


@dataclass(frozen=True, slots=True)
class Medium:
    """One medium as it came: its digests and its fingerprints as `models.Media` keeps them, or in a stable word why it has none."""

    sha256: str
    sha1: str
    md5: str
    mime: str
    size: int
    pdq: bytes = b""
    quality: int = 0
    forms: bytes = b""
    track: bytes = b""
    inner_track: bytes = b""
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
    data, body.bytes = body.bytes, b""
    digests = asdict(exact(data))
    if file_type(data[:HEAD]).kind not in {Kind.IMAGE, Kind.VIDEO}:
        return Medium(mime=mime, **digests, refused="not_an_image")
    try:
        prints = _decoders().read(data).found.prints
    except FileRefused as error:
        return Medium(mime=mime, **digests, refused=error.reason)
    return Medium(mime=mime, **digests, **_kept(prints))


def _kept(prints: Sequence[Fingerprint]) -> dict[str, Any]:
    """Of all fingerprints of a medium what is kept with it."""
    moving = tracks(prints)
    still = {one.form: one for one in prints if one.kind == "pdq" and one.at is None and _tells(one)}
    kept = {"track": pack(moving.get("frame", ())), "inner_track": pack(moving.get("inner_frame", ()))}
    if "original" not in still:
        return kept
    forms = b"".join(bytes.fromhex(still[form].value) for form in FORMS if form in still)
    original = still["original"]
    return kept | {"pdq": bytes.fromhex(original.value), "quality": original.quality or 0, "forms": forms}


def _tells(one: Fingerprint) -> bool:
    """Whether it is worth keeping: what lies between borders may be too flat, and its quality is not kept."""
    return not one.form.startswith("inner") or (one.quality or 0) >= MIN_QUALITY


@cache
def _decoders() -> Decoders:
    """The child of this process that decodes; it leaves with it."""
    decoders = Decoders(1, LIMITS)
    atexit.register(decoders.close)
    return decoders

"""Collect what an address shows: page, media, registration, picture. Nothing is kept here."""

from __future__ import annotations

import atexit
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from importlib.metadata import version
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from cautery.core.errors import FileRefused
from cautery.core.evidence.berkeley import Missing
from cautery.core.evidence.capture import Circumstances, Medium, Taken
from cautery.core.evidence.context import read_around
from cautery.core.evidence.decoding import content
from cautery.core.evidence.exchange import Exchange
from cautery.core.fingerprints import Decoders, Fingerprint, Kind, Limits, exact, file_type
from cautery.core.fingerprints.kinds import HEAD
from cautery.core.links.hosts import registrable
from cautery.fetch.browser import Browser
from cautery.fetch.recorder import Limits as Receiving
from cautery.fetch.recorder import Recorder

PAGE_BYTES = 16_000_000
"""How much of a page is read for its text and media; all that was received is kept."""
PICTURE = Limits(memory_bytes=512 << 20, cpu_seconds=20, wall_seconds=30.0, frames=1)
"""What decoding one picture of a page may cost."""
HTML = frozenset({"", "text/html", "application/xhtml+xml"})


@dataclass(frozen=True, slots=True)
class Policy:
    """What is collected: `media` of the page, `pictures` for their perceptual hash too; bounds on media."""

    name: str = "full"
    media: bool = True
    perceptual: bool = True
    media_bytes: int = 64_000_000
    media_limit: int = 12


PAGES_ONLY = Policy("pages", media=False, perceptual=False)
WITH_MEDIA = Policy("media", perceptual=False)
FULL = Policy()
POLICIES = {policy.name: policy for policy in (PAGES_ONLY, WITH_MEDIA, FULL)}


@dataclass(slots=True)
class Collector:
    """Collects for one unit. `browser` is a running one, or why there is none."""

    recorder: Recorder
    policy: Policy
    collector: str
    unit: str = ""
    clock: str = "the machine's, UTC"
    rdap_base: str = ""
    browser: Browser | Missing = field(default_factory=lambda: Missing("the policy asks for no browser"))

    @property
    def circumstances(self) -> Circumstances:
        """What stands in every capture of this collector."""
        limits = self.recorder.limits
        said: dict[str, Any] = asdict(self.policy) | asdict(limits)
        said |= {"user_agent": self.recorder.user_agent, "software": software()}
        return Circumstances(self.collector, self.unit, said, self.recorder.dialler.exit, self.clock)

    def collect(self, urls: Sequence[str]) -> list[Taken]:
        """Each address with what it shows, in their order. A full disk ends a capture, not the others."""
        around = self.circumstances
        pages = self.recorder.follow_all(urls)
        taken = [Taken(url, hops[0].began_at, hops, around) for url, hops in zip(urls, pages, strict=True)]
        wanted = [self._read(one) for one in taken]
        self._add_media(taken, wanted)
        if self.rdap_base:
            self._add_registration(taken)
        for one in taken:
            one.rendering = self._render(one)
        return taken

    def _read(self, taken: Taken) -> list[str]:
        """Fill in what the page's source says; the addresses of its media."""
        last = taken.page[-1]
        if last.head is None:
            return []
        mime = last.head.get("content-type").partition(";")[0].strip().lower()
        try:
            body = content(last.head, last.body(last.size), PAGE_BYTES)
        except FileRefused as error:
            taken.problem = f"page_{error.reason}"
            missing = Missing(f"the page's source cannot be read: {error.message}")
            taken.text = taken.metadata = taken.context = missing
            return []
        if mime not in HTML:
            missing = Missing(f"the address shows {mime}, no page")
            taken.text = taken.metadata = taken.context = missing
            return []
        found = read_around(body, last.url)
        taken.title, taken.text = found.page.title, found.page.text
        taken.metadata, taken.context = found.metadata, found.context
        return list(found.page.media)[: self.policy.media_limit]

    def _add_media(self, taken: Sequence[Taken], wanted: Sequence[Sequence[str]]) -> None:
        if not self.policy.media:
            for one in taken:
                one.media = Missing("the policy asks for the page's bytes only")
            return
        urls = list(dict.fromkeys(url for urls in wanted for url in urls))
        limits = Receiving(self.recorder.limits.timeout_s, self.policy.media_bytes, self.recorder.limits.redirects)
        fetched = dict(zip(urls, self.recorder.follow_all(urls, limits), strict=True)) if urls else {}
        media = {url: [Medium(hop, self._fingerprints(hop)) for hop in hops] for url, hops in fetched.items()}
        for one, urls_of in zip(taken, wanted, strict=True):
            one.media = [medium for url in urls_of for medium in media[url]]

    def _fingerprints(self, exchange: Exchange) -> Mapping[str, Any]:
        """Digests of the medium's content, and PDQ where it is a picture; or why there are none."""
        if exchange.head is None or exchange.status != 200:
            return {"refused": exchange.problem or f"status_{exchange.status}"}
        try:
            body = content(exchange.head, exchange.body(exchange.size), self.policy.media_bytes)
            found: dict[str, Any] = asdict(exact(body))
        except FileRefused as error:
            return {"refused": error.reason}
        mime = exchange.head.get("content-type").partition(";")[0].strip().lower()
        found["mime"] = mime
        if self.policy.perceptual and mime.startswith("image/"):
            try:
                pdq = _pdq(body)
            except FileRefused as error:
                found["pdq_refused"] = error.reason
            else:
                found |= {"pdq": pdq.value, "pdq_quality": pdq.quality}
        return found

    def _add_registration(self, taken: Sequence[Taken]) -> None:
        """RDAP of the host's domain and of its address, asked once each."""
        asked = [_registration(self.rdap_base, one) for one in taken]
        urls = list(dict.fromkeys(url for urls in asked for url in urls))
        answers = dict(zip(urls, self.recorder.follow_all(urls), strict=True)) if urls else {}
        for one, urls_of in zip(taken, asked, strict=True):
            found = [exchange for url in urls_of for exchange in answers[url]]
            good = any(exchange.status == 200 and not exchange.problem for exchange in found)
            why = ", ".join(sorted({exchange.problem or str(exchange.status) for exchange in found}))
            one.rdap = found if good else Missing(f"the RDAP service did not say: {why or 'nothing to ask for'}")

    def _render(self, taken: Taken) -> Any:
        if isinstance(self.browser, Missing):
            return self.browser
        last = taken.page[-1]
        if last.head is None:
            return Missing("there is no page to show")
        unsure = any(exchange.tls is not None and exchange.tls.problem for exchange in taken.page)
        return self.browser.render(taken.url, any_certificate=unsure)


def _pdq(data: bytes) -> Fingerprint:
    """The hash of a picture as it is stored, decoded in a child whose limits are the kernel's (docs/decisions/0060)."""
    if file_type(data[:HEAD]).kind is not Kind.IMAGE:
        raise FileRefused("The bytes are not a picture of a known format.", reason="not_an_image" if data else "empty")
    prints = _decoders().read(data).found.prints
    return next(one for one in prints if one.kind == "pdq" and one.form == "original")


@cache
def _decoders() -> Decoders:
    """The child of this process that decodes; it leaves with it."""
    decoders = Decoders(1, PICTURE)
    atexit.register(decoders.close)
    return decoders


def _registration(base: str, taken: Taken) -> list[str]:
    last = taken.page[-1]
    domain = registrable(urlsplit(last.url).hostname or "")
    urls = [f"{base}/domain/{domain}"] if domain.strip("0123456789.:[]") else []
    return [*urls, f"{base}/ip/{last.address}"] if last.address else urls


def uploaded(name: str, file: BinaryIO, statement: str, around: Circumstances, at: datetime) -> Taken:
    """An officer's own lawful file, with the statement of where it comes from. Refuses an empty one."""
    digests = asdict(exact(file))
    digests["filename"] = name
    url = f"urn:upload:{digests['sha256']}"
    exchange = Exchange(url, at, response=file, size=digests["size"], ended_at=at)
    nothing = Missing("a file handed in by an officer: nothing was fetched")
    return Taken(
        url, at, [exchange], around, title=name, text=nothing, metadata=digests, context={"provenance": statement},
        media=nothing, rendering=nothing, rdap=nothing,
    )  # fmt: skip


@cache
def software() -> str:
    """What made a package, and with what."""
    return f"cautery {version('cautery')} (aiohttp {version('aiohttp')}, {ssl.OPENSSL_VERSION})"

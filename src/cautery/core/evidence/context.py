"""What a page says of itself beside its text: embedded metadata, and what stands around the content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from cautery.core.pages import Page, read_page, shallow

MANY, LONG = 200, 2_000
"""How many entries of a kind are listed, and letters of each; the source holds them all."""
STRUCTURED = 'script[type="application/ld+json"]'
DATES = ("time[datetime]", "datetime")


@dataclass(frozen=True, slots=True)
class Around:
    """The page as read, its embedded metadata, and its context (uploader, times, links)."""

    page: Page
    metadata: Mapping[str, Any]
    context: Mapping[str, Any]


def read_around(body: bytes, url: str) -> Around:
    """Read a page of HTML; anything is HTML to a browser."""
    page = read_page(body, url)
    tree = LexborHTMLParser(shallow(body.decode("utf-8", "replace").replace("\0", "\ufffd")))
    said: dict[str, str] = {}
    for node in tree.css("meta[content]")[:MANY]:
        named = node.attributes
        name = named.get("name") or named.get("property") or named.get("itemprop") or named.get("http-equiv")
        if name:
            said.setdefault(name[:LONG], (named.get("content") or "")[:LONG])
    canonical = tree.css_first('link[rel="canonical"]')
    metadata = {
        "meta": said,
        "canonical": canonical.attributes.get("href") if canonical is not None else None,
        "structured": [node.text()[:LONG] for node in tree.css(STRUCTURED)[:MANY]],
    }
    times = [node.attributes.get(DATES[1]) for node in tree.css(DATES[0])[:MANY]]
    context = {
        "title": page.title,
        "uploader": page.author or None,
        "language": page.language or None,
        "times": times,
        "links": list(page.links),
    }
    return Around(page, metadata, context)

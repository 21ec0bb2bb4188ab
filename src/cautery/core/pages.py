"""What a public page shows: title, text, language, who wrote it, where it links, which media it carries."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

TEXT_LIMIT = 4_000
LINK_LIMIT = 200
MEDIA_LIMIT = 12


@dataclass(frozen=True, slots=True)
class Page:
    """A page as read; `links` and `media` are absolute, in order, without repeats."""

    title: str
    text: str
    language: str
    author: str
    links: tuple[str, ...]
    media: tuple[str, ...]


def read_page(body: bytes, url: str) -> Page:
    """Read HTML (anything is HTML to a browser: bad bytes become replacement characters, never an error)."""
    tree = LexborHTMLParser(body.decode("utf-8", "replace").replace("\0", "\ufffd"))
    author = tree.css_first("meta[name=author]")
    root = tree.root
    return Page(
        title=_text(tree, "title"),
        text=_text(tree, "body")[:TEXT_LIMIT],
        language=(root.attributes.get("lang") or "")[:16] if root is not None else "",
        author=(author.attributes.get("content") or "") if author is not None else "",
        links=_addresses(tree, url, (("a", "href"),), LINK_LIMIT),
        media=_addresses(
            tree, url, (("img", "src"), ("video", "src"), ("source", "src"), ("audio", "src")), MEDIA_LIMIT
        ),
    )


def _text(tree: LexborHTMLParser, selector: str) -> str:
    node = tree.css_first(selector)
    return "" if node is None else " ".join(node.text(separator=" ").split())


def _addresses(tree: LexborHTMLParser, base: str, places: tuple[tuple[str, str], ...], limit: int) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for tag, attribute in places:
        for node in tree.css(tag):
            value = node.attributes.get(attribute)
            if value and not value.startswith(("#", "data:", "javascript:", "mailto:")):
                try:
                    found[urljoin(base, value)] = None
                except ValueError:
                    continue  # not an address a browser would follow either
            if len(found) >= limit:
                return tuple(found)
    return tuple(found)

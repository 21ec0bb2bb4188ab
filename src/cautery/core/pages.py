"""What a public page shows: title, text, language, who wrote it, where it links, which media it carries."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

TEXT_LIMIT = 4_000
LINK_LIMIT = 200
MEDIA_LIMIT = 12
ADDRESS_LIMIT = 8_192
WHOLE = re.compile(r"https?://[\w.-]+/[\w/@?=&%+-]*", re.ASCII)
LINKS = (("a", "href"),)
MEDIA = (
    ("meta[property='og:image']", "content"),
    ("img", "src"),
    ("video", "src"),
    ("source", "src"),
    ("audio", "src"),
)
"""The picture a page shows to those who link to it comes first: of an account's page that is its own."""
ABOUT = ("meta[property='og:description']", "meta[name=description]")
ABOUT_LIMIT = 1_000
DEPTH_LIMIT = 1_000
"""Elements within elements: browsers stop at about 500, and the time a parser needs grows with the square of the depth."""
UNSEEN = ["script", "style", "noscript", "template"]
ENDLESS = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
    | {"p", "li", "dt", "dd", "option", "tr", "td", "th"}
)
"""Elements that need no end tag, and so say nothing of depth."""
RAW = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style")}
"""Elements whose content is no markup: `i<n` in a script opens nothing."""
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")


@dataclass(frozen=True, slots=True)
class Page:
    """A page as read; `links` and `media` are absolute, in order, without repeats.

    `about`: what the page says of itself to those who link to it; of an account's page that is what it says of itself.
    """

    title: str
    text: str
    language: str
    author: str
    links: tuple[str, ...]
    media: tuple[str, ...]
    about: str = ""


def read_page(body: bytes, url: str, *, addresses: bool = True) -> Page:
    """Read HTML (anything is HTML to a browser: bad bytes become replacement characters, never an error).

    Without `addresses` the links and media are left unread, for those who only ask whether it is up.
    """
    tree = LexborHTMLParser(shallow(body.decode("utf-8", "replace").replace("\0", "\ufffd")))
    tree.strip_tags(UNSEEN)
    author = tree.css_first("meta[name=author]")
    root = tree.root
    return Page(
        title=_text(tree, "title"),
        text=_text(tree, "body")[:TEXT_LIMIT],
        language=(root.attributes.get("lang") or "")[:16] if root is not None else "",
        author=(author.attributes.get("content") or "") if author is not None else "",
        links=_addresses(tree, url, LINKS, LINK_LIMIT) if addresses else (),
        media=_addresses(tree, url, MEDIA, MEDIA_LIMIT) if addresses else (),
        about=_about(tree) if addresses else "",
    )


def shallow(markup: str) -> str:
    """`markup` as far as it nests no deeper than `DEPTH_LIMIT`."""
    if markup.count("<") <= DEPTH_LIMIT:
        return markup
    opened: Counter[str] = Counter()
    depth = place = 0
    while (tag := TAG.search(markup, place)) is not None:
        name, place = tag[2].lower(), tag.end()
        if tag[1]:
            if opened[name]:
                opened[name] -= 1
                depth -= 1
        elif name in RAW:
            end = RAW[name].search(markup, place)
            place = end.end() if end is not None else len(markup)
        elif name not in ENDLESS:
            opened[name] += 1
            depth += 1
            if depth > DEPTH_LIMIT:
                return markup[: tag.start()]
    return markup


def _about(tree: LexborHTMLParser) -> str:
    for selector in ABOUT:
        node = tree.css_first(selector)
        said = (node.attributes.get("content") or "") if node is not None else ""
        if said.strip():
            return " ".join(said.split())[:ABOUT_LIMIT]
    return ""


def _text(tree: LexborHTMLParser, selector: str) -> str:
    node = tree.css_first(selector)
    return "" if node is None else " ".join(node.text(separator=" ").split())


def _addresses(tree: LexborHTMLParser, base: str, places: tuple[tuple[str, str], ...], limit: int) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for tag, attribute in places:
        for node in tree.css(tag):
            value = node.attributes.get(attribute)
            if value is None or len(value) > ADDRESS_LIMIT:
                continue
            try:
                # Most addresses are whole, and joining them is the dearest part of reading a page.
                address = value if WHOLE.fullmatch(value) else urljoin(base, value.strip())
            except ValueError:
                continue  # not an address a browser would follow either
            if address.startswith(("http://", "https://")) and not value.startswith("#"):
                found[address] = None
            if len(found) >= limit:
                return tuple(found)
    return tuple(found)

"""What a search answered: a pure function, so that it can run in the reading process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from cautery.core.pages import ADDRESS_LIMIT, LINK_LIMIT, shallow
from cautery.fetch import Answer, Fetched, Request

WORDS_LIMIT = 300


@dataclass(frozen=True, slots=True)
class Result:
    """A link on a page of results: its address, its own words, and the words that stand beside it."""

    url: str
    title: str
    beside: str


def results_of(request: Request, answer: Answer) -> tuple[Result, ...]:  # noqa: ARG001 (the form of all that reads answers)
    """What a page of results links to, in its order, each address once; nothing where no such page came."""
    if not isinstance(answer, Fetched) or answer.status != 200:
        return ()
    return _results(answer.body, answer.url)


@lru_cache(maxsize=512)
def _results(body: bytes, base: str) -> tuple[Result, ...]:
    """Most pages of results are those of ten minutes ago."""
    tree = LexborHTMLParser(shallow(body.decode("utf-8", "replace").replace("\0", "\ufffd")))
    found: dict[str, Result] = {}
    for node in tree.css("a[href]"):
        value = node.attributes.get("href") or ""
        if len(value) > ADDRESS_LIMIT or len(found) >= LINK_LIMIT:
            continue
        try:
            address = urljoin(base, value.strip())
        except ValueError:
            continue  # not an address a browser would follow either
        if address.startswith(("http://", "https://")) and not value.startswith("#"):
            around = node.parent.text(separator=" ") if node.parent is not None and node.parent.tag != "body" else ""
            title = _plain(node.text(separator=" "))
            found.setdefault(address, Result(address, title, _plain(around.replace(title, " ", 1))))
    return tuple(found.values())


def _plain(text: str) -> str:
    return " ".join(text.split())[:WORDS_LIMIT]

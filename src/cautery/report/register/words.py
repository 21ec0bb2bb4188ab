"""What can be searched of an item: its link, key and owner, and marks of its outlet and of the domains it lies under.

A mark is twelve capital letters and digits drawn from a name by a digest. Folded text has no capitals, so that nobody's words can
look like one; and its trigrams are rare, where those of a name are everywhere: at a million items `outlet:provider00/...` as words
took 95 ms to find, because every item had most of its parts.
"""

from __future__ import annotations

from base64 import b32encode
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import urlsplit

from cautery.core.searching import folded, indexed
from cautery.intake.models import Item

OWNERS = frozenset({"account", "bot", "channel", "community", "group", "page", "profile", "site", "user"})
"""Kinds of items that are outlets themselves; the others belong to their owner, where one is known."""
LABELS = 10
"""Labels of a host that are marked, from its end: no domain anybody asks for has more."""


def host_of(url: str) -> str:
    """The host of a link in small letters, without `www.`; empty where there is none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def outlet_of(item: Item) -> str:
    """The name of the outlet an item is or belongs to; empty where none is known."""
    return item.owner or (item.key if item.kind in OWNERS else "")


def words_of(item: Item) -> str:
    """Link, key and owner, folded; and the marks by which its outlet and its domains are asked for."""
    labels = host_of(item.url).split(".")[-LABELS:]
    domains = [marked_domain(".".join(labels[at:])) for at in range(len(labels)) if labels[at]]
    outlet = outlet_of(item)
    marks = [*domains, marked_outlet(item.provider, outlet)] if outlet else domains
    return f"{indexed(f'{item.url} {item.key} {item.owner}')}{' '.join(marks)}"


def marked_domain(name: str) -> str:
    """The mark of a domain; every item on it and on a host below it has it."""
    return _mark(f"domain:{folded(name).strip('.').removeprefix('www.')}")


def marked_outlet(provider: str, outlet: str) -> str:
    """The mark of an outlet."""
    return _mark(f"outlet:{provider}/{folded(outlet)}")


@lru_cache(maxsize=10_000)
def _mark(name: str) -> str:
    return b32encode(blake2b(name.encode(errors="replace"), digest_size=10).digest()).decode()[:12]

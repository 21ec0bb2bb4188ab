"""What can be searched of an item: its link, key and owner, and its host and outlet marked as such."""

from __future__ import annotations

from urllib.parse import urlsplit

from cautery.core.searching import folded, indexed
from cautery.intake.models import Item

OWNERS = frozenset({"account", "bot", "channel", "community", "group", "page", "profile", "site", "user"})
"""Kinds of items that are outlets themselves; the others belong to their owner, where one is known."""


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
    """Link, key and owner, folded; and host and outlet marked, so that they can be asked for as such."""
    told = indexed(f"{item.url} {item.key} {item.owner}")
    return f"{told}host:{marked_host(host_of(item.url))} {marked_outlet(item.provider, outlet_of(item))}"


def marked_host(host: str) -> str:
    """The mark of a host; that of a domain is the end of the marks of all hosts below it."""
    return folded(f".{host}.;")


def marked_outlet(provider: str, outlet: str) -> str:
    """The mark of an outlet."""
    return folded(f"outlet:{provider}/{outlet};")

"""From a row to what its link stands for, by the rules this installation uses."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache
from hashlib import sha256

from django.conf import settings

from cautery.core.errors import LinkRefused, RowRefused
from cautery.core.links import RULES, Link, Ruleset, identify
from cautery.core.links.refang import refang
from cautery.sources.base import Row

DEFANGED_LIMIT = 4_000
KEY_LIMIT, KEPT = 240, 180
"""A longer key is folded to its beginning and its SHA-256: a page's key is its whole address, an index entry is not."""
PROVIDER_LIMIT = 100


@cache
def ruleset() -> Ruleset:
    """The shipped rules, and in a rehearsal those of its fictional providers."""
    extra = [settings.EXTRA_RULES] if settings.EXTRA_RULES else []
    return Ruleset.load(RULES, *extra)


def object_of(url: str) -> Link:
    """The object a link stands for, by this installation's rules, with keys the register can hold; `LinkRefused`."""
    link = identify(url, ruleset())
    if len(link.provider) > PROVIDER_LIMIT:
        raise LinkRefused("The host's name is too long.", reason="too_long", length=len(link.provider))
    if max(len(link.key), len(link.owner or "")) <= KEY_LIMIT:
        return link
    return replace(link, key=folded(link.key), owner=folded(link.owner) if link.owner else None)


def folded(key: str) -> str:
    """A key of at most 240 characters that stands for `key` and for no other."""
    return key if len(key) <= KEY_LIMIT else f"{key[:KEPT]}~{sha256(key.encode()).hexdigest()[:40]}"


def read_link(row: Row) -> Link:
    """What the row's link stands for, defanged or not; `RowRefused` with its line and a stable reason."""
    if row.refused is not None:
        raise row.refused
    try:
        return object_of(row.url)
    except LinkRefused as error:
        plain = refang(row.url[:DEFANGED_LIMIT])
        if plain != row.url and len(row.url) <= DEFANGED_LIMIT:
            return read_link(replace(row, url=plain))
        raise RowRefused(error.message, reason=error.reason, line=row.line) from error


@lru_cache(maxsize=131_072)
def known_object(url: str) -> Link | None:
    """The same for links found on pages, which come back again and again; None where there is no object."""
    try:
        return object_of(url)
    except LinkRefused:
        return None

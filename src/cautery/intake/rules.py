"""From a row to what its link stands for, by the rules this installation uses."""

from __future__ import annotations

from functools import cache
from typing import Protocol

from django.conf import settings

from cautery.core.errors import LinkRefused, RowRefused
from cautery.core.links import RULES, Link, Ruleset, find_links, identify


class HasUrl(Protocol):
    """A row of a list."""

    @property
    def line(self) -> int: ...
    @property
    def url(self) -> str: ...
    @property
    def refused(self) -> RowRefused | None: ...


@cache
def ruleset() -> Ruleset:
    """The shipped rules, and in a rehearsal those of its fictional providers."""
    extra = [settings.EXTRA_RULES] if settings.EXTRA_RULES else []
    return Ruleset.load(RULES, *extra)


def read_link(row: HasUrl) -> Link:
    """What the row's link stands for, defanged or not; `RowRefused` with its line and a stable reason."""
    if row.refused is not None:
        raise row.refused
    try:
        return identify(row.url, ruleset())
    except LinkRefused as error:
        found = find_links(row.url[:2_000]) if "[" in row.url or "hxxp" in row.url.lower() else []
        if len(found) == 1:
            return read_defanged(row, found[0].url)
        raise RowRefused(error.message, reason=error.reason, line=row.line) from error


def read_defanged(row: HasUrl, url: str) -> Link:
    """The same for a link that was written so that nobody clicks it."""
    try:
        return identify(url, ruleset())
    except LinkRefused as error:
        raise RowRefused(error.message, reason=error.reason, line=row.line) from error

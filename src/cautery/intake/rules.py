"""From a row to what its link stands for, by the rules this installation uses."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from django.conf import settings

from cautery.core.errors import LinkRefused, RowRefused
from cautery.core.links import RULES, Link, Ruleset, identify
from cautery.core.links.refang import refang
from cautery.sources.base import Row

DEFANGED_LIMIT = 4_000


@cache
def ruleset() -> Ruleset:
    """The shipped rules, and in a rehearsal those of its fictional providers."""
    extra = [settings.EXTRA_RULES] if settings.EXTRA_RULES else []
    return Ruleset.load(RULES, *extra)


def read_link(row: Row) -> Link:
    """What the row's link stands for, defanged or not; `RowRefused` with its line and a stable reason."""
    if row.refused is not None:
        raise row.refused
    try:
        return identify(row.url, ruleset())
    except LinkRefused as error:
        plain = refang(row.url[:DEFANGED_LIMIT])
        if plain != row.url and len(row.url) <= DEFANGED_LIMIT:
            return read_link(replace(row, url=plain))
        raise RowRefused(error.message, reason=error.reason, line=row.line) from error

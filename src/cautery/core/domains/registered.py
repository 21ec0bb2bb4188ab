"""Which part of a name a registry knows: `a.b.co.uk` stands under `b.co.uk`, and `x.github.io` under nobody's record."""

from __future__ import annotations

from functools import lru_cache

from publicsuffixlist import PublicSuffixList

from cautery.core.links.hosts import registrable


def registered(name: str) -> str:
    """The domain whose record is the name's; empty where it stands below a suffix that is itself somebody's domain."""
    found = _suffixes().privatesuffix(name)
    if found is None:
        return name
    return str(found) if registrable(name).count(".") <= str(found).count(".") else ""


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True)

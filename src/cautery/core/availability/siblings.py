"""Soft 404: a site that answers 200 for everything is told by comparing with a page known to be missing there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from .verdicts import Observation

WORD = re.compile(r"\w{2,}")
ALIKE = 0.9
"""Share of words two pages must have in common to be the same page with another name in it."""


@dataclass(frozen=True, slots=True)
class Siblings:
    """Two pages of the same site: one at an address that cannot exist, and one that is known to be there, if any."""

    missing: Observation
    present: Observation | None = None

    def say_missing(self, seen: Observation) -> bool:
        """Whether `seen` is the page that is shown for what is not there.

        Pages that are put together in the browser look alike whether the thing is there or not, so it takes a page known
        to be there that looks different.
        """
        if self.present is None or alike(self.missing, self.present):
            return False
        return alike(seen, self.missing) and not alike(seen, self.present)

    def alike_without_proof(self, seen: Observation) -> bool:
        """Whether it looks like the missing one, and nothing shows that those that are there look otherwise."""
        return alike(seen, self.missing) and (self.present is None or alike(self.missing, self.present))


def alike(one: Observation, other: Observation) -> bool:
    """The same status, and the same words but for the names in the addresses."""
    if one.status != other.status:
        return False
    mine, theirs = _words(one), _words(other)
    if not mine or not theirs:
        return not mine and not theirs
    return len(mine & theirs) / len(mine | theirs) >= ALIKE


def _words(seen: Observation) -> set[str]:
    parts = urlsplit(seen.url)
    own = set(WORD.findall(f"{parts.path} {parts.query}".lower()))
    return set(WORD.findall(f"{seen.title} {seen.text}".lower())) - own

"""Who reads what: whether an item in a language is for this officer, is kept for others, or is read by nobody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

UNKNOWN = frozenset({"", "mis", "mul", "und", "zxx"})
"""Subtags that name no one language (ISO 639-2); what is in none of them is anybody's."""


class Reading(StrEnum):
    """How an item's language stands to an officer who said what they read."""

    MINE = "mine"
    """They read it."""
    OTHERS = "others"
    """Others said that they read it, this officer did not."""
    NOBODY = "nobody"
    """No reviewer here said that they read it."""


def primary(tag: str) -> str:
    """The primary subtag of a language tag (BCP 47) in small letters, `ar` of `ar-SA`; empty where it names no one language."""
    subtag = tag.strip().lower().replace("_", "-").partition("-")[0]
    return "" if subtag in UNKNOWN else subtag


def subtags(tags: Iterable[str]) -> frozenset[str]:
    """The primary subtags of language tags, without those that name no one language."""
    return frozenset(primary(tag) for tag in tags) - UNKNOWN


@dataclass(frozen=True, slots=True)
class Readers:
    """The languages an officer said they read (none: they read everything), and those any active reviewer here said, as primary subtags."""

    mine: frozenset[str] = frozenset()
    all: frozenset[str] = frozenset()

    @property
    def kept(self) -> frozenset[str]:
        """Languages whose items are kept for others than this officer."""
        return self.all - self.mine if self.mine else frozenset()

    def reading(self, language: str) -> Reading | None:
        """How a language (primary subtag) stands to this officer; None where it is unknown, or they read everything."""
        if not language or not self.mine:
            return None
        if language in self.mine:
            return Reading.MINE
        return Reading.OTHERS if language in self.all else Reading.NOBODY

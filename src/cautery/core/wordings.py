"""A list of wordings searched in a text: each is tried only where one of the words it cannot do without is there.

A hundred case-insensitive patterns of a few languages cost milliseconds a page; looking for their necessary words first
costs microseconds, and finds the same. The necessary words are read off the patterns, so that nobody has to keep two lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from re import _parser  # type: ignore[attr-defined]  # how `re` itself reads a pattern; the same in 3.11 to 3.13
from typing import Any

GRAM = 3


class Lowered:
    """A text in lower case, with the runs of three letters that are in it: most words are ruled out by their first."""

    def __init__(self, text: str) -> None:
        self.text = text.lower()
        self.grams = {self.text[place : place + GRAM] for place in range(len(self.text))}

    def holds(self, needle: str) -> bool:
        """Whether `needle` is in the text."""
        return (len(needle) < GRAM or needle[:GRAM] in self.grams) and needle in self.text


class Wordings:
    """Patterns, the first of which that is found counts. They are given, and matched, in lower case."""

    def __init__(self, *patterns: str) -> None:
        self._patterns = [re.compile(pattern) for pattern in patterns]
        self._by_needle: dict[str, list[int]] = {}
        self._always: list[int] = []
        for place, pattern in enumerate(patterns):
            for needle in needles(pattern):
                self._by_needle.setdefault(needle, []).append(place)
            if not needles(pattern):
                self._always.append(place)

    def search(self, text: Lowered) -> str:
        """What was found; empty when nothing was."""
        there = [places for needle, places in self._by_needle.items() if text.holds(needle)]
        for place in sorted({*self._always, *(place for places in there for place in places)}):
            found = self._patterns[place].search(text.text)
            if found is not None:
                return found.group(0)
        return ""


def needles(pattern: str) -> tuple[str, ...]:
    """Literal pieces of which every match of `pattern` contains at least one; none where there is no such piece."""
    return tuple(sorted(set(_needles(_parser.parse(pattern)) or ()), key=len))


def _needles(parts: Iterable[tuple[Any, Any]]) -> Sequence[str] | None:
    """The best set among those each part of a sequence offers: the one whose shortest piece is longest."""
    offers: list[Sequence[str]] = []
    run = ""
    for kind, value in parts:
        if kind is _parser.LITERAL:
            run += chr(value)
            continue
        if run:
            offers.append([run])
        run = ""
        offer = _offer(kind, value)
        if offer:
            offers.append(offer)
    if run:
        offers.append([run])
    return max(offers, key=lambda pieces: min(map(len, pieces)), default=None)


def _offer(kind: Any, value: Any) -> Sequence[str] | None:
    """What one part guarantees: a group what is in it, alternatives one piece each, a repeat if it comes at least once."""
    if kind is _parser.SUBPATTERN:
        return _needles(value[3])
    if kind is _parser.BRANCH:
        branches = [_needles(branch) for branch in value[1]]
        return [piece for branch in branches for piece in branch or ()] if all(branches) else None
    if kind in {_parser.MAX_REPEAT, _parser.MIN_REPEAT} and value[0] >= 1:
        return _needles(value[2])
    return None

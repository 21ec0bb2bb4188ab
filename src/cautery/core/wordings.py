"""A list of wordings searched in a text: each is tried only where one of the words it cannot do without is there.

A thousand patterns of forty languages cost milliseconds a page; looking for their necessary words first costs microseconds,
and finds the same. The necessary words are read off the patterns, so that nobody has to keep two lists; which of them
may be in a text at all is told by the runs of three letters the text has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from re import _parser  # type: ignore[attr-defined]  # how `re` itself reads a pattern; the same in 3.11 to 3.13
from typing import Any

GRAM = 3
SAME = {ord(odd): plain for odd, plain in zip("’‘ʼ′´`“”„«»\u00a0\u202f", "''''''\"\"\"\"\"  ", strict=True)}
DROPPED = [*range(0x064B, 0x0653), 0x0307, 0x0640, 0x00AD, *range(0x200B, 0x2010), 0xFEFF]
"""Arabic vowel signs and stretching, the dot of a lowered İ, joiners and marks nobody sees."""
FOLDED: dict[int, str | None] = {**SAME, **dict.fromkeys(DROPPED)}


def lowered(text: str) -> str:
    """`text` in lower case, with one kind of apostrophe, quotation mark and blank, without signs that are not always written."""
    return text.lower() if text.isascii() else text.lower().translate(FOLDED)


class Lowered:
    """A text in lower case, with the runs of three letters that are in it."""

    def __init__(self, text: str) -> None:
        self.text = lowered(text)
        self.grams = {self.text[place : place + GRAM] for place in range(len(self.text))}


class Wordings:
    """Patterns, the first of which that is found counts. They are given, and matched, in lower case."""

    def __init__(self, *patterns: str) -> None:
        self._sources = patterns
        self._patterns: dict[int, re.Pattern[str]] = {}
        self._always: list[int] = []
        places: dict[str, list[int]] = {}
        for place, pattern in enumerate(patterns):
            words = needles(pattern)
            for word in words:
                places.setdefault(word, []).append(place)
            if not words:
                self._always.append(place)
        self._short = [(word, found) for word, found in places.items() if len(word) < GRAM]
        self._by_gram: dict[str, list[tuple[str, list[int]]]] = {}
        for word, found in places.items():
            if len(word) >= GRAM:
                self._by_gram.setdefault(word[:GRAM], []).append((word, found))
        self._grams = frozenset(self._by_gram)

    def search(self, text: Lowered) -> str:
        """What was found; empty when nothing was."""
        found = self.find(text)
        return "" if found is None else found[1]

    def find(self, text: Lowered) -> tuple[int, str] | None:
        """The first pattern that is found, by its place in the list, and what it matched."""
        there = {*self._always}
        for word, places in self._short:
            if word in text.text:
                there.update(places)
        for gram in text.grams & self._grams:
            for word, places in self._by_gram[gram]:
                if len(word) == GRAM or word in text.text:
                    there.update(places)
        for place in sorted(there):
            match = self._compiled(place).search(text.text)
            if match is not None:
                return place, match.group(0)
        return None

    def _compiled(self, place: int) -> re.Pattern[str]:
        """The pattern, compiled when it is first tried: most never are."""
        pattern = self._patterns.get(place)
        if pattern is None:
            pattern = self._patterns[place] = re.compile(self._sources[place])
        return pattern


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

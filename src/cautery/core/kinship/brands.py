"""The few words that an outlet's own things share, and that hardly anything else carries: learned, never given."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SHORTEST, LONGEST = 4, 40
LEAST = 3
"""Things that must carry a word before it is anybody's."""
PURITY = 0.75
"""Of all things that carry a word, the share that must be ours."""
MOST = 6
GAIN = 0.01
"""A word that finds less than this share of our things, beyond what the words before it find, is not worth asking for."""
LARGE, PLACES = 10, 3
"""Places with so many of ours, and so many of them, say which words are the outlet's and which a place's."""
SPLIT = re.compile(r"[^\W\d_]+")
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Brand:
    """A word, how many of our things carry it, and how many others do."""

    word: str
    ours: int
    others: int

    @property
    def reason(self) -> str:
        """Why it is asked for, in words."""
        return f"“{self.word}” stands in {self.ours} things decided on and in {self.others} others"


def words_of(*texts: str) -> frozenset[str]:
    """The words of handles and titles: runs of letters, camel case taken apart, in small letters."""
    return frozenset(
        word.casefold()
        for text in texts
        for word in SPLIT.findall(CAMEL.sub(" ", text))
        if SHORTEST <= len(word) <= LONGEST
    )


def spread_words(places: Iterable[Sequence[frozenset[str]]]) -> frozenset[str] | None:
    """The words that ours carry at half of the places or more; None where there are too few places to tell.

    What stands at one place only may be that place's own way of writing: its "user" and "status" name no outlet.
    """
    large = [place for place in places if len(place) >= LARGE]
    if len(large) < PLACES:
        return None
    carried = Counter(
        word for place in large for word, n in Counter(w for thing in place for w in thing).items() if n >= LEAST
    )
    return frozenset(word for word, n in carried.items() if 2 * n >= len(large))


def brand_words(
    ours: Sequence[frozenset[str]],
    others: Iterable[frozenset[str]],
    most: int = MOST,
    spread: frozenset[str] | None = None,
) -> tuple[Brand, ...]:
    """The words that together find most of `ours` and little of `others`, best first: greedy cover (within 1 - 1/e of the best).

    Each thing is the set of its words. A word counts for what it finds beyond the words before it, times its purity; those
    of `spread` are tried before any other.
    """
    here = Counter(word for thing in ours for word in thing)
    there = Counter(word for thing in others for word in thing if word in here)
    fitting = {word for word, n in here.items() if n >= LEAST and n / (n + there[word]) >= PURITY}
    found: list[Brand] = []
    covered: set[int] = set()
    for words in (fitting,) if spread is None else (fitting & spread, fitting - spread):
        holders: dict[str, set[int]] = defaultdict(set)
        for number, thing in enumerate(ours):
            for word in thing & words:
                holders[word].add(number)
        while holders and len(found) < most:
            best = max(holders, key=lambda word: (_gain(holders[word], covered, here, there, word), word))
            if len(holders[best] - covered) < max(LEAST, GAIN * len(ours)):
                break
            found.append(Brand(best, here[best], there[best]))
            covered |= holders.pop(best)
    return tuple(found)


def _gain(held: set[int], covered: set[int], here: Counter[str], there: Counter[str], word: str) -> float:
    return len(held - covered) * here[word] / (here[word] + there[word])

"""Which of any number of handles or titles share most of their letters with a given one, without comparing it with each."""

from __future__ import annotations

from array import array
from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

LONG = 3
"""Characters that are looked up together."""
LOOKED_AT = 30_000
"""Places looked at for one question, the rarest runs first: what shares only common runs is like very many."""


class Nearest:
    """Keys by the runs of three characters of their texts.

    Adding costs some microseconds, asking a millisecond, whether there are a thousand keys or a million.
    """

    def __init__(self) -> None:
        self._keys: list[int] = []
        self._sizes = array("I")
        self._places: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, key: int, *texts: str) -> None:
        """Keep a key under each of its texts that is not empty."""
        for runs in filter(None, map(_runs, dict.fromkeys(texts))):
            place = len(self._keys)
            self._keys.append(key)
            self._sizes.append(len(runs))
            for run in runs:
                self._places[run].append(place)

    def to(self, *texts: str, most: int) -> list[int]:
        """The keys whose texts share most with one of these, the likest first, each once."""
        found: dict[int, None] = {}
        for runs in filter(None, map(_runs, dict.fromkeys(texts))):
            found |= dict.fromkeys(self._of(runs, most))
        return list(found)

    def _of(self, runs: set[str], most: int) -> list[int]:
        held = sorted((self._places[run] for run in runs if run in self._places), key=len)
        looked: list[NDArray[np.uint32]] = []
        left = LOOKED_AT
        for places in held:
            if looked and len(places) > left:
                break
            left -= len(places)
            looked.append(np.array(places[-LOOKED_AT:], np.uint32))
        if not looked:
            return []
        there, shared = np.unique(np.concatenate(looked), return_counts=True)
        if len(there) > most:
            nearest = np.argpartition(-shared, most)[:most]
            there, shared = there[nearest], shared[nearest]
        sizes = np.array([self._sizes[place] for place in there.tolist()])
        order = np.argsort(-shared / (sizes + len(runs)), kind="stable")
        return [self._keys[place] for place in there[order].tolist()]


def _runs(text: str) -> set[str]:
    """The runs of three characters of a text, its ends marked."""
    marked = f"\x02{text}\x03"
    return {marked[place : place + LONG] for place in range(len(marked) - LONG + 1)} if text else set()

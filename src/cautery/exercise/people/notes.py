"""What people have done so far, kept by the world so that it outlives a kill.

A note is a key and a value. Decisions and signatures are noted before they are sent: a call is repeated until it is
recorded, and an officer who starts again is given the same work and decides it alike, so what is noted comes true.
The counters are numbers of distinct keys; they are therefore the same however often anything was killed or repeated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

Load = Callable[[], Mapping[str, str]]
Save = Callable[[Mapping[str, str]], None]


def _nothing() -> Mapping[str, str]:
    return {}


def _forget(_notes: Mapping[str, str]) -> None:
    """Keep nothing beyond this process."""


class Notes:
    """All notes in memory; `load` gives those of an earlier life, `save` keeps new ones (insert or replace by key)."""

    def __init__(self, load: Load | None = None, save: Save | None = None) -> None:
        self._save = save or _forget
        self._held = dict((load or _nothing)())

    def add(self, notes: Mapping[str, str]) -> None:
        """Keep what is not known yet, durably, in one call."""
        new = {key: value for key, value in notes.items() if self._held.get(key) != value}
        if new:
            self._save(new)
            self._held.update(new)

    def get(self, key: str) -> str | None:
        """One note, None where there is none."""
        return self._held.get(key)

    def counts(self) -> dict[str, int]:
        """The `people` part of world.json."""
        kinds = Counter(key.partition(":")[0] for key in self._held)
        wrong = sum(value == "wrong" for key, value in self._held.items() if key.startswith("decision:"))
        holds = sum(value in {"recorded", "already"} for key, value in self._held.items() if key.startswith("hold:"))
        return {
            "decisions": kinds["decision"],
            "errors": wrong,
            "signed": kinds["signature"],
            "refused": kinds["refusal"],
            "holds": holds,
            "batches": kinds["batch"],
            "unknown_urls": kinds["unknown"],
        }

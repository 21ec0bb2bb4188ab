"""A world without people, for tests of everything else: `python -m tests.exercise.quiet_world --out DIR ...`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from cautery.exercise.people import PeopleEvent
from cautery.exercise.process import main


class Nobody:
    """Actors who do nothing."""

    def __init__(self, **_world: Any) -> None:
        """Takes what people are given."""

    def events(self) -> Iterable[PeopleEvent]:
        return ()

    def perform(self, event: PeopleEvent, now: float) -> bool:
        return False

    def counts(self) -> dict[str, int]:
        return {}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Nobody))

"""The rehearsal's world: `python -m cautery.exercise.world --out DIR --flags N --providers N --days D --seed S`."""

from __future__ import annotations

import sys

from cautery.exercise.people import People
from cautery.exercise.process import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], People))

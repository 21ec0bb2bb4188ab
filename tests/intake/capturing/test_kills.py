"""A worker that is killed at any moment of a capture leaves nothing half (100 kills: `python -m tests.intake.capturing.killing 100`)."""

from __future__ import annotations

import random
from pathlib import Path

from tests.intake.capturing.killing import run


def test_kills_leave_no_half_evidence(tmp_path: Path) -> None:
    found = run(4, tmp_path, random.randrange(10**6))  # noqa: S311
    assert found["complete"] == found["episodes"], found
    assert (found["other"], found["unknown"], found["broken"], found["twice"]) == (0, [], [], 0), found

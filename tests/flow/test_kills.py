"""An operation killed again and again at random moments comes to the same end, and nothing takes effect twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from pathlib import Path
from typing import Any

from tests.flow.conftest import LIMIT_S, SIZE, Books, start

KILLS = 5
LONGEST_S = 6.0


def objects(world: dict[str, Any]) -> list[dict[str, Any]]:
    return sorted(world["objects"], key=lambda found: str(found["id"]))


def test_five_kills_lose_nothing_and_repeat_nothing(rehearsal: Books, tmp_path: Path) -> None:
    seed = random.randrange(10**6)  # noqa: S311 (moments, not secrets)
    moments = random.Random(seed)  # noqa: S311
    killed = 0
    while killed < KILLS:
        process = start(tmp_path, *SIZE, *(["--resume"] if killed else []))
        try:
            process.wait(moments.uniform(0.5, LONGEST_S))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
            killed += 1
        else:
            break
    status = start(tmp_path, *SIZE, "--resume").wait(LIMIT_S)
    assert status == 0, f"kills of seed {seed}: {(tmp_path / 'said.txt').read_text()[-3_000:]}"
    books = Books.read(tmp_path)
    assert books.score["ok"], f"kills of seed {seed}: {[c for c in books.score['checks'] if not c['ok']]}"
    assert all(d["times_effective"] <= 1 for d in books.world["deliveries"]), f"kills of seed {seed}"
    assert objects(books.world) == objects(rehearsal.world), f"kills of seed {seed}"
    assert books.report["custody"]["verified"] is True

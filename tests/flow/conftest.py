"""A small rehearsal of a whole operation, run once for the stories that read its books."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SIZE = ("--flags", "200", "--providers", "9", "--days", "1", "--seed", "11")
LIMIT_S = 400.0


@dataclass(frozen=True)
class Books:
    """What a rehearsal left: the platform's report, the world's own books, and the comparison."""

    report: dict[str, Any]
    world: dict[str, Any]
    score: dict[str, Any]

    @classmethod
    def read(cls, out: Path) -> Books:
        return cls(*(json.loads((out / f"{name}.json").read_text()) for name in ("report", "world", "score")))


def start(out: Path, *options: str) -> subprocess.Popen[bytes]:
    """Start a rehearsal in a process group of its own; what it says goes to a file."""
    out.mkdir(parents=True, exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("CAUTERY_", "DJANGO_"))}
    environment.pop("DATABASE_URL", None)
    with (out / "said.txt").open("ab") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "cautery", "exercise", "--out", str(out), "--json", *options],
            stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=environment, start_new_session=True, cwd=out,
        )  # fmt: skip


@pytest.fixture(scope="session")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Books:
    """The books of a rehearsal nobody disturbed."""
    out = tmp_path_factory.mktemp("rehearsal")
    status = start(out, *SIZE).wait(LIMIT_S)
    assert status == 0, (out / "said.txt").read_text()[-3_000:]
    return Books.read(out)

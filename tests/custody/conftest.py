"""A log to work on, and the hand of somebody who owns the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from cautery.core.actors import system
from cautery.custody import guards
from cautery.custody.actions import Sealer, record
from cautery.custody.events import Event
from cautery.custody.models import Entry
from tests.factories import START, hours

ACTOR = system("test")


def say(number: int, rows: int = 0) -> Entry:
    """An entry, with or without rows."""
    with transaction.atomic():
        return record(
            Event.TRACK_PROBES_RECORDED, by=ACTOR, at=hours(number), subject=f"test:{number}", facts={"n": number},
            rows=[{"row": n} for n in range(rows)],
        )  # fmt: skip


def drop_guards() -> None:
    """What somebody does first who wants to alter the log."""
    with connection.cursor() as cursor:
        for statement in guards.take_down(connection.vendor):
            cursor.execute(statement)


@pytest.fixture
def log() -> list[Entry]:
    """Seven entries, each second with rows, sealed in two goes."""
    entries = [say(n, rows=3 * (n % 2)) for n in range(4)]
    sealer = Sealer()
    assert sealer.seal(START) == 4
    entries += [say(n, rows=3 * (n % 2)) for n in range(4, 7)]
    assert sealer.seal(START) == 3
    return entries


@pytest.fixture
def mirror(settings: Any, tmp_path: Path) -> Path:
    """A mirror of this test's own."""
    settings.CHECKPOINTS = tmp_path / "kept" / "checkpoints"
    return Path(settings.CHECKPOINTS)

"""The database itself refuses to alter the log, on both databases."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from cautery.custody.actions import Sealer, missing_guards, restore_guards
from cautery.custody.guards import KEYS
from cautery.custody.models import Entry, Stamp
from cautery.custody.queries import verify
from tests.custody.conftest import ACTOR, drop_guards, say
from tests.factories import START

pytestmark = pytest.mark.django_db
COLUMNS = {
    "batchrows": "count",
    "checkpoint": "root",
    "entry": "body",
    "leaf": "hash",
    "node": "hash",
    "stamp": "authority",
}


@pytest.fixture
def full(log: list[Entry]) -> None:
    """A row in every guarded table."""
    for n in range(7, 260):
        say(n)
    Sealer().seal(START)
    Stamp.objects.create(checkpoint_id=_first("checkpoint", "id"), authority="x", stamped_at=START, answer=b"x")


def _first(table: str, column: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM custody_{table} LIMIT 1")  # noqa: S608 (names of our own)
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("table", sorted(KEYS))
@pytest.mark.parametrize("statement", ["UPDATE custody_{table} SET {column} = {column}", "DELETE FROM custody_{table}"])
def test_it_refuses_to_alter_and_to_remove(full: None, table: str, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table=table, column=COLUMNS[table]))
    assert verify_length() == 260


@pytest.mark.parametrize("table", sorted(KEYS))
def test_it_refuses_to_put_another_row_in_the_place_of_one(full: None, table: str) -> None:
    replace = "INSERT OR REPLACE INTO" if connection.vendor == "sqlite" else "INSERT INTO"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{replace} custody_{table} SELECT * FROM custody_{table} LIMIT 1")  # noqa: S608
    assert verify_length() == 260


def verify_length() -> int:
    return Entry.objects.count()


def test_guards_that_are_gone_are_named_by_verify_and_put_back_with_an_entry(log: list[Entry]) -> None:
    assert missing_guards() == [] == restore_guards(by=ACTOR, at=START)
    drop_guards()
    gone = missing_guards()
    assert gone
    assert any("cautery custody guard" in warning for warning in verify().warnings)
    assert restore_guards(by=ACTOR, at=START) == gone
    assert missing_guards() == []
    assert "custody:guards:restored" in Entry.objects.latest("pk").body

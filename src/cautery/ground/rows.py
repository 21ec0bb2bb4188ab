"""Rows in bulk, the same on both databases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

T = TypeVar("T")


def chunks(rows: Iterable[T], n: int) -> Iterator[list[T]]:
    """`rows` in lists of `n`."""
    iterator = iter(rows)
    while chunk := list(islice(iterator, n)):
        yield chunk


def executemany(sql: str, rows: Sequence[Sequence[Any]]) -> int:
    """Run one statement for each row in the caller's transaction; how many rows it changed in all."""
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)
        return int(cursor.rowcount)


def update_many(rows: Sequence[Model], fields: Sequence[str]) -> None:
    """Write `fields` of each of `rows` (of one model) in the caller's transaction.

    One prepared UPDATE run for each row: at a thousand rows ten times faster here than one UPDATE of a thousand CASEs.
    """
    if not rows:
        return
    meta = rows[0]._meta
    key: Any = meta.pk
    columns: list[Any] = [meta.get_field(name) for name in fields]
    assignments = ", ".join(f"{connection.ops.quote_name(column.column)} = %s" for column in columns)
    where = connection.ops.quote_name(key.column)
    table = connection.ops.quote_name(meta.db_table)
    executemany(
        f"UPDATE {table} SET {assignments} WHERE {where} = %s",  # noqa: S608 (names of our own models)
        [
            [column.get_db_prep_save(getattr(row, column.attname), connection) for column in (*columns, key)]
            for row in rows
        ],
    )


def sound() -> str:
    """SQLite's own check of its file: `ok`, or the first thing that is wrong."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(1)")
        return str(cursor.fetchone()[0])


def execute(sql: str, params: Sequence[Any] = ()) -> int:
    """Run one statement in the caller's transaction; how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)

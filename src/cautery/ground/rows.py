"""Rows in bulk, the same on both databases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from django.db import connection

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


def execute(sql: str, params: Sequence[Any] = ()) -> int:
    """Run one statement in the caller's transaction; how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)

"""Lines to rows: the format and the column of the links are found, or named."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cautery.core.errors import FileRefused
from cautery.sources.base import Row
from cautery.sources.lists import read_rows

A, B = "https://example.com/a", "https://example.com/b"


def rows(tmp_path: Path, content: str, name: str = "list.txt", **options: str) -> list[Row]:
    """The rows of a file with this content."""
    file = tmp_path / name
    file.write_text(content)
    return list(read_rows(file, **options))


def links(found: list[Row]) -> list[str]:
    """Their links; of refused ones the reason."""
    return [row.refused.reason if row.refused else row.url for row in found]


@pytest.mark.parametrize(
    "table",
    [
        f"url\n{A}\n{B}\n",
        f"note,URL\nx,{A}\ny,{B}\n",
        f"lien;note\n{A};x\n{B};y\n",
        f"{A}\tx\n{B}\ty\n",
        f"1|{A}\n2|{B}\n",
        f'"a, b",{A}\n"c",{B}\n',
    ],
)
def test_the_column_of_the_links_is_found(tmp_path: Path, table: str) -> None:
    assert links(rows(tmp_path, table, "list.csv")) == [A, B]


@pytest.mark.parametrize("column", ["other", "2", "OTHER"])
def test_the_column_can_be_named_or_numbered(tmp_path: Path, column: str) -> None:
    assert links(rows(tmp_path, f"url,other\n{A},{B}\n", "list.csv", column=column))[-1] == B


def test_a_column_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="there are: url, note"):
        rows(tmp_path, f"url,note\n{A},x\n", "list.csv", column="link")


def test_rows_of_another_width_are_refused_not_guessed_at(tmp_path: Path) -> None:
    found = rows(tmp_path, f"url,note\n{A},x\nx,{B},y\n{B}\n", "list.csv")
    assert links(found) == [A, "columns", "columns"]
    assert [row.line for row in found] == [2, 3, 4]


def test_what_else_a_record_says_is_kept(tmp_path: Path) -> None:
    line = f'{{"url": "{A}", "seen_at": "2026-06-15T08:00:00+02:00", "language": "fr", "note": "vu"}}'
    (row,) = rows(tmp_path, line, "list.ndjson")
    assert (row.seen_at, row.language, row.note) == (datetime(2026, 6, 15, 6, tzinfo=UTC), "fr", "vu")


@pytest.mark.parametrize("moment", ["yesterday", "2026-06-15T08:00:00"])
def test_a_time_that_is_none_or_has_no_zone_is_refused(tmp_path: Path, moment: str) -> None:
    assert links(rows(tmp_path, f'{{"url": "{A}", "seen_at": "{moment}"}}', "list.ndjson")) == ["seen_at"]


def test_several_links_of_a_line_are_parts_of_it(tmp_path: Path) -> None:
    found = rows(tmp_path, f"first {A}, then {B}\n")
    assert [(row.line, row.part, row.url) for row in found] == [(1, 0, A), (1, 1, B)]


def test_a_format_that_is_said_wins_over_the_name(tmp_path: Path) -> None:
    assert links(rows(tmp_path, f"see {A} there\n", "list.csv", format_="text")) == [A]


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="one of csv, ndjson, text"):
        rows(tmp_path, A, format_="xlsx")

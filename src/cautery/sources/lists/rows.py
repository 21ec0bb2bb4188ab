"""Lines to rows: CSV, NDJSON or free text; the URL column is found or named."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

from cautery.core.errors import FileRefused, RowRefused
from cautery.core.links import find_links
from cautery.sources.base import Row
from cautery.sources.lists.lines import Line, open_list, read_lines

URL_NAMES = ("url", "link", "uri", "href", "address", "permalink", "lien", "adresse", "enlace", "web", "value")
LOOKS_LIKE_URL = re.compile(
    r"\s*(?:h(?:tt|xx|XX)ps?|tg|ftp)\s*(?:\[?:\]?|：)|\s*(?:[\w-]+(?:\.|\[\.\]|\(dot\)))+[a-z]{2,}/", re.IGNORECASE
)
SAMPLE = 100
FORMATS = ("csv", "ndjson", "text")


def read_rows(path: Path, *, format_: str = "", column: str = "") -> Iterator[Row]:
    """The rows of a file, in order. `format_`: one of FORMATS, else by name and first line; `column` names the URL's column or key."""
    with open_list(path) as stream:
        lines = read_lines(stream)
        head = list(islice(lines, SAMPLE))
        kind = format_ or _guess(path, head)
        if kind not in READERS:
            raise FileRefused(f"No format {kind!r}; one of {', '.join(FORMATS)}.", reason="format", file=str(path))
        yield from READERS[kind](head, chain(head, lines), column)


def _guess(path: Path, head: Sequence[Line]) -> str:
    suffix = path.suffix.lower()
    if suffix in {".csv", ".tsv"}:
        return "csv"
    if suffix in {".ndjson", ".jsonl", ".json"} or head[0].text.lstrip().startswith("{"):
        return "ndjson"
    return "text"


def _text(head: Sequence[Line], lines: Iterator[Line], column: str) -> Iterator[Row]:
    """Every link in the text, several a line."""
    del head, column
    for line in lines:
        if line.refused is not None:
            yield Row(line.number, line.text, refused=line.refused)
            continue
        for part, found in enumerate(find_links(line.text)):
            yield Row(line.number, found.url, note=line.text[:1_000], part=part)


def _ndjson(head: Sequence[Line], lines: Iterator[Line], column: str) -> Iterator[Row]:
    """One JSON object a line."""
    del head
    for line in lines:
        if line.refused is not None:
            yield Row(line.number, line.text, refused=line.refused)
        elif line.text.strip():
            yield _ndjson_row(line, column)


def _ndjson_row(line: Line, column: str) -> Row:
    try:
        record = json.loads(line.text)
    except (ValueError, RecursionError):
        return _refused(line, "not_json", "is not JSON")
    if not isinstance(record, dict):
        return _refused(line, "not_an_object", "is not a JSON object")
    key = column or next((name for name in URL_NAMES if isinstance(record.get(name), str)), "") or _url_key(record)
    url = record.get(key) if key else None
    if not isinstance(url, str):
        return _refused(line, "no_url", f"has no {column or 'url'}")
    return _row(line, url, record)


def _url_key(record: Mapping[str, Any]) -> str:
    return next((name for name, value in record.items() if isinstance(value, str) and LOOKS_LIKE_URL.match(value)), "")


def _csv(head: Sequence[Line], lines: Iterator[Line], column: str) -> Iterator[Row]:
    """A table with a delimiter and perhaps a header; a row with another number of columns is refused, not guessed at."""
    sound = [line.text for line in head if line.refused is None and line.text.strip()]
    if not sound:
        yield from (Row(line.number, line.text, refused=line.refused) for line in lines if line.refused is not None)
        return
    delimiter = max(",;\t|", key=sound[0].count)
    first = _cells(sound[0], delimiter) or []
    names = [cell.strip().casefold() for cell in first]
    header = not any(LOOKS_LIKE_URL.match(cell) for cell in first) and (
        bool(set(names) & set(URL_NAMES)) or column.casefold() in names
    )
    place = _url_column(names if header else [], [_cells(text, delimiter) or [] for text in sound], column)
    width = len(first)
    for line in lines:
        if line.refused is not None:
            yield Row(line.number, line.text, refused=line.refused)
        elif line.text.strip() and not (header and line.number == head[0].number):
            cells = _cells(line.text, delimiter)
            yield _csv_row(line, cells, width, place, names if header else [])


def _cells(text: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None


def _url_column(names: Sequence[str], sample: Sequence[Sequence[str]], column: str) -> int:
    if column:
        if column.casefold() in names:
            return names.index(column.casefold())
        if column.isdigit() and int(column) >= 1:
            return int(column) - 1
        raise FileRefused(f"No column {column!r}; there are: {', '.join(names) or 'no names'}.", reason="no_column")
    named = next((names.index(name) for name in URL_NAMES if name in names), None)
    if named is not None:
        return named
    counts = [
        sum(1 for cells in sample if i < len(cells) and LOOKS_LIKE_URL.match(cells[i]))
        for i in range(max(map(len, sample)))
    ]
    if not any(counts):
        raise FileRefused("No column holds links; name one with --column.", reason="no_column")
    return counts.index(max(counts))


def _csv_row(line: Line, cells: Sequence[str] | None, width: int, place: int, names: Sequence[str]) -> Row:
    if cells is None:
        return _refused(line, "not_csv", "is not CSV (a quote that does not end)")
    if len(cells) != width:
        return _refused(line, "columns", f"has {len(cells)} columns, the table has {width}")
    return _row(line, cells[place], dict(zip(names, cells, strict=False)))


def _row(line: Line, url: str, record: Mapping[str, Any]) -> Row:
    """A row with what else the record says of it: seen_at (ISO 8601 with its zone), language, note."""
    seen = record.get("seen_at")
    moment: datetime | None = None
    if seen:
        try:
            moment = datetime.fromisoformat(str(seen))
        except ValueError:
            return _refused(line, "seen_at", f"seen_at is not a time: {str(seen)[:40]!r}")
        if moment.tzinfo is None:
            return _refused(line, "seen_at", "seen_at has no time zone")
    return Row(line.number, url, moment, str(record.get("language") or "")[:16], str(record.get("note") or "")[:4_000])


def _refused(line: Line, reason: str, message: str) -> Row:
    return Row(
        line.number,
        line.text[:200],
        refused=RowRefused(f"Line {line.number} {message}.", reason=reason, line=line.number),
    )


READERS: dict[str, Callable[[Sequence[Line], Iterator[Line], str], Iterator[Row]]] = {
    "csv": _csv,
    "ndjson": _ndjson,
    "text": _text,
}

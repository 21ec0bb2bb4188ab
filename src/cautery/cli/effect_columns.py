"""Anybody's CSV as columns of numbers: names found or given, rows that cannot be read named by their line."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cautery.core.errors import FileRefused

ABSENT = frozenset({"", "na", "nan", "n/a", "null", "none", "."})
ENDLESS = frozenset({"inf", "+inf", "infinity", "never"})
YES = frozenset({"1", "1.0", "true", "yes", "y", "t", "dead", "death", "event", "removed", "down", "gone"})
NO = frozenset({"0", "0.0", "false", "no", "n", "f", "alive", "censored", "up"})
MAX_BYTES = 512 << 20


@dataclass(slots=True)
class Table:
    """Rows of a CSV with their lines; `rejected` grows as columns are read."""

    names: tuple[str, ...]
    rows: list[dict[str, str]]
    lines: list[int]
    rejected: list[dict[str, Any]] = field(default_factory=list)

    def column(self, given: str, candidates: Sequence[str]) -> str:
        """The column's name: as given (FileRefused when there is none), else the first candidate there is, else empty."""
        if given:
            if given not in self.names:
                raise FileRefused(
                    f"There is no column {given!r}.", reason="no_column", hint=f"There are: {', '.join(self.names)}."
                )
            return given
        by_lower = {name.lower().replace(" ", "_"): name for name in self.names}
        return next((by_lower[name] for name in candidates if name in by_lower), "")

    def need(self, given: str, candidates: Sequence[str], option: str) -> str:
        """A column that must be there."""
        name = self.column(given, candidates)
        if not name:
            hint = f"Say which with {option}; there are: {', '.join(self.names)}."
            raise FileRefused(f"No column for {option} was found.", reason="no_column", hint=hint)
        return name

    def read(self, wanted: Mapping[str, Callable[[str], Any]]) -> dict[str, list[Any]]:
        """Values of several columns, of the rows in which all can be read; the others go to `rejected`."""
        found: dict[str, list[Any]] = {name: [] for name in wanted}
        kept_rows, kept_lines = [], []
        for row, line in zip(self.rows, self.lines, strict=True):
            values: dict[str, Any] = {}
            for name, reader in wanted.items():
                try:
                    values[name] = reader(row.get(name) or "")
                except ValueError as error:
                    self.refuse(line, name, str(error))
                    break
            else:
                for name, value in values.items():
                    found[name].append(value)
                kept_rows.append(row)
                kept_lines.append(line)
        self.rows, self.lines = kept_rows, kept_lines
        return found

    def refuse(self, line: int, column: str, why: str) -> None:
        """Name a row that cannot be taken."""
        self.rejected.append(
            {"line": line, "column": column, "reason": "row", "message": f"line {line}: {column}: {why}"}
        )


def read_table(file: str | Path) -> Table:
    """A CSV with a header (comma, semicolon or tab); `FileRefused` when it is none. Rows of another length are rejected."""
    path = Path(file)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FileRefused(f"{file} is larger than {MAX_BYTES:,} bytes.", reason="too_large")
        with path.open(newline="", encoding="utf-8-sig") as stream:
            first = stream.readline()
            stream.seek(0)
            delimiter = max(",;\t", key=first.count)
            reader = csv.reader(stream, delimiter=delimiter)
            names = tuple(name.strip() for name in next(reader, []))
            table = Table(names, [], [])
            for row in reader:
                _take(table, row, reader.line_num)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileRefused(f"{file} cannot be read as CSV: {error}.", reason="not_csv") from error
    if not table.names or not table.rows:
        raise FileRefused(f"{file} has no rows below a header.", reason="empty")
    return table


def _take(table: Table, row: list[str], line: int) -> None:
    if len(row) == len(table.names):
        table.rows.append({name: value.strip() for name, value in zip(table.names, row, strict=True)})
        table.lines.append(line)
    elif row:
        table.refuse(line, table.names[0] if table.names else "", f"{len(row)} values for {len(table.names)} columns")


def number(text: str) -> float:
    """A finite number."""
    value = _float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text!r} is not a finite number")
    return value


def optional(text: str) -> float:
    """A number, or NaN where it is absent: a covariate that is not known leaves the row in the rest."""
    return math.nan if text.lower() in ABSENT else number(text)


def moment(text: str) -> float:
    """A number, or a time in ISO 8601 as seconds since 1970 (UTC where it names no zone)."""
    try:
        return number(text)
    except ValueError:
        return _seconds(text)


def end(text: str) -> float:
    """A right end: a number, a time, or infinite where it is absent: never seen over."""
    if text.lower() in ABSENT | ENDLESS:
        return math.inf
    return moment(text)


def begin(text: str) -> float:
    """A left end: a number or a time; 0 where it is absent."""
    return -math.inf if text.lower() in ABSENT else moment(text)


def _float(text: str) -> float:
    if text.lower() in ABSENT:
        raise ValueError("no value")
    try:
        return float(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a number") from error


def _seconds(text: str) -> float:
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is neither a number nor a time") from error
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()


def word(text: str) -> str:
    """A text that is there."""
    if text.lower() in ABSENT:
        raise ValueError("no value")
    return text


def codes(table: Table, name: str, happened: str) -> Callable[[str], int]:
    """How a column says what happened, as 0 (not), 1, 2 ... (by which cause).

    `happened`: the value that means it did. Else: 0 and 1, or 1 and 2 (as R has it), or yes and no, or whole numbers from 0,
    which are causes.
    """
    values = {row.get(name, "").lower() for row in table.rows} - ABSENT
    if happened:
        return lambda text: int(word(text).lower() == happened.lower())
    if values <= YES | NO:
        return lambda text: int(word(text).lower() in YES)
    if values <= {"1", "2", "1.0", "2.0"}:
        return lambda text: int(number(text)) - 1
    if values <= {str(code) for code in range(50)} and "0" in values:
        return lambda text: int(number(text))
    shown = ", ".join(sorted(values)[:6])
    raise FileRefused(
        f"Column {name!r} does not say plainly what happened ({shown}).",
        reason="codes",
        hint="Say which value means that it did with --happened.",
    )

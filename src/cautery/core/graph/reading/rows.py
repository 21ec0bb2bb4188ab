"""Lines of text to rows of fields: which separator a file uses, what is a comment, what is a header."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ...errors import RowRefused

COMMENTS = ("#", "%", "//")
SAMPLE = 200
"""So many lines with data are looked at to tell the separator."""

SEPARATORS = ("\t", ";", ",", "|", "->")
SHOWN = 80

Row = tuple[int, list[str]]
"""The number of a line, from 1, and its fields."""


def is_data(line: str) -> bool:
    """Whether a line is more than a comment or nothing."""
    text = line.strip()
    return bool(text) and not text.startswith(COMMENTS)


def separator(lines: Sequence[str]) -> str | None:
    """What parts the fields of these lines of data; None for blanks of any number."""
    best, most = None, 0.5 * len(lines)
    for mark in SEPARATORS:
        counts = Counter(line.count(mark) for line in lines if mark in line)
        usual = max(counts.values(), default=0)
        if usual > most:
            best, most = mark, usual
    return best


def fields(line: str, mark: str | None) -> list[str]:
    """The fields of one line, without blanks and quotes around them."""
    text = line.strip("\r\n \ufeff")
    if mark is None:
        return next(csv.reader([re.sub(r"\s+", " ", text)], delimiter=" ")) if '"' in text else text.split()
    if mark == "->":
        return [part.strip() for part in text.split(mark)]
    if '"' in text:
        return [part.strip() for part in next(csv.reader([text], delimiter=mark, skipinitialspace=True))]
    return [part.strip() for part in text.split(mark)]


def rows(lines: Iterable[str], mark: str | None, problems: list[RowRefused]) -> Iterator[Row]:
    """The rows of data with their lines; a line whose quotes do not close is named."""
    for number, line in enumerate(lines, 1):
        if is_data(line):
            try:
                yield number, fields(line, mark)
            except csv.Error as error:
                problems.append(refused(number, "not_csv", f"cannot be read as fields ({error})"))


def refused(number: int, reason: str, what: str) -> RowRefused:
    """A bad line, by its number."""
    return RowRefused(f"Line {number} {what[:SHOWN]}.", reason=reason, line=number)

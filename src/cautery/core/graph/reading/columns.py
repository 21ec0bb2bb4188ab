"""Small lists beside a network: labels that are protected or gone, and labels with a word (group, provider)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import RowRefused
from .files import content_of, text_of
from .rows import SAMPLE, Row, is_data, refused, rows, separator


def read_labels(path: Path, ids: Mapping[str, int], problems: list[RowRefused]) -> NDArray[np.int64]:
    """int64[k]: the nodes a file names, one label a line (a first column, where there are several)."""
    lines = text_of(content_of(path), path)
    found: dict[int, None] = {}
    for number, parts in _rows(lines, problems):
        label = parts[0]
        if label in ids:
            found[ids[label]] = None
        elif not (number == 1 and label.lower() in {"label", "node", "id", "account", "channel"}):
            problems.append(
                refused(number, "no_such_node", f"of {path.name} names {label}, which is not in the network")
            )
    return np.array(list(found), np.int64)


def read_pairs(path: Path, ids: Mapping[str, int], problems: list[RowRefused]) -> tuple[NDArray[np.int64], list[str]]:
    """int64[n] and words: for each node the number of its word, -1 for none; a file with a label and a word a line."""
    lines = text_of(content_of(path), path)
    words: dict[str, int] = {}
    which = np.full(len(ids), -1, np.int64)
    for number, parts in _rows(lines, problems):
        if len(parts) < 2 or not parts[1]:
            problems.append(refused(number, "few_columns", f"of {path.name} has no label and a word"))
        elif parts[0] in ids:
            which[ids[parts[0]]] = words.setdefault(parts[1], len(words))
        elif number > 1:
            problems.append(refused(number, "no_such_node", f"of {path.name} names {parts[0]}, not in the network"))
    return which, list(words)


def _rows(lines: list[str], problems: list[RowRefused]) -> list[Row]:
    sample = [line for line in lines[:SAMPLE] if is_data(line)]
    return [(number, parts) for number, parts in rows(lines, separator(sample), problems) if parts]

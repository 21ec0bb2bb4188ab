"""An edge list: two labels a line and perhaps a weight, in any order of columns where a header names them."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from ...errors import RowRefused
from .rows import SAMPLE, Row, is_data, refused, rows, separator

FROM = {"source", "src", "from", "start", "node1", "node_1", "source_id", "from_id", "follower", "id1"}
TO = {
    "target",
    "tgt",
    "dst",
    "to",
    "end",
    "node2",
    "node_2",
    "dest",
    "destination",
    "target_id",
    "to_id",
    "followed",
    "id2",
}
WEIGHT = {"weight", "w", "count", "volume", "value", "n", "times", "strength", "forwards"}
NODES = re.compile(r"^[#%/\s].*?\bn\s*=\s*(\d+)")
"""A comment that says how many nodes there are: `# n=754 ...`; ids that stand in no line are nodes too."""

WEIGHT_COLUMN = 2
MOST_NODES = 20_000_000
"""More than these are not made from a comment."""


@dataclass
class Edges:
    """What a file held: pairs of node numbers, a weight each, the labels by number, and the lines refused."""

    ends: array[int] = field(default_factory=lambda: array("q"))
    weights: array[float] = field(default_factory=lambda: array("d"))
    numbers: dict[str, int] = field(default_factory=dict)
    problems: list[RowRefused] = field(default_factory=list)

    def number(self, label: str) -> int:
        """The number of a label, the next free one where it is new."""
        return self.numbers.setdefault(label, len(self.numbers))

    def add(self, source: str, target: str, weight: float = 1.0) -> None:
        """One more edge."""
        self.ends.append(self.number(source))
        self.ends.append(self.number(target))
        self.weights.append(weight)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where in a row the ends and the weight stand; a weight is looked for, and need not be there."""

    source: int = 0
    target: int = 1
    weight: int | None = None


def edge_list(lines: Sequence[str]) -> Edges:
    """Read lines of text; bad ones are named in `problems`."""
    edges = Edges()
    sample = list(islice((line for line in lines if is_data(line)), SAMPLE))
    mark = separator(sample)
    stream = rows(lines, mark, edges.problems)
    first = next(stream, None)
    if first is None:
        return edges
    _all_nodes(lines[0], first[1], edges)
    second = next(stream, None)
    columns = _header(first[1]) or _header_by_look(first, second)
    begin = [row for row in ((first, second) if columns is None else (second,)) if row is not None]
    columns = columns or Columns()
    if columns.weight is None and begin and _weighs(begin[0][1]):
        columns = Columns(columns.source, columns.target, WEIGHT_COLUMN)
    for row in begin:
        _take(edges, row, columns)
    for row in stream:
        _take(edges, row, columns)
    return edges


def _take(edges: Edges, row: Row, columns: Columns) -> None:
    number, parts = row
    if len(parts) <= max(columns.source, columns.target):
        edges.problems.append(refused(number, "few_columns", "has no two labels"))
        return
    source, target = parts[columns.source], parts[columns.target]
    if not source or not target:
        edges.problems.append(refused(number, "empty_label", "has an empty label"))
        return
    weight = 1.0
    if columns.weight is not None and columns.weight < len(parts) and parts[columns.weight]:
        try:
            weight = float(parts[columns.weight])
        except ValueError:
            weight = math.nan
        if not 0 <= weight < math.inf:
            edges.problems.append(refused(number, "bad_weight", f"has a weight of {parts[columns.weight]}"))
            return
    edges.add(source, target, weight)


def _header(parts: list[str]) -> Columns | None:
    """Columns by their names, where a row names both ends."""
    names = [part.strip().lower() for part in parts]
    source = next((at for at, name in enumerate(names) if name in FROM), None)
    target = next((at for at, name in enumerate(names) if name in TO), None)
    if source is None or target is None:
        return None
    return Columns(source, target, next((at for at, name in enumerate(names) if name in WEIGHT), None))


def _header_by_look(first: Row, second: Row | None) -> Columns | None:
    """A first row of words over a row of numbers is a header, whatever the words."""
    if second is None or any(map(_is_number, first[1][:2])) or not all(map(_is_number, second[1][:2])):
        return None
    return Columns()


def _is_number(text: str) -> bool:
    return text.removeprefix("-").isdecimal()


def _weighs(parts: list[str]) -> bool:
    """Whether a row without a header has a weight behind its labels."""
    if len(parts) <= WEIGHT_COLUMN:
        return False
    try:
        return math.isfinite(float(parts[WEIGHT_COLUMN]))
    except ValueError:
        return False


def _all_nodes(comment: str, parts: list[str], edges: Edges) -> None:
    """Where the first comment says how many nodes there are, and the first row has such ids, all of them are nodes."""
    said = NODES.match(comment)
    if said is not None and all(part.isdecimal() and int(part) < int(said[1]) for part in parts[:2]):
        for node in range(min(int(said[1]), MOST_NODES)):
            edges.number(str(node))

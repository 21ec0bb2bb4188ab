"""The shared data sets as arrays; the tests skip where they are not there."""

from __future__ import annotations

import csv

import numpy as np
from numpy.typing import NDArray

from tests.shared import shared


def table(name: str) -> dict[str, NDArray[np.str_]]:
    """The columns of effect/`name` as text."""
    with shared(f"effect/{name}").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {column: np.array([row[column] for row in rows]) for column in rows[0]}

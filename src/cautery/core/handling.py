"""Handling codes: who of the units on one register may see an operation and what is in it. After TLP 2.0 (FIRST)."""

from __future__ import annotations

from collections.abc import Set
from enum import StrEnum


class Handling(StrEnum):
    """How far an operation may be shared, from the widest to the narrowest."""

    GREEN = "green"
    """Every unit of the register."""
    AMBER = "amber"
    """The unit it belongs to, and the units it names."""
    RED = "red"
    """The unit it belongs to, and nobody else."""


def may_see(unit: str, code: Handling, *, owner: str, named: Set[str]) -> bool:
    """Whether an officer of `unit` may see what has this code, belongs to `owner` and names these units."""
    return code is Handling.GREEN or unit == owner or (code is Handling.AMBER and unit in named)

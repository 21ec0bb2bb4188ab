"""Families of things that came after one another: generations, how long each lived, the longest lines first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cautery.core.families import families


@dataclass(frozen=True, slots=True)
class Life:
    """One time a thing was up: since when it was known, and when it was first seen down (None: it was not)."""

    since: float
    until: float | None


@dataclass(slots=True)
class Member:
    """One thing of a family; `before` is what it came after (None: the first known), `generation` counts from 0."""

    key: int
    before: int | None
    generation: int
    lives: list[Life] = field(default_factory=list)


def generations(before: Mapping[int, int]) -> dict[int, int]:
    """By each thing that came after another, or before one: how many came before it. A ring, which no honest lineage has, counts once."""
    found: dict[int, int] = {}
    for start in {*before, *before.values()}:
        line = [start]
        while (older := before.get(line[-1])) is not None and older not in found and older not in line:
            line.append(older)
        base = found[older] + 1 if older is not None and older in found else 0
        for number, key in enumerate(reversed(line)):
            found.setdefault(key, base + number)
    return found


def lines(before: Mapping[int, int], lives: Mapping[int, Sequence[Life]], most: int) -> list[list[Member]]:
    """The families with the most generations, then the most members, until `most` members are named; each from its first member on."""
    depth = generations(before)
    root = families((new, old) for new, old in before.items())
    groups: dict[int, list[int]] = {}
    for key in depth:
        groups.setdefault(root[key], []).append(key)
    ranked = sorted(groups.values(), key=lambda keys: (-max(depth[k] for k in keys), -len(keys), min(keys)))
    shown: list[list[Member]] = []
    for keys in ranked:
        if sum(map(len, shown)) + len(keys) > most and shown:
            continue
        ordered = sorted(keys, key=lambda key: (depth[key], _since(lives.get(key, ())), key))[:most]
        shown.append([Member(key, before.get(key), depth[key], list(lives.get(key, ()))) for key in ordered])
        if sum(map(len, shown)) >= most:
            break
    return shown


def _since(lives: Iterable[Life]) -> float:
    return min((life.since for life in lives), default=0.0)

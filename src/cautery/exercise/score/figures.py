"""The shape of what is written: figures with unit and definition, checks with what they found."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

Figure = dict[str, Any]
Check = dict[str, Any]
Table = Mapping[str, int]


@cache
def definitions() -> Mapping[str, Mapping[str, str]]:
    """Unit and definition of every figure, from definitions.toml, each on one line."""
    table = tomllib.loads(files(__package__).joinpath("definitions.toml").read_text(encoding="utf-8"))
    return {name: {key: " ".join(text.split()) for key, text in row.items()} for name, row in table.items()}


def defined(figures: Mapping[str, Figure]) -> dict[str, Figure]:
    """The figures with their units and definitions; KeyError for one that definitions.toml does not hold."""
    return {name: {**row, **definitions()[name]} for name, row in figures.items()}


def figure(value: float | None, *, n: int, **more: Any) -> Figure:
    """One figure: `n` is how many cases it rests on; `value` None where there was no case."""
    return {"value": value, "n": n, **more}


def share(part: int, whole: int, **more: Any) -> Figure:
    """A share of a whole; None of nothing."""
    return figure(part / whole if whole else None, n=whole, **more)


def count(cases: Collection[str], *, n: int) -> Figure:
    """A number of cases among `n`, with the first ten of them by name."""
    return figure(len(cases), n=n, cases=sorted(cases)[:10])


def check(name: str, *, ok: bool, detail: str) -> Check:
    """One exact check."""
    return {"name": name, "ok": ok, "detail": detail}


def nothing_of(name: str, counted: Figure) -> Check:
    """Holds where a count is nought; else names the first cases."""
    return check(name, ok=counted["value"] == 0, detail=f"{counted['value']} of {counted['n']} {counted['cases']}")


def agreement(name: str, ours: Table, told: Table) -> Check:
    """Holds where two tables say the same, an absent line being nought; else names the lines that differ."""
    lines = sorted(set(ours) | set(told))
    differ = [
        f"{line}: books {ours.get(line, 0)}, report {told.get(line, 0)}"
        for line in lines
        if ours.get(line, 0) != told.get(line, 0)
    ]
    return check(name, ok=not differ, detail="; ".join(differ) or f"{sum(ours.values())} in both")


def within(name: str, least: Table, most: Table, told: Table) -> Check:
    """Holds where each line told lies between two tables; else names the lines that do not."""
    lines = sorted(set(most) | set(told))
    outside = [
        f"{line}: books {least.get(line, 0)} to {most.get(line, 0)}, report {told.get(line, 0)}"
        for line in lines
        if not least.get(line, 0) <= told.get(line, 0) <= most.get(line, 0)
    ]
    return check(name, ok=not outside, detail="; ".join(outside) or f"{told.get('all', 0)} in the report")


def flat(nested: Mapping[str, Mapping[str, int]], column: str) -> Counter[str]:
    """One column of a table by provider, with the total under `all`."""
    lines = Counter({name: row.get(column, 0) for name, row in nested.items()})
    lines["all"] = sum(lines.values())
    return lines

"""Legal grounds a notice can rest on: a closed list with dates (grounds.toml), never free text.

A ground is a law and a limb of it. Some grounds also need a designation: that the entity was on a list in force that day.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from cautery.core.errors import RulesInvalid

FILE = Path(__file__).with_name("grounds.toml")


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground: `code` is how a decision names it, `limb` the letter of Art 2(7) where it is one."""

    code: str
    law: str
    provision: str
    words: str
    since: date
    until: date | None = None
    limb: str = ""
    instruments: frozenset[str] = frozenset()
    designated: bool = False

    def in_force(self, day: date) -> bool:
        """Whether it was law on `day`; its last day counts."""
        return self.since <= day and (self.until is None or day <= self.until)

    def said(self) -> str:
        """The ground as a notice carries it."""
        return f"{self.provision} {self.law}: {self.words}"


@cache
def grounds(file: Path = FILE) -> Mapping[str, Ground]:
    """All grounds by code. RulesInvalid names what does not hold."""
    try:
        rows = tomllib.loads(file.read_text())["ground"]
        made = [Ground(**{**row, "instruments": frozenset(row.get("instruments", ()))}) for row in rows]
    except (OSError, KeyError, TypeError, tomllib.TOMLDecodeError) as wrong:
        raise RulesInvalid(f"{file.name} does not hold: {wrong}", reason="grounds", file=str(file)) from wrong
    if len({ground.code for ground in made}) < len(made):
        raise RulesInvalid(f"{file.name} names a ground twice.", reason="grounds", file=str(file))
    return {ground.code: ground for ground in made}


def codes_of(limbs: Iterable[str]) -> list[str]:
    """The grounds of limbs of Art 2(7)."""
    wanted = set(limbs)
    return sorted(ground.code for ground in grounds().values() if ground.limb in wanted and ground.limb)


def problem_of(codes: Iterable[str], instrument: str, designations: Iterable[str], day: date) -> str:
    """Why these grounds cannot carry this instrument on `day`; empty where they can. `designations` are those in force."""
    listed, named = set(designations), list(codes)
    known = grounds()
    if not named:
        return "a notice needs a legal ground"
    for code in named:
        ground = known.get(code)
        if ground is None:
            return f"{code[:60]!r} is no ground of the list"
        if not ground.in_force(day):
            return f"{code} is not law on {day.isoformat()}"
        if ground.instruments and instrument not in ground.instruments:
            return f"{code} does not carry the instrument {instrument}"
        if ground.designated and not listed:
            return f"{code} needs a designation in force on {day.isoformat()}"
    return ""

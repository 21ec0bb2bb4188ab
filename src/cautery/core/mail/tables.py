"""The tables of rules (rules/*.toml), read once and compiled."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cautery.core.errors import RulesInvalid

RULES = Path(__file__).parent / "rules"


@dataclass(frozen=True, slots=True)
class Patterns:
    """Patterns any of which may hold; `first` is the text that made one of them hold."""

    compiled: tuple[re.Pattern[str], ...]

    def first(self, text: str) -> str:
        """The words of `text` that the first pattern found; empty where none holds."""
        return next((found.group().strip() for p in self.compiled if (found := p.search(text))), "")

    def count(self, text: str) -> int:
        """How many of the patterns hold."""
        return sum(1 for pattern in self.compiled if pattern.search(text))

    def earliest(self, text: str) -> re.Match[str] | None:
        """The match that begins first."""
        found = [match for pattern in self.compiled if (match := pattern.search(text))]
        return min(found, key=lambda match: match.start(), default=None)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a mail did not arrive: its word, its label, status codes and patterns that say so."""

    word: str
    label: str
    codes: tuple[str, ...]
    patterns: Patterns


def patterns(found: Iterable[str], *, table: str, flags: int = re.IGNORECASE) -> Patterns:
    """Compile a list of patterns; one that is none names its table."""
    compiled = []
    for text in found:
        try:
            compiled.append(re.compile(text, flags))
        except re.error as error:
            raise RulesInvalid(f"{table}: {text!r}: {error}", reason="pattern", place=table) from error
    return Patterns(tuple(compiled))


@cache
def table(name: str) -> Mapping[str, Any]:
    """One rule file as it stands."""
    file = RULES / f"{name}.toml"
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise RulesInvalid(f"{file.name}: {error}", reason="toml", place=file.name) from error


@cache
def rules(name: str, key: str, *, by_line: bool = False) -> Patterns:
    """The patterns under `key` (dots go into tables) of one rule file."""
    found: Any = table(name)
    for step in key.split("."):
        found = found[step]
    return patterns(found, table=f"{name}.{key}", flags=re.IGNORECASE | (re.MULTILINE if by_line else 0))


@cache
def causes() -> tuple[Cause, ...]:
    """The causes of bounces, in the order they are tried."""
    return tuple(
        Cause(row["word"], row["label"], tuple(row["codes"]), patterns(row["patterns"], table=f"bounces.{row['word']}"))
        for row in table("bounces")["cause"]
    )


@cache
def header_names(name: str) -> frozenset[str]:
    """The headers whose presence says what a file is about."""
    return frozenset(table(name)["headers"])

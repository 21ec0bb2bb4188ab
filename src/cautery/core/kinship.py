"""How like two things are that may be one after the other: handles, titles. A score from 0 to 1, with its reason in words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

HANDLE_THRESHOLD = 0.72
TITLE_THRESHOLD = 0.90


@dataclass(frozen=True, slots=True)
class Likeness:
    """A score and why."""

    score: float
    reason: str


def stem(handle: str) -> str:
    """What of a handle stays when it is taken again: without digits, separators and `official`-like endings."""
    bare = re.sub(r"[\W\d_]+", "", handle.casefold())
    return re.sub(r"(official|backup|reserve|new|channel|bot|media|tv)$", "", bare) or bare


def like_handles(old: str, new: str) -> Likeness:
    """Whether `new` looks like a successor of `old`."""
    if old == new:
        return Likeness(1.0, f"the same handle {new}")
    whole = fuzz.ratio(old.casefold(), new.casefold()) / 100
    stems = fuzz.ratio(stem(old), stem(new)) / 100
    return Likeness(max(whole, stems), f"the handle {new} is like {old}")


def like_titles(old: str, new: str) -> Likeness:
    """Whether two titles are the same but for small edits."""
    return Likeness(fuzz.ratio(old.casefold(), new.casefold()) / 100, f"the title “{new[:60]}” is like “{old[:60]}”")

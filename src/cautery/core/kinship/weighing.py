"""What speaks for one thing coming after another, weighed together: the best single evidence counts, the rest breaks ties."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import exp
from zlib import crc32

import numpy as np
from rapidfuzz import fuzz

from .handles import HABITS, Likeness, habit_of, like_handles

TITLE_THRESHOLD = 0.90
PDQ_NEAR = 31
"""Bits of 256: the published threshold of PDQ."""
FADES_H = 6.0
"""What went down an hour ago is likelier to be back now than what went down two days ago."""
TIE = 0.01
SAME_WORDS = 0.1
"""What it adds that two pages say the same in the same words: tells apart what has one title."""
ABOUT, ABOUT_NEAR = 0.85, 0.90
LINK, PER_LINK, MOST_BY_LINKS = 0.55, 0.08, 0.82
"""Links in common: one or two are a hint, three and more are a case. Links that many pages have are left out before."""
SAID_MOST = 400


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known of a thing; empty where it is not known. `media` SHA-256, `pdqs` 32 bytes each, `links` identities.

    `about`: what an account says of itself (`about_of`); its picture is one of its media. `said`: what its page says (`said_in`).
    `down_at`: when it was first seen down, in seconds; None where that was never seen.
    """

    handle: str = ""
    name: str = ""
    title: str = ""
    owner: str = ""
    media: frozenset[str] = frozenset()
    pdqs: tuple[bytes, ...] = ()
    links: frozenset[str] = frozenset()
    about: str = ""
    said: frozenset[int] = frozenset()
    down_at: float | None = None


def like_titles(old: str, new: str) -> Likeness:
    """Whether two titles are the same but for small edits."""
    score = fuzz.ratio(folded(old), folded(new)) / 100
    return Likeness(score, f"the title “{new[:60]}” is like “{old[:60]}”")


def said_in(text: str) -> frozenset[int]:
    """What a page says, as it is compared: its pairs of words that follow each other, hashed."""
    words = folded(text).split()[:SAID_MOST]
    return frozenset(crc32(f"{a} {b}".encode()) for a, b in pairwise(words))


def about_of(text: str, *names: str) -> str:
    """What an account says of itself, as it is compared: without its own names, and without numbers, which only count."""
    plain = folded(text)
    for name in sorted({folded(name) for name in names if len(name) > 2}, key=len, reverse=True):
        plain = plain.replace(name, " ")
    return " ".join(re.sub(r"[\W\d_]+", " ", plain).split())


def folded(title: str) -> str:
    """A title as it is compared."""
    return " ".join(unicodedata.normalize("NFKC", title).casefold().split())


def weigh(old: Traits, new: Traits, at: float, habits: Mapping[str, float] | None = None) -> Likeness:
    """Whether `new`, seen `at` (seconds), comes after `old`. `habits`: how often each habit of spelling was this outlet's (shares).

    The strongest evidence is the score; others, how lately `old` went down and the outlet's habits, only tell apart what is equal.
    """
    found = sorted(_evidence(old, new), key=lambda one: -one.score)
    if not found:
        return Likeness(0.0, "nothing in common")
    best = found[0].score
    more = sum(one.score for one in found[1:]) * TIE
    if old.down_at is None:
        more -= TIE
    else:
        more += TIE * 2 * exp(-abs(at - old.down_at) / 3600 / FADES_H) - (2 * TIE if old.down_at > at else 0)
    if old.said and new.said:
        more += SAME_WORDS * len(old.said & new.said) / len(old.said | new.said)
    if habits:
        more += TIE * habits.get(habit_of(old.handle, new.handle)[0], 0.0)
    return Likeness(min(1.2, best + more), "; ".join(one.reason for one in found[:3]))


def _evidence(old: Traits, new: Traits) -> list[Likeness]:
    found = []
    if old.media & new.media:
        found.append(Likeness(1.0, "the same bytes"))
    elif (bits := _nearest(old.pdqs, new.pdqs)) <= PDQ_NEAR:
        found.append(Likeness(0.98 - 0.003 * bits, f"a picture alike ({bits} of 256 bits differ)"))
    if old.handle and new.handle and habit_of(old.handle, new.handle)[1] > 0:
        found.append(like_handles(old.handle, new.handle))
    if old.name and new.name and (old.name, new.name) != (old.handle, new.handle):
        habit, score = habit_of(old.name, new.name)
        if habit in HABITS:
            found.append(Likeness(score * 0.98, f"the name {new.name[:60]} is like {old.name[:60]}"))
    if old.title and new.title and (like := like_titles(old.title, new.title)).score >= TITLE_THRESHOLD:
        found.append(Likeness(like.score * 0.95, like.reason))
    if old.about and new.about and (alike := fuzz.ratio(old.about, new.about) / 100) >= ABOUT_NEAR:
        found.append(Likeness(ABOUT * alike, f"what it says of itself is like “{old.about[:60]}”"))
    shared = old.links & new.links
    if shared:
        links = "1 link that hardly any other page has" if len(shared) == 1 else f"{len(shared)} rare links in common"
        found.append(Likeness(min(MOST_BY_LINKS, LINK + PER_LINK * len(shared)), links))
    return found


def _nearest(old: tuple[bytes, ...], new: tuple[bytes, ...]) -> int:
    """The fewest differing bits between any two fingerprints; 256 where there are none."""
    if not old or not new:
        return 256
    a, b = (np.frombuffer(b"".join(side), np.uint64).reshape(-1, 4) for side in (old, new))
    return int(np.bitwise_count(a[:, None] ^ b[None]).sum(axis=2).min())

"""Altered copies: how many the register knows for what they are, and for copies of each other, by what was done to them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cautery.exercise.score.books import Books
from cautery.exercise.score.figures import Figure, count, share

MEDIA = ("picture", "video")
Work = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Shown:
    """An object whose medium was captured: the work it truly shows and how it was altered (`original`: not at all).

    `labels` are those of the entries it was matched with, `cases` the names of the cases its media belong to.
    """

    object_id: str
    work: Work
    alteration: str
    known: bool
    labels: frozenset[str]
    cases: frozenset[int]


def copy_figures(books: Books, register: Iterable[Mapping[str, Any]]) -> dict[str, Figure]:
    """Shares of altered copies found in the bank and among each other, and what was taken for a copy and is none."""
    things = list(_shown(books, register))
    return {
        "copies_found_share": _by_alteration([(one, _matched(one)) for one in things if one.known and _altered(one)]),
        "copies_joined_share": _by_alteration(_joined(things)),
        "copies_wrong": _wrong(things),
    }


def _shown(books: Books, register: Iterable[Mapping[str, Any]]) -> Iterable[Shown]:
    """Objects that show a picture or a video, with what the register holds of any of their episodes."""
    objects = {row["id"]: row for row in books.world["objects"] if row.get("medium") in MEDIA}
    episodes: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in register:
        thing = books.thing_of.get(str(row["item_id"]))
        if thing is not None and thing.id in objects:
            episodes[thing.id] += [episode for episode in row["episodes"] if episode.get("media")]
    for object_id, held in sorted(episodes.items()):
        if held:
            row = objects[object_id]
            yield Shown(
                object_id,
                (row["medium"], row["work"]),
                row["variant"].partition("#")[0],
                row["known"],
                frozenset(match["label"] for episode in held for match in episode["matches"]),
                frozenset(case for episode in held for case in episode["cases"]),
            )


def _altered(one: Shown) -> bool:
    return one.alteration != "original"


def _matched(one: Shown) -> bool:
    return any(_names(label, one.work) for label in one.labels)


def _names(label: str, work: Work) -> bool:
    """Whether a label of known.csv (`outlet-0007`) is that of the work; numbers are not used twice."""
    return label.rpartition("-")[2] == f"{work[1]:04d}"


def _joined(things: Iterable[Shown]) -> list[tuple[Shown, bool]]:
    """Altered copies of what is there in another form too, and whether one case holds both."""
    by_work: dict[Work, list[Shown]] = defaultdict(list)
    for one in things:
        by_work[one.work].append(one)
    found = []
    for family in by_work.values():
        for one in filter(_altered, family):
            others = [other for other in family if other.alteration != one.alteration]
            if others:
                found.append((one, any(one.cases & other.cases for other in others)))
    return found


def _wrong(things: list[Shown]) -> Figure:
    """Objects matched with an entry of another work, or in a case most of whose objects show another work."""
    works: dict[int, Counter[Work]] = defaultdict(Counter)
    for one in things:
        for case in one.cases:
            works[case][one.work] += 1
    most = {case: counted.most_common(1)[0][0] for case, counted in works.items()}
    wrong = {one.object_id for one in things if any(not _names(label, one.work) for label in one.labels)}
    wrong |= {one.object_id for one in things if any(most[case] != one.work for case in one.cases)}
    return count(wrong, n=len(things))


def _by_alteration(judged: list[tuple[Shown, bool]]) -> Figure:
    """A share of all, and of each medium by kind of alteration."""
    all_, found = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for one, right in judged:
        all_[one.work[0], one.alteration] += 1
        found[one.work[0], one.alteration] += right
    by_medium = {
        medium: {how: share(found[medium, how], n) for (of, how), n in sorted(all_.items()) if of == medium}
        for medium in MEDIA
    }
    return share(sum(found.values()), len(judged), by_medium=by_medium)

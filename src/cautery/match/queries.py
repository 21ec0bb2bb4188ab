"""Read the bank, what it proposes, and cases of copies; each query asks who may."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import Count, Q

from cautery.core.actors import Actor, Permission
from cautery.core.fingerprints import Frame
from cautery.core.lifecycle import EpisodeState
from cautery.ground.rows import chunks
from cautery.identify.models import EpisodeMedia
from cautery.intake.models import Operation
from cautery.match.asked import Asked
from cautery.match.bank import Bank, Found
from cautery.match.models import BankEntry, Kind, Match

SOME = 500


@dataclass(frozen=True, slots=True)
class Case:
    """Episodes that hold copies of one thing: shown together, decided one by one. `name` is the medium seen first."""

    name: int
    episodes: tuple[int, ...]


def cases(operation: Operation, *, by: Actor, state: EpisodeState = EpisodeState.IN_REVIEW) -> list[Case]:
    """The operation's episodes of one state by the copies they hold, the largest case first; those without a medium are none.

    An episode with media of two cases belongs to the one whose medium was seen first.
    """
    by.require(Permission.INTAKE_ITEM_READ)
    rows = EpisodeMedia.objects.filter(episode__operation=operation, episode__state=state)
    return _cases(rows.values_list("episode_id", "media_id", "media__copy__case_id"))


def case_of(episode: int, *, by: Actor) -> Case | None:
    """All episodes, of any operation and state, with a copy of what this one holds; None where it holds nothing."""
    by.require(Permission.INTAKE_ITEM_READ)
    mine = list(EpisodeMedia.objects.filter(episode_id=episode).values_list("media_id", "media__copy__case_id"))
    if not mine:
        return None
    name = min(case or medium for medium, case in mine)
    rows = EpisodeMedia.objects.filter(Q(media__copy__case_id=name) | Q(media_id=name)).values_list("episode_id")
    return Case(name, tuple(sorted({row[0] for row in rows})))


def proposals(operation: Operation, *, by: Actor) -> list[dict[str, Any]]:
    """What looking back found on episodes that had gone on: for people to look at again, newest first."""
    by.require(Permission.INTAKE_ITEM_READ)
    rows = Match.objects.filter(looking_back=True, episode__operation=operation, entry__quarantined_at__isnull=True)
    fields = (
        "pk",
        "episode_id",
        "episode__state",
        "episode__item__url",
        "entry_id",
        "entry__label",
        "kind",
        "distance",
        "found_at",
    )
    return list(rows.order_by("-found_at", "pk").values(*fields))


def entries(*, by: Actor, quarantined: bool = False, limit: int = 1000) -> list[dict[str, Any]]:
    """Entries of the bank with how often each matched and what people said of that, the newest first."""
    by.require(Permission.MATCH_BANK_IMPORT)
    rows = BankEntry.objects.filter(quarantined_at__isnull=False) if quarantined else BankEntry.objects.all()
    told = rows.annotate(
        matched=Count("matches", distinct=True),
        agreed=Count("matches__opinions", filter=Q(matches__opinions__agrees=True), distinct=True),
        disagreed=Count("matches__opinions", filter=Q(matches__opinions__agrees=False), distinct=True),
    )
    fields = ("label", "kind", "outlet", "severity", "source", "reference", "handling", "negative", "key")
    times = ("valid_from", "valid_until", "added_at", "quarantined_at", "quarantine_reason")
    return list(told.order_by("-pk").values("pk", *fields, *times, "matched", "agreed", "disagreed")[:limit])


def found_of(episodes: Iterable[int], *, by: Actor) -> dict[int, dict[str, Any]]:
    """By episode what it was found to be like: `media` captured, their `cases` of copies by name, `matches` with the bank."""
    by.require(Permission.INTAKE_ITEM_READ)
    told: dict[int, dict[str, Any]] = defaultdict(lambda: {"media": 0, "cases": [], "matches": []})
    for some in chunks(sorted(set(episodes)), SOME):
        held = EpisodeMedia.objects.filter(episode_id__in=some).order_by("pk")
        for episode, medium, case in held.values_list("episode_id", "media_id", "media__copy__case_id"):
            told[episode]["media"] += 1
            told[episode]["cases"].append(case or medium)
        rows = Match.objects.filter(episode_id__in=some).order_by("distance", "pk")
        for episode, *said in rows.values_list("episode_id", "entry__label", "kind", "distance", "form"):
            told[episode]["matches"].append(dict(zip(("label", "kind", "distance", "form"), said, strict=True)))
    return told


@dataclass(frozen=True, slots=True)
class Fingerprinted:
    """A file with its digests in hex, its PDQ in every form it was taken (as it is, mirrored, a page ...), its tracks."""

    file: Path
    md5: str
    sha1: str
    sha256: str
    pdqs: tuple[tuple[bytes, str], ...] = ()
    tracks: tuple[Sequence[Frame], ...] = ()


def find_files(
    files: Iterable[Fingerprinted], *, by: Actor, at: datetime
) -> Iterator[tuple[Path, list[dict[str, Any]]]]:
    """For each file the entries it is, or is like, the same bytes first, then the nearest; nothing is written."""
    by.require(Permission.MATCH_BANK_IMPORT)
    bank = Bank()
    bank.refresh()
    for some in chunks(files, SOME):
        things = [
            Asked(n, one.sha256, one.sha1, one.md5, tuple((form, pdq) for pdq, form in one.pdqs), one.tracks)
            for n, one in enumerate(some)
        ]
        found = bank.find(things, at)
        entries = BankEntry.objects.in_bulk({hit.entry for hits in found.values() for hit in hits})
        for number, file in enumerate(some):
            hits = sorted(found[number], key=lambda hit: (hit.distance, hit.kind, hit.entry))
            yield file.file, [_shown(entries[hit.entry], hit) for hit in hits]


def _shown(entry: BankEntry, hit: Found) -> dict[str, Any]:
    fields = ("label", "kind", "outlet", "severity", "source", "handling")
    told = {name: getattr(entry, name) for name in fields}
    form = "file" if hit.kind == Kind.EXACT else hit.form
    parts = [asdict(part) for part in hit.parts]
    return {"entry": entry.pk, "by": hit.kind, "distance": hit.distance, "form": form, "parts": parts} | told


def _cases(rows: Iterable[tuple[int, int, int | None]]) -> list[Case]:
    named: dict[int, int] = {}
    for episode, medium, case in rows:
        named[episode] = min(named.get(episode, medium), case or medium)
    together: dict[int, list[int]] = defaultdict(list)
    for episode, name in sorted(named.items()):
        together[name].append(episode)
    found = [Case(name, tuple(episodes)) for name, episodes in together.items()]
    return sorted(found, key=lambda case: (-len(case.episodes), case.name))

"""Pull identified episodes and compare their media with the bank; look back when the bank grew.

An entry that looks like too much of what was captured floods people with proposals: it is put into quarantine by the
batch that shows it, and what that batch found of it is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from django.db.models import Count, F, Q

from cautery.core.actors import system
from cautery.core.lifecycle import EpisodeState
from cautery.ground.leases import claim
from cautery.ground.rows import chunks
from cautery.identify.models import EpisodeMedia
from cautery.intake.models import Episode
from cautery.match.actions import record_looking_back, record_matches
from cautery.match.bank import SOME, Bank, Found, media_asked
from cautery.match.models import BankEntry, Kind, Match

__all__ = ["Bank", "look_back", "match_ready"]

BATCH = 2_000
AT_ONCE = 20_000
"""New entries compared with what was captured in one go."""
FLOOD_LEAST = 200
FLOOD_SHARE = 0.05
"""An entry floods when it looks like more media than both: so many, and this share of all that were captured."""
RANKS: dict[str, int] = {Kind.EXACT: 0, Kind.PERCEPTUAL: 1, Kind.VIDEO: 1}
"""Of several media on a page, the one that names a match: the same bytes, else the nearest."""
NAME = "match"


def match_ready(bank: Bank, worker: str, now: datetime) -> int:
    """One batch: claim, compare, record; every episode goes on to review, matched or not."""
    ready = Episode.objects.filter(state=EpisodeState.IDENTIFIED).order_by("pk")
    keys = claim(ready, worker, BATCH)
    if not keys:
        return 0
    bank.refresh()
    links = list(EpisodeMedia.objects.filter(episode_id__in=keys).values_list("episode_id", "media_id"))
    things = media_asked(media_id for _, media_id in links)
    found, flooding = _held_back(bank.find(things, now), bank.captured)
    alike = [*bank.alike(things), *_by_entry(found)]
    record_matches(keys, _matches(links, found), by=system(NAME), at=now, alike=alike, flooding=flooding)
    return len(keys)


def look_back(bank: Bank, now: datetime) -> int:
    """Compare entries that are new with all that was captured before; how many entries.

    Episodes that are still to be matched are left to `match_ready`. What is found is proposed, whatever became of its
    episode: a dismissed one is shown again, nothing is decided.
    """
    entries = list(BankEntry.objects.filter(looked_back_at__isnull=True).order_by("pk")[:AT_ONCE])
    if not entries:
        return 0
    bank.refresh()
    keys = [entry.pk for entry in entries]
    new = set(keys)
    found: dict[int, list[Found]] = {}
    for some in chunks(sorted(bank.captured_like(entries)), BATCH):
        hits = bank.find(media_asked(some), now)
        found |= {medium: mine for medium, all_ in hits.items() if (mine := [f for f in all_ if f.entry in new])}
    found, flooding = _held_back(found, bank.captured)
    links = [link for some in chunks(sorted(found), SOME) for link in _past(some)]
    record_looking_back(
        keys, _matches(links, found), by=system(NAME), at=now, alike=_by_entry(found), flooding=flooding
    )
    return len(keys)


def _past(media: Sequence[int]) -> list[tuple[int, int]]:
    """(episode, medium) of those that were matched before."""
    waiting = (EpisodeState.FLAGGED, EpisodeState.IDENTIFIED)
    rows = EpisodeMedia.objects.filter(media_id__in=media).exclude(episode__state__in=waiting)
    return list(rows.values_list("episode_id", "media_id"))


def _matches(links: Iterable[tuple[int, int]], found: Mapping[int, Sequence[Found]]) -> list[Match]:
    """One match for each episode and entry: of several media the same bytes, else the nearest, names it."""
    matches: dict[tuple[int, int], Match] = {}
    for episode_id, media_id in links:
        for one in found.get(media_id, ()):
            match = Match(
                episode_id=episode_id,
                entry_id=one.entry,
                media_id=media_id,
                kind=one.kind,
                distance=one.distance,
                form=one.form,
                parts=[asdict(part) for part in one.parts],
            )
            held = matches.setdefault((episode_id, one.entry), match)
            if (RANKS[one.kind], one.distance) < (RANKS[held.kind], held.distance):
                matches[episode_id, one.entry] = match
    return list(matches.values())


def _by_entry(found: Mapping[int, Sequence[Found]]) -> list[tuple[int, int]]:
    """Pairs of media that are like the same entry, now or before: copies of one thing."""
    first: dict[int, int] = {}
    entries = sorted({f.entry for all_ in found.values() for f in all_})
    for some in chunks(entries, SOME):
        first.update(Match.objects.filter(entry_id__in=some).order_by("-pk").values_list("entry_id", "media_id"))
    pairs = ((first.setdefault(one.entry, medium), medium) for medium, all_ in found.items() for one in all_)
    return [(other, medium) for other, medium in pairs if other != medium]


def _held_back(found: Mapping[int, list[Found]], captured: int) -> tuple[dict[int, list[Found]], dict[int, int]]:
    """What is left when entries that flood are taken out, and those with how many media they look like."""
    here: dict[int, int] = defaultdict(int)
    for all_ in found.values():
        for f in all_:
            here[f.entry] += f.kind != Kind.EXACT
    busy = [entry for entry, count in here.items() if count]
    since = Q(entry__released_at__isnull=True) | Q(found_at__gt=F("entry__released_at"))
    before: dict[int, int] = {}
    for some in chunks(busy, SOME):
        rows = (
            Match.objects.filter(since, entry_id__in=some).exclude(kind=Kind.EXACT).order_by().values_list("entry_id")
        )
        before.update(rows.annotate(n=Count("media", distinct=True)))
    most = max(FLOOD_LEAST, FLOOD_SHARE * captured)
    flooding = {entry: n for entry in busy if (n := here[entry] + before.get(entry, 0)) > most}
    return {medium: [f for f in all_ if f.entry not in flooding] for medium, all_ in found.items()}, flooding

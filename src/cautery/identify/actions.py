"""Write what was found out about episodes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from cautery.core.actors import Actor
from cautery.core.availability import UNSURE
from cautery.core.lifecycle import EpisodeState
from cautery.core.links import Link
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.directory.models import Provider
from cautery.identify.looking import Look
from cautery.identify.models import Capture, EpisodeMedia, Hosting, Media, Shortened
from cautery.intake.actions import advance, enter
from cautery.intake.models import Episode, Item

TRIES = 4
AGAIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Seen:
    """One episode's page as it was found, and the SHA-256 of its media."""

    episode: Episode
    look: Look
    media: tuple[str, ...] = ()


@dataclass(slots=True)
class Findings:
    """What a batch of look-ups brought: pages, new media by SHA-256, hosting by item."""

    seen: list[Seen] = field(default_factory=list)
    media: dict[str, Media] = field(default_factory=dict)
    hosting: dict[int, tuple[Provider, str]] = field(default_factory=dict)


def record_findings(found: Findings, *, by: Actor, at: datetime) -> int:
    """Keep what was found; episodes whose page could not be seen are tried again, those tried often enough go on without."""
    again = [seen for seen in found.seen if seen.look.judged.verdict in UNSURE and seen.episode.attempts + 1 < TRIES]
    retried = {seen.episode.pk for seen in again}
    with transaction.atomic():
        Media.objects.bulk_create(found.media.values(), ignore_conflicts=True, batch_size=500)
        Episode.objects.filter(pk__in=retried).update(
            attempts=F("attempts") + 1, due_at=at + AGAIN, lease_owner="", lease_until=0.0
        )
        _save_hosting(found.hosting)
        moved = set(
            advance(
                [s.episode.pk for s in found.seen if s.episode.pk not in retried],
                EpisodeState.FLAGGED,
                EpisodeState.IDENTIFIED,
                due_at=at,
            )
        )
        done = [seen for seen in found.seen if seen.episode.pk in moved]
        _save_captures(done, at)
        if done:
            record(
                Event.IDENTIFY_EPISODES_IDENTIFIED,
                by=by,
                at=at,
                subject="episodes",
                facts={"media_new": len(found.media)},
                rows=[_row(seen) for seen in done],
            )
    return len(done)


def _save_captures(done: Sequence[Seen], at: datetime) -> None:
    Capture.objects.bulk_create(
        (
            Capture(
                episode=s.episode,
                at=at,
                status=s.look.status,
                final_url=s.look.final_url,
                verdict=s.look.judged.verdict,
                ground=s.look.judged.ground[:200],
                title=s.look.page.title[:500],
                text=s.look.page.text,
                language=s.look.page.language,
                author=s.look.page.author[:300],
                about=s.look.page.about,
                links=list(s.look.page.links),
            )
            for s in done
        ),
        batch_size=500,
    )
    shas = {sha for s in done for sha in s.media}
    keys = dict(Media.objects.filter(sha256__in=shas).values_list("sha256", "pk"))
    EpisodeMedia.objects.bulk_create(
        (EpisodeMedia(episode=s.episode, media_id=keys[sha]) for s in done for sha in dict.fromkeys(s.media)),
        batch_size=500,
    )


def _save_hosting(hosting: Mapping[int, tuple[Provider, str]]) -> None:
    items = Item.objects.in_bulk(list(hosting))
    Hosting.objects.bulk_create(
        (Hosting(item=items[pk], provider=provider, how=how) for pk, (provider, how) in hosting.items()),
        ignore_conflicts=True,
        batch_size=500,
    )


def _row(seen: Seen) -> dict[str, Any]:
    return {
        "episode": seen.episode.pk,
        "verdict": str(seen.look.judged.verdict),
        "ground": seen.look.judged.ground,
        "media": list(seen.media),
    }


Merging = Callable[[Item, Item, str, datetime], object]
"""Merges one item into another, for a reason, at a time: what a later stage can do and this one is given."""


@dataclass(frozen=True, slots=True)
class Followed:
    """Where a shortened link led: to a web object, or not, and why not in a stable word."""

    episode: Episode
    final_url: str
    link: Link | None = None
    problem: str = ""


def record_followed(followed: Sequence[Followed], merging: Merging, *, by: Actor, at: datetime) -> int:
    """Keep where shortened links led and merge each into the item it stands for; how many were merged.

    One transaction a link. What leads to no object is let go of, and looked up as it is.
    """
    for one in followed:
        item = one.episode.item
        with transaction.atomic():
            Shortened.objects.update_or_create(
                item=item, defaults={"at": at, "final_url": one.final_url, "problem": one.problem[:40]}
            )
            Episode.objects.filter(pk=one.episode.pk).update(lease_owner="", lease_until=0.0)
            if one.link is not None:
                merging(item, enter(one.link, like=item), f"the shortened link leads to {one.final_url}", at)
    with transaction.atomic():
        if followed:
            rows = [{"item": f.episode.item_id, "final_url": f.final_url, "problem": f.problem} for f in followed]
            record(
                Event.IDENTIFY_SHORTENERS_TRIED, by=by, at=at, subject="items", facts={"tried": len(rows)}, rows=rows
            )
    return sum(one.link is not None for one in followed)

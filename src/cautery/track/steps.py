"""Pull what was referred: follow it, probe it, read the providers' answers over their feeds."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from cautery.channels.api import ApiWay
from cautery.core.actors import system
from cautery.core.clock import on_grid
from cautery.core.lifecycle import EpisodeState
from cautery.fetch import Request
from cautery.fetch.reading import Reader
from cautery.ground.leases import claim
from cautery.ground.rows import Earliest, chunks
from cautery.identify.looking import LINKS
from cautery.identify.steps import PAGE_BYTES
from cautery.intake.models import Episode
from cautery.refer.steps import addressee
from cautery.track.actions import (
    FEED_EVERY,
    FEED_QUIET,
    Looked,
    follow,
    move_cursor,
    note_referred,
    record_probes,
    standings,
)
from cautery.track.forms.actions import take_rows
from cautery.track.looking import probed
from cautery.track.models import Feed, Tracking

BATCH = 1_000
RECORDED_AT_ONCE = 250
"""Probes written in one transaction, while the next are still being fetched."""
NAME = "track"
BUSY = 20
"""Answers in one reading that make a feed be read again soon."""
FEED_PAGES = 100
"""Pages of one feed read at once: a feed without end holds up nothing else."""
LOG = logging.getLogger(__name__)
ANNOUNCERS = frozenset({"channel", "account", "group", "site", "page"})
"""Kinds whose out-links are kept: what is still up announces where the rest has gone."""
FOLLOWED = (EpisodeState.COMPOSED, EpisodeState.REFERRED, EpisodeState.HELD)


def follow_new(now: datetime, since: datetime | None = None) -> int:
    """Start tracking what has a notice; with `since` only what was composed from then on is looked at."""
    new = Episode.objects.filter(state__in=FOLLOWED, tracking=None)
    if since is not None:
        new = new.filter(due_at__gte=since)
    found = list(new.select_related("operation", "capture").order_by("pk")[:BATCH])
    return follow(found, at=now) + note_referred(at=now)


def probe_due(reader: Reader, worker: str, now: datetime) -> int:
    """One batch of probes: claim, fetch, judge, record."""
    due = Tracking.objects.filter(next_probe_at__lte=now).order_by("next_probe_at", "pk")
    keys = claim(due, worker, BATCH)
    standing = standings(keys)
    pages = [Request(one.url, max_bytes=PAGE_BYTES, note=_wanted(one.kind)) for one in standing]
    looks = zip(standing, reader.each(pages, probed), strict=True)
    seen = (Looked(one, *found) for one, found in looks)
    return sum(record_probes(part, by=system(NAME), at=now) for part in chunks(seen, RECORDED_AT_ONCE))


def _wanted(kind: str) -> str:
    """Out-links only of pages that may announce something."""
    return LINKS if kind in ANNOUNCERS else ""


def read_feeds(way: ApiWay, now: datetime) -> int:
    """Read on in the answers feed of every provider that has notices of ours, when it is due; all pages there are."""
    feeds = list(Feed.objects.filter(due_at__lte=now).select_related("provider").order_by("pk"))
    firsts = way.answers_of([(addressee(feed.provider), feed.cursor) for feed in feeds])
    return sum(_read_on(way, feed, first, now) for feed, first in zip(feeds, firsts, strict=True))


def _read_on(way: ApiWay, feed: Feed, page: dict[str, Any] | None, now: datetime) -> int:
    """The pages behind the cursor, so many at once; a feed with much news is read again soon, a quiet one later."""
    heard, cursor = 0, feed.cursor
    for number in range(FEED_PAGES):
        if number:
            page = way.answers(addressee(feed.provider), cursor)
        if page is None:
            break
        rows = [row for row in page["answers"] if isinstance(row, dict)]
        problems = take_rows(rows, provider_id=feed.provider_id, source="api", by=system(NAME), at=now)
        if problems:
            LOG.warning("%s answered what could not be taken: %s", feed.provider.slug, "; ".join(problems[:10]))
        heard += len(rows)
        stuck, cursor = page["next"] == cursor, page["next"]
        if stuck or not rows:
            break
    wait, grid = (FEED_EVERY, 5) if heard >= BUSY else (FEED_QUIET, 15)
    move_cursor(feed, cursor, on_grid(now + wait, grid))
    return heard


next_probe = Earliest(lambda: Tracking.objects.filter(next_probe_at__isnull=False), "next_probe_at")
next_reading = Earliest(Feed.objects.all, "due_at")
"""When the next probe is due, and the next reading of a feed."""

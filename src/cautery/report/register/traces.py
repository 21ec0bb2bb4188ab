"""The entries of the log about one item: those that name it, and the rows of those that speak of many at once.

A batch's entry commits to its rows by their root; there is no index of rows. But whatever an action wrote to the register bears
the time of its entry, so the entries are looked up by the times the item's own rows have, and their rows searched for its keys.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from cautery.core.actors import Actor, Permission
from cautery.core.errors import NotFound
from cautery.custody.models import Entry
from cautery.identify.models import Capture
from cautery.intake.models import Episode, Flag, Item
from cautery.intake.queries import hidden, members, require_seen, roots
from cautery.refer.models import Delivery, Notice
from cautery.review.care.queries import refuse_if_closed
from cautery.review.models import Assessment
from cautery.track.models import Answer, Probe
from cautery.watch.models import Sighting

MOST = 300
PROBES = 100


@dataclass(frozen=True, slots=True)
class Trace:
    """An entry about the item, or the row of one: `row` counts from 0 (None: the whole entry). `sealed`: it has its place."""

    entry: int
    at: datetime
    event: str
    actor: str
    subject: str
    row: int | None
    said: str
    sealed: bool


def traces(item_id: int, *, by: Actor) -> list[Trace]:
    """Entries and rows about an item and all merged with it, oldest first, at most 300; `NotFound`."""
    by.require(Permission.CUSTODY_LOG_READ)
    refuse_if_closed(item_id)
    item, standing = Item.objects.filter(pk=item_id).first(), roots([item_id])
    if item is None:
        raise NotFound(f"No item {item_id}.", item=item_id)
    require_seen(item, hidden(by=by))
    family = list(members(standing.values()))
    episodes = list(Episode.objects.filter(item__in=family).values_list("pk", flat=True))
    notices = dict(Notice.objects.filter(item__in=family).values_list("reference", "idempotency_key"))
    batches = Flag.objects.filter(item__in=family).values_list("batch_id", flat=True).distinct()[:MOST]
    subjects = [f"item:{key}" for key in family] + [f"episode:{key}" for key in episodes]
    subjects += [f"notice:{key}" for key in notices] + [f"batch:{key}" for key in batches]
    found = Entry.objects.filter(Q(subject__in=subjects) | Q(at__in=_times(family, episodes)))
    named = _pattern(family, episodes, notices)
    columns = ("pk", "at", "event", "actor", "subject", "body", "rows__lines", "place__position")
    rows = found.order_by("pk").values_list(*columns)[: MOST * 4]
    own = {subject for subject in subjects if not subject.startswith("batch:")}
    return list(_traces(rows, own, named))[:MOST]


def _times(family: list[int], episodes: list[int]) -> set[datetime]:
    """Every moment at which something about them was written down."""
    decided = Assessment.objects.filter(episode__in=episodes)
    columns: tuple[Iterable[datetime | None], ...] = (
        Episode.objects.filter(pk__in=episodes).values_list("opened_at", flat=True),
        Capture.objects.filter(episode__in=episodes).values_list("at", flat=True),
        decided.values_list("decided_at", flat=True),
        decided.values_list("signature__signed_at", flat=True),
        Notice.objects.filter(episode__in=episodes).values_list("composed_at", flat=True),
        Delivery.objects.filter(notice__episode__in=episodes).values_list("sent_at", flat=True),
        Delivery.objects.filter(notice__episode__in=episodes).values_list("received_at", flat=True),
        Answer.objects.filter(notice__episode__in=episodes).values_list("received_at", flat=True),
        Probe.objects.filter(tracking__in=episodes).order_by("-pk").values_list("at", flat=True)[:PROBES],
        Sighting.objects.filter(item__in=family).values_list("at", flat=True),
    )
    return {moment for column in columns for moment in column if moment is not None}


def _pattern(family: list[int], episodes: list[int], notices: dict[str, str]) -> re.Pattern[bytes]:
    """What a row says that speaks of one of them."""
    identities = Item.objects.filter(pk__in=family).values_list("identity", flat=True)
    decisions = Assessment.objects.filter(episode__in=episodes).values_list("pk", flat=True)
    numbers = {"item": family, "predecessor": family, "episode": episodes, "decision": list(decisions)}
    words = {
        "identity": list(identities),
        "subject": list(identities),
        "reference": list(notices),
        "key": list(notices.values()),
    }
    said = [f'"{name}":{key}(?=[,}}])' for name, keys in numbers.items() for key in keys]
    said += [
        re.escape(f'"{name}":{json.dumps(key, ensure_ascii=False)}') for name, keys in words.items() for key in keys
    ]
    return re.compile("|".join(said).encode())


def _traces(rows: Iterable[tuple[Any, ...]], own: set[str], named: re.Pattern[bytes]) -> Iterator[Trace]:
    for key, at, event, actor, subject, body, packed, place in rows:
        sealed = place is not None
        if subject in own:
            yield Trace(
                key, at, event, actor, subject, None, json.dumps(json.loads(body)["facts"], ensure_ascii=False), sealed
            )
        if packed is None:
            continue
        text, last = zlib.decompress(bytes(packed)), -1
        for hit in named.finditer(text):
            number = text.count(b"\n", 0, hit.start())
            if number != last:
                last = number
                yield Trace(
                    key, at, event, actor, subject, number, text.split(b"\n", number + 1)[number].decode(), sealed
                )

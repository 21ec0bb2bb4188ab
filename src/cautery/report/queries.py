"""The figures of an operation, from the register alone. What a probe could not tell stays unknown."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, Min

from cautery.core.actors import Actor, Permission
from cautery.core.availability import Verdict
from cautery.core.lifecycle import DeliveryState, EpisodeState, Outcome
from cautery.core.outcomes import outcome
from cautery.intake.models import Batch, Episode, Flag, Item, Operation, Rejection
from cautery.intake.queries import members, objects_behind, objects_of
from cautery.match.models import Match
from cautery.match.queries import found_of
from cautery.refer.models import Delivery, Notice
from cautery.report.measures.cases import COUNTED, Case
from cautery.report.presence import object_of
from cautery.review.care.queries import closed_items
from cautery.review.models import Assessment, Finding, Hold
from cautery.track.models import Tracking
from cautery.watch.models import Sighting


def flags(operation: Operation) -> dict[str, Any]:
    """Flags units handed in (the watch's own sightings are not flags), and rejected rows by reason."""
    batches = Batch.objects.filter(operation=operation).exclude(source="watch")
    taken = Flag.objects.filter(batch__in=batches)
    refused = Rejection.objects.filter(batch__in=batches)
    return {
        "received": taken.count() + refused.count(),
        "rejected": refused.count(),
        "by_unit": _counts(taken.values_list("batch__unit__slug").annotate(Count("pk"))),
        "by_reason": _counts(refused.values_list("reason").annotate(Count("pk"))),
    }


def items(operation: Operation) -> dict[str, Any]:
    """Distinct objects with an episode in the operation."""
    rows = objects_of(operation)
    return {
        "unique": rows.count(),
        "by_kind": _counts(rows.values_list("kind").annotate(Count("pk"))),
        "by_provider": _counts(rows.values_list("provider").annotate(Count("pk"))),
    }


def matches(operation: Operation) -> dict[str, int]:
    """Items with the bytes of known content, items that only look like it, items with seconds of a known video and no more."""
    found: dict[str, set[int]] = defaultdict(set)
    mine = Match.objects.filter(episode__operation=operation)
    for kind, item in mine.values_list("kind", object_of("episode__item")).distinct():
        found[kind].add(item)
    exact, alike, video = found["exact"], found["perceptual"], found["video"]
    return {"exact": len(exact), "perceptual": len(alike - exact), "video": len(video - alike - exact)}


def decisions(operation: Operation) -> dict[str, Any]:
    """Decisions on episodes, and those whose notice waits for a unit's investigation."""
    mine = Assessment.objects.filter(episode__operation=operation)
    dismissed = mine.filter(finding=Finding.DISMISSED)
    return {
        "confirmed": mine.filter(finding=Finding.CONFIRMED).count(),
        "dismissed": dismissed.count(),
        "held": Episode.objects.filter(operation=operation, state=EpisodeState.HELD).count(),
        "refused_by_signer": mine.filter(signature__act="refuse").count(),
        "by_purpose": _counts(dismissed.values_list("purpose").annotate(Count("pk"))),
    }


def notices(operation: Operation) -> dict[str, Any]:
    """Notices that reached a provider, and how close together the first batches left (the machine's clock)."""
    sent = Delivery.objects.filter(notice__operation=operation, state__in=COUNTED)
    at_t0 = sent.filter(due_at__lte=operation.t0) if operation.t0 else sent
    firsts = list(at_t0.filter(attempts=1).values_list("provider__slug").annotate(first=Min("sent_wall")))
    walls = sorted(first for _, first in firsts if first is not None)
    return {
        "sent": sent.count(),
        "by_provider": _counts(sent.values_list("provider__slug").annotate(Count("pk"))),
        "by_channel": _counts(sent.values_list("channel").annotate(Count("pk"))),
        "by_instrument": _counts(sent.values_list("notice__instrument").annotate(Count("pk"))),
        "first_sent_at": _wall(walls[0]) if walls else None,
        "last_first_batch_at": _wall(walls[-1]) if walls else None,
        "spread_s": round(walls[-1] - walls[0], 3) if walls else None,
        "first_received_at": _iso(sent.aggregate(first=Min("received_at"))["first"]),
    }


def outcome_of(tracking: Tracking) -> Outcome:
    """The outcome of the notice of one episode."""
    verdict = Verdict(tracking.down_verdict) if tracking.down_verdict else Verdict(tracking.verdict)
    return outcome(verdict, tracking.answer or None)


def outcomes(rows: Iterable[Case]) -> dict[str, Any]:
    """Outcomes of notices, in all and by provider; they add up to the notices sent."""
    total: Counter[str] = Counter()
    by_provider: dict[str, Counter[str]] = {}
    for case in rows:
        total[case.outcome] += 1
        by_provider.setdefault(case.provider, Counter())[case.outcome] += 1
    return {**_seven(total), "by_provider": {slug: _seven(counts) for slug, counts in sorted(by_provider.items())}}


def _seven(counts: Counter[str]) -> dict[str, int]:
    return {str(kind): counts[kind] for kind in Outcome}


def deconfliction(operation: Operation) -> dict[str, int]:
    """Holds set, and notices they caught."""
    return {
        "holds": Hold.objects.filter(operation=operation).count(),
        "hits": Delivery.objects.filter(notice__operation=operation, state=DeliveryState.HELD).count(),
    }


def sightings(operation: Operation) -> list[Sighting]:
    """Sightings that a reviewer confirmed."""
    return list(
        Sighting.objects.filter(operation=operation, episode__assessment__finding=Finding.CONFIRMED).order_by("pk")
    )


def register_page(
    operation: Operation, *, after: str, limit: int, by: Actor
) -> tuple[list[dict[str, Any]], str | None]:
    """The operation's items with their episodes, `limit` from behind the cursor; the next cursor, None at the end.

    Of what must not be seen only that it is there: link, key and owner are empty.
    """
    by.require(Permission.INTAKE_ITEM_READ)
    keys = objects_behind(operation, int(after) if after.isdigit() else 0, limit)
    rows = list(Item.objects.filter(pk__in=keys).select_related("first_batch").order_by("pk"))
    episodes: dict[int, list[dict[str, Any]]] = {row.pk: [] for row in rows}
    family = members(episodes)
    standing = Episode.objects.filter(item__in=family, operation=operation).exclude(state=EpisodeState.SET_ASIDE)
    found = standing.select_related("item", "assessment", "tracking", "sighting_row")
    delivered = _delivered(operation, family)
    standing_there = list(found.order_by("opened_at", "pk"))
    known = found_of([episode.pk for episode in standing_there], by=by)
    for episode in standing_there:
        episodes[family[episode.item_id]].append(_episode_row(episode, delivered) | known[episode.pk])
    closed = closed_items(episodes)
    page = [
        {
            "item_id": row.pk,
            "url": "" if row.pk in closed else row.url,
            "provider": row.provider,
            "kind": row.kind,
            "key": "" if row.pk in closed else row.key,
            "owner": "" if row.pk in closed else row.owner,
            "state": episodes[row.pk][-1]["state"],
            "first_flagged_at": row.first_flagged_at,
            "first_source": row.first_batch.source,
            "episodes": episodes[row.pk],
        }
        for row in rows
    ]
    return page, (str(rows[-1].pk) if len(rows) == limit else None)


def _delivered(operation: Operation, items: Iterable[int]) -> dict[int, str]:
    mine = Notice.objects.filter(item__in=list(items), operation=operation, delivery__state__in=COUNTED)
    return dict(mine.values_list("episode_id", "idempotency_key"))


def _episode_row(episode: Episode, delivered: dict[int, str]) -> dict[str, Any]:
    assessment = getattr(episode, "assessment", None)
    tracking = getattr(episode, "tracking", None)
    sighting = getattr(episode, "sighting_row", None)
    key = delivered.get(episode.pk)
    return {
        "episode_id": episode.pk,
        "number": episode.number,
        "opened_at": episode.opened_at,
        "opened_by": episode.opened_by,
        "state": episode.state,
        "decision": assessment.finding if assessment else None,
        "outcome": str(outcome_of(tracking)) if tracking is not None and key else None,
        "idempotency_key": key,
        "way": sighting.way if sighting else None,
        "predecessor_item_id": sighting.predecessor_id if sighting else None,
        "first_down_at": tracking.first_down_at if tracking else None,
        "last_up_at": tracking.last_up_at if tracking else None,
    }


def _counts(rows: Any) -> dict[str, int]:
    return {str(name): n for name, n in sorted(rows, key=lambda row: str(row[0]))}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _wall(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).isoformat()

"""Read the queue: what waits for a person, in which order, and what is said to each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.timezone import now as wall

from cautery.core.actors import Actor, Permission
from cautery.core.canonical import digest
from cautery.core.errors import NotFound
from cautery.core.lifecycle import EpisodeState
from cautery.core.tongues import Readers
from cautery.core.triage import Ranked, Waiting, rank
from cautery.identify.models import Media
from cautery.intake.models import Episode, Flag, Operation
from cautery.intake.queries import hidden
from cautery.match.models import Match
from cautery.match.queries import case_of
from cautery.review.models import Assessment, Precedence, Quarantine, Question, Rest, Showing
from cautery.review.queries import review_items
from cautery.review.queue.languages import languages_of, readers, routed

WINDOW = 150
"""Of the matched, and of the oldest, so many are ranked: choosing costs the same however many wait."""

FURTHER = 4
"""So many times the window is looked through where some of what is in it may be kept for others."""

COPIES_SHOWN = 8
KIND, OUTLET = "kind:", "outlet:"


@dataclass(frozen=True, slots=True)
class Desk:
    """What a reviewer has before them: the item, copies whose context is shown too, and why it is this one."""

    item: dict[str, Any]
    copies: list[dict[str, Any]]
    copies_hidden: int
    questions: list[dict[str, Any]]
    subjects: list[str]
    lease_until: float


def open_to(operation: Operation, *, by: Actor) -> QuerySet[Episode]:
    """Episodes in review this officer may be given: not quarantined, not passed on by them, nothing of a subject they rest from."""
    by.require(Permission.REVIEW_EPISODE_CLAIM)
    rows = Episode.objects.filter(operation=operation, state=EpisodeState.IN_REVIEW)
    rows = rows.exclude(item__in=Quarantine.objects.values("item"))
    if not by.officer_id:
        return rows
    rows = rows.exclude(pk__in=Question.objects.filter(officer=UUID(by.officer_id)).values("episode"))
    rested = Rest.objects.filter(officer=UUID(by.officer_id), until=None).values("subject")
    outlets = Match.objects.annotate(subject=Concat(Value(OUTLET), "entry__outlet")).filter(subject__in=rested)
    rows = rows.annotate(subject=Concat(Value(KIND), "item__kind")).exclude(subject__in=rested)
    return rows.exclude(pk__in=outlets.values("episode"))


def ranked(operation: Operation, *, by: Actor, at: datetime) -> list[Ranked]:
    """What is free for this officer, most pressing first; a constant number of statements."""
    who = readers(operation, by=by)
    free = open_to(operation, by=by).filter(lease_until__lt=wall().timestamp())
    window = WINDOW * FURTHER if who.kept else WINDOW
    known = Match.objects.filter(episode__in=free).values("episode").annotate(worst=Max("entry__severity"))
    keys = set(known.order_by("-worst", "episode").values_list("episode", flat=True)[:window])
    keys |= set(free.filter(questions__isnull=False).order_by("pk").values_list("pk", flat=True)[:window])
    order = _order(operation, free)
    keys |= set(free.filter(item__in=order).values_list("pk", flat=True))
    if who.kept:
        keys = set(routed(Episode.objects.filter(pk__in=keys), operation, who, at).values_list("pk", flat=True))
    oldest = routed(free, operation, who, at).order_by("pk")
    keys |= set(oldest.values_list("pk", flat=True)[:WINDOW])
    return rank(_waiting(keys, order, who), at, _served(operation))


def _order(operation: Operation, free: QuerySet[Episode]) -> dict[int, int]:
    """Of the items people chose to work on together, the first that are free, and the place of each."""
    chosen = Precedence.objects.filter(operation=operation, item__in=free.values("item")).order_by("place")
    return dict(chosen.values_list("item", "place")[:WINDOW])


def _waiting(keys: set[int], order: dict[int, int], who: Readers) -> list[Waiting]:
    rows = Episode.objects.filter(pk__in=keys).values_list("pk", "item_id", "opened_at")
    matches = Match.objects.filter(episode__in=keys).values("episode")
    known = dict(matches.annotate(worst=Max("entry__severity")).values_list("episode", "worst"))
    exact = set(matches.filter(kind="exact").values_list("episode", flat=True))
    flags = Flag.objects.filter(item__in=[item for _, item, _ in rows]).values("item")
    reach = {
        row["item"]: row
        for row in flags.annotate(units=Count("batch__unit", distinct=True), unit=Min("batch__unit__slug"))
    }
    languages = languages_of(keys) if who.mine else {}
    return [
        Waiting(
            pk,
            known.get(pk, 0),
            reach[item]["units"] if item in reach else 0,
            2 if pk in exact else int(pk in known),
            since,
            (reach[item]["unit"] or "") if item in reach else "",
            order.get(item, 0),
            languages.get(pk, ""),
            who.reading(languages.get(pk, "")),
        )
        for pk, item, since in rows
    ]


def _served(operation: Operation) -> dict[str, int]:
    """Decisions so far by the unit whose list came first."""
    decided = Assessment.objects.filter(episode__operation=operation)
    rows = decided.values_list("episode__item__first_batch__unit__slug").annotate(n=Count("pk"))
    return {slug or "": n for slug, n in rows.order_by()}


def anything_for(operation: Operation, *, by: Actor, at: datetime) -> bool:
    """Whether anything waits that is not kept for others who read its language."""
    return routed(open_to(operation, by=by), operation, readers(operation, by=by), at).exists()


def waiting_counts(operation: Operation, *, by: Actor) -> dict[str, int]:
    """How many wait for anybody, how many of them for this officer, and how many others hold now."""
    free = open_to(operation, by=by)
    all_ = Episode.objects.filter(operation=operation, state=EpisodeState.IN_REVIEW)
    held = all_.filter(lease_until__gte=wall().timestamp()).exclude(lease_owner=by.name)
    return {"all": all_.count(), "mine": free.count(), "held": held.count()}


def held_by(operation: Operation, *, by: Actor) -> list[int]:
    """What this officer holds now, oldest first."""
    by.require(Permission.REVIEW_EPISODE_CLAIM)
    mine = Episode.objects.filter(operation=operation, state=EpisodeState.IN_REVIEW, lease_owner=by.name)
    mine = mine.filter(lease_until__gte=wall().timestamp()).exclude(item__in=Quarantine.objects.values("item"))
    return list(mine.order_by("pk").values_list("pk", flat=True))


def copies_of(episode: Episode, *, by: Actor) -> tuple[list[int], int]:
    """Free copies of it in the same operation that can be decided beside it, and how many more there are than are shown."""
    case = case_of(episode.pk, by=by)
    if case is None:
        return [], 0
    free = open_to(episode.operation, by=by).filter(pk__in=case.episodes).exclude(pk=episode.pk)
    free = free.filter(Q(lease_until__lt=wall().timestamp()) | Q(lease_owner=by.name))
    keys = list(free.order_by("pk").values_list("pk", flat=True))
    return keys[:COPIES_SHOWN], max(0, len(keys) - COPIES_SHOWN)


def held_episode(episode_id: int, operation: Operation, *, by: Actor) -> Episode:
    """An episode of the operation that this officer holds; `NotFound` where they do not, or it must not be seen."""
    mine = open_to(operation, by=by).filter(pk=episode_id, lease_owner=by.name, lease_until__gte=wall().timestamp())
    episode = mine.select_related("item", "operation").first()
    if episode is None:
        raise NotFound("You do not hold this item, or it went on meanwhile.", episode=episode_id)
    return episode


def desk_of(episode: Episode, copies: Sequence[int], hidden: int, *, by: Actor) -> Desk:
    """Everything shown for an episode, and beside it the context of its copies."""
    by.require(Permission.REVIEW_EPISODE_CLAIM)
    episode_id = episode.pk
    item, *others = review_items([episode_id, *copies])
    asked = Question.objects.filter(episode=episode_id).order_by("at")
    outlets = {match["outlet"] for match in item["matches"] if match["outlet"]}
    return Desk(
        item,
        others,
        hidden,
        [dict(row) for row in asked.values("text", "at", "officer__name")],
        [f"{KIND}{episode.item.kind}", *(f"{OUTLET}{outlet}" for outlet in sorted(outlets))],
        episode.lease_until,
    )


def shown_digest(item: dict[str, Any]) -> str:
    """SHA-256 over what is shown of an item: what was seen is what is recorded."""
    return digest(
        {key: value.isoformat() if isinstance(value, datetime) else value for key, value in _plain(item).items()}
    )


def _plain(item: dict[str, Any]) -> dict[str, Any]:
    earlier = [{**said, "decided_at": said["decided_at"].isoformat()} for said in item["earlier"]]
    return {**item, "earlier": earlier}


def shown_to(keys: Sequence[int], *, by: Actor) -> dict[int, str]:
    """Of these episodes those whose context this officer was shown, with the digest of it."""
    known = [key for key in keys if key < 1 << 63]
    rows = Showing.objects.filter(episode__in=known, officer=UUID(by.officer_id))
    return dict(rows.values_list("episode_id", "digest"))


def medium_of(episode_id: int, sha256: str, *, by: Actor) -> Media:
    """A medium of an episode; `NotFound` where it has none such, or must not be seen: here, or where else the same bytes were shown."""
    by.require(Permission.INTAKE_EVIDENCE_READ)
    here = Q(item__episodes=episode_id) | Q(item__episodes__media__media__sha256=sha256)
    closed = Quarantine.objects.filter(here).exists()
    seen = Episode.objects.filter(pk=episode_id).exclude(operation__in=hidden(by=by))
    found = None if closed else Media.objects.filter(sha256=sha256, episodes__episode__in=seen).first()
    if found is None:
        raise NotFound("There is no such picture to look at.", episode=episode_id)
    return found

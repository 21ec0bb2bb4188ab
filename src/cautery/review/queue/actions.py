"""Write what happens at the desk: an item is taken and shown, passed on for a second opinion, or let go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from cautery.core.actors import Actor, Permission
from cautery.core.errors import MovedMeanwhile, Refused
from cautery.core.lifecycle import EpisodeState
from cautery.custody.actions import consult, record
from cautery.custody.events import Event
from cautery.ground.leases import claim, renew
from cautery.intake.models import Episode, Operation
from cautery.review.care.actions import note_exposure
from cautery.review.models import Precedence, Question, Showing
from cautery.review.queue.queries import Desk, copies_of, desk_of, held_by, held_episode, open_to, ranked, shown_digest

LEASE_S = 900.0
"""How long an item stays with the officer who has it before them; then it returns by itself."""

TRIES = 20


def take_next(operation: Operation, *, by: Actor, at: datetime) -> tuple[int, str] | None:
    """What this officer holds, else the most pressing free episode, leased; with the reason. None where nothing waits."""
    held = held_by(operation, by=by)
    if held:
        renew(Episode, held[:1], by.name, LEASE_S)
        return held[0], "you have it before you already"
    for found in ranked(operation, by=by, at=at)[:TRIES]:
        if claim(open_to(operation, by=by).filter(pk=found.episode), by.name, 1, LEASE_S):
            return found.episode, found.reason
    return None


def show(episode_id: int, operation: Operation, *, by: Actor, at: datetime) -> Desk:
    """Everything to decide an episode by, with its copies leased beside it. The log says what was looked at, and on what digest."""
    episode = held_episode(episode_id, operation, by=by)
    copies, hidden = copies_of(episode, by=by)
    with transaction.atomic(savepoint=False):
        claim(open_to(operation, by=by).filter(pk__in=copies), by.name, len(copies), LEASE_S)
        mine = Episode.objects.filter(pk__in=copies, lease_owner=by.name, state=EpisodeState.IN_REVIEW)
        desk = desk_of(episode, sorted(mine.values_list("pk", flat=True)), hidden, by=by)
        items = [desk.item, *desk.copies]
        new = _note_showings(items, by, at)
        if new:
            note_exposure(items=len(new), pictures=0, by=by, at=at)
        consult([f"episode:{item['episode_id']}" for item in items], by=by, at=at, why="to decide")
    return desk


def _note_showings(items: Sequence[dict[str, Any]], by: Actor, at: datetime) -> list[Showing]:
    """Keep what was shown; what changed since it was shown last is kept anew. The rows that are new."""
    seen = {row.episode_id: row for row in _showings([item["episode_id"] for item in items], by)}
    new: list[Showing] = []
    for item in items:
        digest, row = shown_digest(item), seen.get(item["episode_id"])
        if row is None:
            new.append(Showing(episode_id=item["episode_id"], officer_id=by.officer_id, digest=digest, at=at))
        elif row.digest != digest:
            Showing.objects.filter(pk=row.pk).update(digest=digest, at=at)
    Showing.objects.bulk_create(new)
    return new


def _showings(keys: Sequence[int], by: Actor) -> list[Showing]:
    return list(Showing.objects.filter(episode__in=keys, officer=UUID(by.officer_id)))


def reveal(episode_id: int, subject: str, *, by: Actor, at: datetime) -> None:
    """Note that a picture was uncovered, before it is given out."""
    by.require(Permission.INTAKE_EVIDENCE_READ)
    with transaction.atomic():
        Showing.objects.filter(episode=episode_id, officer=UUID(by.officer_id)).update(revealed=True)
        note_exposure(items=0, pictures=1, by=by, at=at)
        consult([f"episode:{episode_id}", f"media:{subject}"], by=by, at=at, why="uncovered to decide")


def ask_opinion(episode_id: int, text: str, *, by: Actor, at: datetime) -> None:
    """Pass an episode this officer holds on to another reviewer, with the question; it does not come back to who asked."""
    by.require(Permission.REVIEW_EPISODE_DECIDE)
    if not text.strip():
        raise Refused("A second opinion needs a question.", reason="no_question")
    with transaction.atomic():
        _let_go([episode_id], by)
        Question.objects.update_or_create(
            episode_id=episode_id, officer_id=by.officer_id, defaults={"text": text.strip(), "at": at}
        )
        record(
            Event.REVIEW_OPINION_ASKED,
            by=by,
            at=at,
            subject=f"episode:{episode_id}",
            facts={"question": text.strip()},
        )


def let_go_of_all(operation: Operation, *, by: Actor, but: Sequence[int] = ()) -> int:
    """Give back whatever this officer holds, `but` these; how many."""
    by.require(Permission.REVIEW_EPISODE_CLAIM)
    mine = Episode.objects.filter(operation=operation, lease_owner=by.name, state=EpisodeState.IN_REVIEW)
    return mine.exclude(pk__in=but).update(lease_owner="", lease_until=0.0)


def set_order(operation: Operation, items: Sequence[int], *, by: Actor) -> None:
    """Let the queue prefer these items, the first one most, and no others: in the transaction and the entry of whoever chose them."""
    by.require(Permission.REPORT_PLAN_CHOOSE)
    Precedence.objects.filter(operation=operation).delete()
    Precedence.objects.bulk_create(
        [Precedence(operation=operation, item_id=item, place=place) for place, item in enumerate(items, 1)],
        batch_size=500,
    )


def _let_go(keys: Sequence[int], by: Actor) -> None:
    mine = Episode.objects.filter(Q(pk__in=keys), state=EpisodeState.IN_REVIEW, lease_owner=by.name)
    if mine.update(lease_owner="", lease_until=0.0) != len(keys):
        raise MovedMeanwhile("You do not hold this item any longer.", episodes=list(keys))

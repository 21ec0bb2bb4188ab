"""Write what officers find. A person decides; the machine only brings the next items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from cautery.core.actors import Actor, Permission
from cautery.core.errors import LinkRefused
from cautery.core.lifecycle import EpisodeState
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.directory.models import Unit
from cautery.ground.answers import Answers, Result
from cautery.ground.leases import claim, renew
from cautery.intake.actions import advance
from cautery.intake.models import Episode, Operation
from cautery.intake.rules import object_of
from cautery.review.models import LIMBS, Assessment, Finding, Hold, Instrument, Purpose

CLAIM_LIMIT = 500
CLAIM_SECONDS = 1_800.0


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer says of one episode."""

    episode_id: int
    outcome: str
    reason: str
    limbs: Sequence[str] = ()
    protected_purpose: str = Purpose.NONE
    instrument: str = Instrument.REFERRAL


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """An object a unit wants held back, by its link."""

    url: str
    reason: str
    until: datetime


def claim_episodes(operation: Operation, limit: int, *, by: Actor) -> list[int]:
    """Lease up to `limit` episodes to a reviewer: first what this officer already holds, then the oldest free ones."""
    by.require(Permission.REVIEW_EPISODE_CLAIM)
    limit = min(limit, CLAIM_LIMIT)
    ready = Episode.objects.filter(operation=operation, state=EpisodeState.IN_REVIEW).order_by("pk")
    held = list(ready.filter(lease_owner=by.name).values_list("pk", flat=True)[:limit])
    renew(Episode, held, by.name, CLAIM_SECONDS)
    return held + claim(ready.exclude(pk__in=held), by.name, limit - len(held), CLAIM_SECONDS)


def decide_many(decisions: Sequence[Decision], *, by: Actor, at: datetime) -> list[Result]:
    """Record decisions on episodes this officer holds, in one transaction; each row is told what became of it."""
    by.require(Permission.REVIEW_EPISODE_DECIDE)
    answers = Answers([decision.episode_id for decision in decisions])
    sound = answers.once((d.episode_id, d) for d in decisions if not _complain(d, answers))
    with transaction.atomic():
        for done in Assessment.objects.filter(episode_id__in=sound):
            same = str(done.reviewer_id) == by.officer_id and done.finding == sound[done.episode_id].outcome
            answers.say(done.episode_id, "already" if same else "conflict", "decided before")
        mine = set(
            Episode.objects.filter(pk__in=sound, state=EpisodeState.IN_REVIEW, lease_owner=by.name).values_list(
                "pk", flat=True
            )
        )
        taken = [d for pk, d in sound.items() if pk in mine and pk not in answers.by_key]
        moved = _move(taken, at)
        kept = [d for d in taken if d.episode_id in moved]
        Assessment.objects.bulk_create((_assessment(d, by, at) for d in kept), batch_size=500)
        if kept:
            record(
                Event.REVIEW_DECISIONS_RECORDED,
                by=by,
                at=at,
                subject="episodes",
                facts={"decisions": len(kept)},
                rows=[_row(d) for d in kept],
            )
        for decision in kept:
            answers.say(decision.episode_id, "recorded")
    for pk in sound:
        answers.say(pk, "conflict", "not held by this officer, or no longer in review")
    return answers.all()


def _move(decisions: Sequence[Decision], at: datetime) -> set[int]:
    moved: set[int] = set()
    for outcome, target in ((Finding.CONFIRMED, EpisodeState.CONFIRMED), (Finding.DISMISSED, EpisodeState.DISMISSED)):
        keys = [d.episode_id for d in decisions if d.outcome == outcome]
        moved.update(advance(keys, EpisodeState.IN_REVIEW, target, due_at=at))
    return moved


def _complain(decision: Decision, answers: Answers) -> bool:
    """The rules of a decision: a known finding, a reason; confirmed needs a limb and no protected purpose; a dismissal may name one."""
    problem = ""
    if decision.outcome not in Finding.values or decision.protected_purpose not in Purpose.values:
        problem = "no such outcome or purpose"
    elif decision.instrument not in Instrument.values:
        problem = "no such instrument"
    elif not decision.reason.strip():
        problem = "a decision needs its reason"
    elif decision.outcome == Finding.CONFIRMED and (not decision.limbs or set(decision.limbs) - set(LIMBS)):
        problem = "a confirmed item needs at least one limb of Art 2(7), a to e"
    elif decision.outcome == Finding.CONFIRMED and decision.protected_purpose != Purpose.NONE:
        problem = "a protected purpose excludes a referral"
    if problem:
        answers.say(decision.episode_id, "refused", problem)
    return bool(problem)


def _assessment(decision: Decision, by: Actor, at: datetime) -> Assessment:
    return Assessment(
        episode_id=decision.episode_id,
        finding=decision.outcome,
        limbs=sorted(decision.limbs),
        purpose=decision.protected_purpose,
        reason=decision.reason,
        instrument=decision.instrument,
        reviewer_id=by.officer_id,
        decided_at=at,
    )


def _row(decision: Decision) -> dict[str, Any]:
    return {
        "episode": decision.episode_id,
        "finding": str(decision.outcome),
        "limbs": sorted(decision.limbs),
        "purpose": str(decision.protected_purpose),
        "reason": decision.reason,
    }


def hold_many(operation: Operation, requests: Sequence[HoldRequest], *, by: Actor, at: datetime) -> list[Result]:
    """Mark investigation interest of the officer's unit in objects, by their links; a later end makes one last longer."""
    by.require(Permission.REVIEW_HOLD_SET)
    answers = Answers([request.url for request in requests])
    unit = Unit.objects.get(slug=by.unit)
    wanted: dict[str, Hold] = {}
    for request in requests:
        try:
            link = object_of(request.url)
        except LinkRefused as error:
            answers.say(request.url, "refused", error.reason)
            continue
        if request.until <= at:
            answers.say(request.url, "refused", "its end has passed")
            continue
        wanted[request.url] = Hold(
            operation=operation,
            unit=unit,
            identity=link.identity,
            provider=link.provider,
            key=link.key,
            reason=request.reason,
            set_at=at,
            until=request.until,
        )
    with transaction.atomic():
        have = _have(operation, unit, wanted)
        new = {h.identity: h for h in wanted.values() if h.identity not in have or have[h.identity].until < h.until}
        Hold.objects.bulk_create((hold for hold in new.values() if hold.identity not in have), ignore_conflicts=True)
        for hold in new.values():
            if hold.identity in have:
                Hold.objects.filter(pk=have[hold.identity].pk).update(until=hold.until, reason=hold.reason)
        if new:
            rows = [{"identity": hold.identity, "until": hold.until.isoformat()} for hold in new.values()]
            record(
                Event.REVIEW_HOLDS_SET,
                by=by,
                at=at,
                subject=f"operation:{operation.slug}",
                facts={"unit": by.unit},
                rows=rows,
            )
    for url, hold in wanted.items():
        answers.say(url, "recorded" if hold.identity in new else "already")
    return answers.all()


def _have(operation: Operation, unit: Unit, wanted: Mapping[str, Hold]) -> dict[str, Hold]:
    identities = [hold.identity for hold in wanted.values()]
    return {h.identity: h for h in Hold.objects.filter(operation=operation, unit=unit, identity__in=identities)}

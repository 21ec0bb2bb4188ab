"""Write what officers find. A person decides; the machine only brings the next items."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from cautery.core.actors import Actor, Permission
from cautery.core.errors import LinkRefused, MovedMeanwhile, Refused
from cautery.core.grounds import codes_of, grounds
from cautery.core.lifecycle import EpisodeState
from cautery.core.marks import Marker
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.directory.models import Unit
from cautery.ground.answers import Answers, Result
from cautery.ground.leases import claim, hold, renew
from cautery.ground.rows import insert_many
from cautery.intake.actions import advance
from cautery.intake.models import Episode, Operation
from cautery.intake.queries import any_in
from cautery.intake.rules import object_of
from cautery.review.models import LIMBS, Assessment, Finding, Hold, Instrument, Purpose, Quarantine
from cautery.review.queries import marker
from cautery.review.queue.languages import readers, routed

FOUND = (
    "episode", "finding", "limbs", "grounds", "designation", "details", "purpose", "reason", "instrument", "reviewer",
    "decided_at", "lease_owner", "lease_until",
)  # fmt: skip
CLAIM_LIMIT = 500
CLAIM_SECONDS = 1_800.0
UNDO = timedelta(minutes=1)
"""How long a reviewer may take a decision back, as long as nobody signed it."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer says of one episode."""

    episode_id: int
    outcome: str
    reason: str
    limbs: Sequence[str] = ()
    protected_purpose: str = Purpose.NONE
    instrument: str = Instrument.REFERRAL
    seen: str = ""
    """Digest of what was shown to the reviewer, where the desk showed it."""
    grounds: Sequence[str] = ()
    designation: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def codes(self) -> list[str]:
        """The grounds it names: those given, else those of its limbs."""
        return sorted(set(self.grounds)) or codes_of(self.limbs)


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """What a unit wants held back: an object by its link, a whole domain (`domain:NAME`), or a file (`sha256:HEX`)."""

    url: str
    reason: str
    until: datetime


def claim_episodes(operation: Operation, limit: int, *, by: Actor, at: datetime | None = None) -> list[int]:
    """Lease up to `limit` episodes to a reviewer: first what this officer already holds, then the oldest free ones.

    With `at`, what is kept for those who read its language is left to them (queue/languages.py).
    """
    by.require(Permission.REVIEW_EPISODE_CLAIM)
    if not any_in(operation, EpisodeState.IN_REVIEW):
        return []
    limit = min(limit, CLAIM_LIMIT)
    ready = Episode.objects.filter(operation=operation, state=EpisodeState.IN_REVIEW).order_by("pk")
    ready = ready.exclude(item__in=Quarantine.objects.values("item"))
    held = list(ready.filter(lease_owner=by.name).values_list("pk", flat=True)[:limit])
    renew(Episode, held, by.name, CLAIM_SECONDS)
    free = ready.exclude(pk__in=held)
    if at is not None:
        free = routed(free, operation, readers(operation, by=by), at)
    return held + claim(free, by.name, limit - len(held), CLAIM_SECONDS)


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
        insert_many([_assessment(d, by, at) for d in kept], FOUND)
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
    elif unknown := set(decision.grounds) - set(grounds()):
        problem = f"no ground of the list: {', '.join(sorted(unknown))[:80]}"
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
        grounds=decision.codes if decision.outcome == Finding.CONFIRMED else [],
        designation=decision.designation,
        details=dict(decision.details),
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
    } | ({"seen": decision.seen} if decision.seen else {})


def withdraw_decisions(episodes: Sequence[int], *, by: Actor, at: datetime) -> int:
    """Take back this officer's own decisions within `UNDO`, all or none; their episodes are in review again, and theirs.

    `Refused` when it is too late, `MovedMeanwhile` when somebody signed, refused, or the object was flagged anew since.
    """
    by.require(Permission.REVIEW_EPISODE_DECIDE)
    with transaction.atomic():
        mine = Assessment.objects.select_for_update().filter(episode__in=episodes, reviewer=UUID(by.officer_id))
        found = list(mine.order_by("pk"))
        if any(at - row.decided_at > UNDO for row in found):
            raise Refused("A decision can be taken back within a minute.", reason="too_late")
        signed = Assessment.objects.filter(pk__in=[row.pk for row in found], signature__isnull=False).exists()
        if not found or signed or len(found) != len(set(episodes)):
            raise MovedMeanwhile("Somebody signed it meanwhile, or it is not your decision.", episodes=list(episodes))
        _back(found, by)
        rows = [{"episode": row.episode_id, "finding": row.finding, "reason": row.reason} for row in found]
        Assessment.objects.filter(pk__in=[row.pk for row in found]).delete()
        record(
            Event.REVIEW_DECISIONS_WITHDRAWN,
            by=by,
            at=at,
            subject="episodes",
            facts={"decisions": len(found)},
            rows=rows,
        )
    return len(found)


def _back(decisions: Sequence[Assessment], by: Actor) -> None:
    moved: list[int] = []
    try:
        for finding, state in (
            (Finding.CONFIRMED, EpisodeState.CONFIRMED),
            (Finding.DISMISSED, EpisodeState.DISMISSED),
        ):
            keys = [row.episode_id for row in decisions if row.finding == finding]
            moved += advance(keys, state, EpisodeState.IN_REVIEW)
    except IntegrityError as error:
        raise MovedMeanwhile("The object was flagged anew meanwhile.", episodes=sorted(moved)) from error
    if len(moved) != len(decisions):
        raise MovedMeanwhile("It went on meanwhile.", episodes=sorted(moved))
    hold(Episode, moved, by.name, CLAIM_SECONDS)


def hold_many(operation: Operation, requests: Sequence[HoldRequest], *, by: Actor, at: datetime) -> list[Result]:
    """Mark investigation interest of the officer's unit; a later end makes one last longer. Only keyed digests are kept."""
    by.require(Permission.REVIEW_HOLD_SET)
    answers = Answers([request.url for request in requests])
    unit, made = Unit.objects.get(slug=by.unit), marker()
    wanted: dict[str, Hold] = {}
    for request in requests:
        if request.until <= at:
            answers.say(request.url, "refused", "its end has passed")
            continue
        try:
            digest, owner = _marks(request.url, made)
        except LinkRefused as error:
            answers.say(request.url, "refused", error.reason)
            continue
        wanted[request.url] = Hold(
            operation=operation,
            unit=unit,
            digest=digest,
            owner_digest=owner,
            key_id=made.key_id,
            reason=request.reason,
            set_at=at,
            until=request.until,
        )
    with transaction.atomic():
        new = _keep_holds(operation, unit, wanted.values())
        if new:
            rows = [{"digest": one.digest, "until": one.until.isoformat()} for one in new.values()]
            facts, subject = {"unit": by.unit}, f"operation:{operation.slug}"
            record(Event.REVIEW_HOLDS_SET, by=by, at=at, subject=subject, facts=facts, rows=rows)
    for url, one in wanted.items():
        answers.say(url, "recorded" if one.digest in new else "already")
    return answers.all()


def _marks(what: str, made: Marker) -> tuple[str, str]:
    """The digests of an interest: of the object, and of it as an owner; LinkRefused for what is none."""
    kind, _, name = what.partition(":")
    if kind == "domain":
        if "." not in name.strip(". "):
            raise LinkRefused("A domain has two parts at least.", reason="not_a_domain")
        return made.domain(name), ""
    if kind == "sha256":
        if not re.fullmatch("[0-9a-fA-F]{64}", name):
            raise LinkRefused("A SHA-256 has 64 hexadecimal digits.", reason="not_a_digest")
        return made.file(name), ""
    link = object_of(what)
    return made.identity(link.identity), made.owner(link.provider, link.key)


def _keep_holds(operation: Operation, unit: Unit, wanted: Iterable[Hold]) -> dict[str, Hold]:
    """Those that are new or last longer than before, by digest."""
    asked = {one.digest: one for one in wanted}
    have = {h.digest: h for h in Hold.objects.filter(operation=operation, unit=unit, digest__in=asked)}
    new = {
        digest: one
        for digest, one in asked.items()
        if digest not in have or have[digest].released_at is not None or have[digest].until < one.until
    }
    Hold.objects.bulk_create((one for digest, one in new.items() if digest not in have), ignore_conflicts=True)
    for digest in new.keys() & have.keys():
        changed = {
            "until": new[digest].until,
            "reason": new[digest].reason,
            "released_at": None,
            "key_id": new[digest].key_id,
        }
        Hold.objects.filter(pk=have[digest].pk).update(**changed)
    return new


def release_holds(keys: Sequence[int], *, by: Actor, at: datetime) -> list[Result]:
    """Give up interests of the officer's own unit; what they held back goes on."""
    by.require(Permission.REVIEW_HOLD_SET)
    answers = Answers(list(keys))
    with transaction.atomic():
        own = Hold.objects.filter(pk__in=keys, unit__slug=by.unit)
        mine, open_ = set(own.values_list("pk", flat=True)), own.filter(released_at=None)
        released = sorted(open_.values_list("pk", flat=True))
        open_.update(released_at=at)
        if released:
            rows = [{"hold": key} for key in released]
            record(Event.REVIEW_HOLDS_RELEASED, by=by, at=at, subject=f"unit:{by.unit}", facts={}, rows=rows)
    for key in keys:
        known = "recorded" if key in released else "already"
        answers.say(key, known if key in mine else "refused", "" if key in mine else "no hold of this unit")
    return answers.all()

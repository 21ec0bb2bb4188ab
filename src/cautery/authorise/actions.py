"""Write signatures and turn keys. The second person is never the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from cautery.authorise.allowed import rules_for
from cautery.authorise.asking import completed
from cautery.authorise.fields import catalogue
from cautery.authorise.models import Act, OperationKey, Signature, Suspension, Warrant
from cautery.authorise.signed import signed_digest
from cautery.core.actors import Actor, Permission
from cautery.core.canonical import digest
from cautery.core.errors import MovedMeanwhile, Refused
from cautery.core.lifecycle import EpisodeState
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.directory.models import Officer
from cautery.ground.answers import Answers, Result
from cautery.ground.leases import claim, renew
from cautery.ground.rows import insert_many
from cautery.intake.actions import advance
from cautery.intake.models import Operation
from cautery.intake.queries import any_in
from cautery.review.actions import CLAIM_LIMIT, CLAIM_SECONDS
from cautery.review.models import Assessment, Finding, Instrument, Quarantine

SIGNED = ("assessment", "act", "reviewer", "signer", "reason", "digest", "signed_at")
KEYS = 2
"""Different leaders whose keys release an operation."""


@dataclass(frozen=True, slots=True)
class Signing:
    """What a signer says of one decision; a refusal needs its reason."""

    decision_id: int
    act: str
    reason: str = ""


def claim_decisions(operation: Operation, limit: int, *, by: Actor) -> list[int]:
    """Lease up to `limit` confirmed decisions to a signer, never their own: first what they hold, then the oldest free ones."""
    by.require(Permission.AUTHORISE_DECISION_SIGN)
    if not any_in(operation, EpisodeState.CONFIRMED):
        return []
    limit = min(limit, CLAIM_LIMIT)
    waiting = (
        Assessment.objects.filter(
            episode__operation=operation, episode__state=EpisodeState.CONFIRMED, finding=Finding.CONFIRMED
        )
        .exclude(reviewer=UUID(by.officer_id))
        .exclude(episode__item__in=Quarantine.objects.values("item"))
        .order_by("pk")
    )
    held = list(waiting.filter(lease_owner=by.name).values_list("pk", flat=True)[:limit])
    renew(Assessment, held, by.name, CLAIM_SECONDS)
    return held + claim(waiting.exclude(pk__in=held), by.name, limit - len(held), CLAIM_SECONDS)


def sign_many(signings: Sequence[Signing], *, by: Actor, at: datetime) -> list[Result]:
    """Sign or refuse decisions this officer holds, in one transaction. A refusal ends the matter: two people did not agree."""
    by.require(Permission.AUTHORISE_DECISION_SIGN)
    answers = Answers([signing.decision_id for signing in signings])
    sound = answers.once((s.decision_id, s) for s in signings if not _complain(s, answers))
    with transaction.atomic():
        shared = ("episode__operation", "reviewer__unit__authority", "signature")
        rows = Assessment.objects.select_related("episode__item").prefetch_related(*shared)
        found = rows.in_bulk(list(sound))
        for pk, assessment in found.items():
            _sort_out(assessment, sound[pk], by, answers)
        _keep_to_the_law([a for pk, a in found.items() if sound[pk].act == Act.SIGN], by, at, answers)
        taken = [found[pk] for pk in sound if pk in found and pk not in answers.by_key]
        kept = _move(taken, sound, at)
        signatures = [_signature(a, sound[a.pk], by, at) for a in kept]
        insert_many(signatures, SIGNED)
        Assessment.objects.filter(pk__in=[a.pk for a in kept]).update(lease_owner="", lease_until=0.0)
        if kept:
            record(
                Event.AUTHORISE_DECISION_SIGNED,
                by=by,
                at=at,
                subject="decisions",
                facts={"signatures": len(kept)},
                rows=[
                    {"decision": one.assessment_id, "act": one.act, "reason": one.reason, "digest": one.digest}
                    for one in signatures
                ],
            )
        for assessment in kept:
            answers.say(assessment.pk, "recorded")
    for pk in sound:
        answers.say(pk, "conflict", "not held by this officer, or moved meanwhile")
    return answers.all()


def complete_many(keys: Sequence[int], given: Mapping[str, Any], *, by: Actor, at: datetime) -> list[Result]:
    """Fill in, before signing, what decisions this signer holds lack of their form; nothing that they have is changed.

    `Refused` for a field that none of them lacks, and for a value that is not what its field holds.
    """
    by.require(Permission.AUTHORISE_DECISION_SIGN)
    answers = Answers(list(keys))
    with transaction.atomic():
        related = ("episode__item", "episode__operation", "episode__capture", "reviewer__unit__authority", "signature")
        found = Assessment.objects.select_related(*related).in_bulk(list(keys))
        for pk, assessment in found.items():
            _sort_out(assessment, Signing(pk, Act.SIGN), by, answers)
        open_ = [assessment for pk, assessment in found.items() if pk not in answers.by_key]
        rules = rules_for(open_, Officer.objects.get(pk=by.officer_id), catalogue(), at)
        for assessment in open_:
            assessment.details = completed(assessment, given, rules)
            Assessment.objects.filter(pk=assessment.pk).update(details=assessment.details)
        if open_:
            rows = [{"decision": one.pk, "fields": sorted(given), "details": digest(one.details)} for one in open_]
            facts = {"decisions": len(open_)}
            record(Event.AUTHORISE_DECISION_COMPLETED, by=by, at=at, subject="decisions", facts=facts, rows=rows)
    for pk in keys:
        known = pk in found
        answers.say(
            pk, "recorded" if known else "conflict", "" if known else "not held by this officer, or moved meanwhile"
        )
    return answers.all()


def _complain(signing: Signing, answers: Answers) -> bool:
    problem = ""
    if signing.act not in Act.values:
        problem = "sign or refuse"
    elif signing.act == Act.REFUSE and not signing.reason.strip():
        problem = "a refusal needs its reason"
    if problem:
        answers.say(signing.decision_id, "refused", problem)
    return bool(problem)


def _sort_out(assessment: Assessment, signing: Signing, by: Actor, answers: Answers) -> None:
    """Rows that cannot be signed now: signed before, one's own, or held by another."""
    before: Signature | None = getattr(assessment, "signature", None)
    if before is not None:
        same = str(before.signer_id) == by.officer_id and before.act == signing.act
        answers.say(assessment.pk, "already" if same else "conflict", "signed before")
    elif str(assessment.reviewer_id) == by.officer_id:
        answers.say(assessment.pk, "refused", "the reviewer cannot sign")
    elif assessment.lease_owner != by.name:
        answers.say(assessment.pk, "conflict", "not held by this officer")


def _keep_to_the_law(assessments: Sequence[Assessment], by: Actor, at: datetime, answers: Answers) -> None:
    """Refuse what cannot be signed as it stands: its ground, its judge, its fields, its two hands (authorise/allowed.py)."""
    waiting = [a for a in assessments if a.pk not in answers.by_key]
    if not waiting:
        return
    rules = rules_for(waiting, Officer.objects.get(pk=by.officer_id), catalogue(), at)
    for assessment in waiting:
        if problem := rules.problem(assessment):
            answers.say(assessment.pk, "refused", problem)


def _move(taken: Sequence[Assessment], sound: dict[int, Signing], at: datetime) -> list[Assessment]:
    moved: set[int] = set()
    for act, target in ((Act.SIGN, EpisodeState.SIGNED), (Act.REFUSE, EpisodeState.DISMISSED)):
        keys = [a.episode_id for a in taken if sound[a.pk].act == act]
        moved.update(advance(keys, EpisodeState.CONFIRMED, target, due_at=at))
    return [a for a in taken if a.episode_id in moved]


def _signature(assessment: Assessment, signing: Signing, by: Actor, at: datetime) -> Signature:
    return Signature(
        assessment=assessment,
        act=signing.act,
        reviewer_id=assessment.reviewer_id,
        signer_id=by.officer_id,
        reason=signing.reason,
        digest=signed_digest(assessment),
        signed_at=at,
    )


def turn_key(operation: Operation, *, by: Actor, at: datetime) -> tuple[int, bool]:
    """Turn this leader's key; (keys turned, released). The second different key releases the operation.

    `operation` is as the leader saw it: `MovedMeanwhile` if T0 is another by now.
    """
    by.require(Permission.AUTHORISE_OPERATION_RELEASE)
    subject = f"operation:{operation.slug}"
    with transaction.atomic():
        if Operation.objects.select_for_update(no_key=True).get(pk=operation.pk).t0 != operation.t0:
            raise MovedMeanwhile(
                "T0 was changed meanwhile. The key was not turned; look again.", operation=operation.slug
            )
        _, made = OperationKey.objects.get_or_create(
            operation=operation, officer_id=by.officer_id, defaults={"turned_at": at}
        )
        keys = OperationKey.objects.filter(operation=operation).count()
        if made:
            record(Event.AUTHORISE_OPERATION_KEY_TURNED, by=by, at=at, subject=subject, facts={"keys": keys})
        if keys >= KEYS and Operation.objects.filter(pk=operation.pk, released_at=None).update(released_at=at):
            record(Event.AUTHORISE_OPERATION_RELEASED, by=by, at=at, subject=subject, facts={"keys": keys})
    return keys, keys >= KEYS


def return_keys(operation: Operation, *, by: Actor, at: datetime) -> int:
    """Give back the keys of an operation that is not released, for what they were turned for has changed; how many."""
    with transaction.atomic():
        keys = OperationKey.objects.filter(operation=operation, operation__released_at=None)
        holders = [str(officer) for officer in keys.order_by("pk").values_list("officer", flat=True)]
        if holders:
            OperationKey.objects.filter(operation=operation).delete()
            subject = f"operation:{operation.slug}"
            record(Event.AUTHORISE_OPERATION_KEYS_RETURNED, by=by, at=at, subject=subject, facts={"officers": holders})
    return len(holders)


@dataclass(frozen=True, slots=True)
class Granted:
    """A judge's authorisation, as its file says."""

    decision_id: int
    court: str
    file_number: str
    granted_at: datetime
    until: datetime | None = None


def record_warrants(granted: Sequence[Granted], *, by: Actor, at: datetime) -> list[Result]:
    """Record judicial authorisations of orders that were decided; the same one again adds nothing."""
    by.require(Permission.AUTHORISE_WARRANT_RECORD)
    answers = Answers([one.decision_id for one in granted])
    with transaction.atomic():
        known = set(Assessment.objects.filter(pk__in=[g.decision_id for g in granted]).values_list("pk", flat=True))
        kept = [g for g in granted if g.decision_id in known and g.granted_at <= at]
        rows = [
            Warrant(
                assessment_id=g.decision_id,
                court=g.court,
                file_number=g.file_number,
                granted_at=g.granted_at,
                until=g.until,
                recorded_by_id=by.officer_id,
                recorded_at=at,
            )
            for g in kept
        ]
        Warrant.objects.bulk_create(rows, ignore_conflicts=True)
        if kept:
            said = [{"decision": g.decision_id, "court": g.court, "file": g.file_number} for g in kept]
            record(Event.AUTHORISE_WARRANT_RECORDED, by=by, at=at, subject="decisions", facts={}, rows=said)
    for one in granted:
        answers.say(
            one.decision_id, "recorded" if one in kept else "refused", "" if one in kept else "no such decision yet"
        )
    return answers.all()


def suspend_instrument(instrument: str, reason: str, *, by: Actor, at: datetime) -> bool:
    """The overseer stops a type of notice at once: nothing of it is signed or leaves; False when it was stopped before."""
    by.require(Permission.AUTHORISE_INSTRUMENT_SUSPEND)
    if instrument not in Instrument.values or not reason.strip():
        raise Refused("A suspension names a type of notice and its reason.", reason="suspension")
    with transaction.atomic():
        _, made = Suspension.objects.get_or_create(
            instrument=instrument, lifted_at=None, defaults={"reason": reason, "officer_id": by.officer_id, "at": at}
        )
        if made:
            facts = {"reason": reason}
            record(Event.AUTHORISE_INSTRUMENT_SUSPENDED, by=by, at=at, subject=f"instrument:{instrument}", facts=facts)
    return made


def resume_instrument(instrument: str, *, by: Actor, at: datetime) -> bool:
    """The overseer lifts a suspension; False when there was none."""
    by.require(Permission.AUTHORISE_INSTRUMENT_SUSPEND)
    with transaction.atomic():
        lifted = Suspension.objects.filter(instrument=instrument, lifted_at=None).update(lifted_at=at)
        if lifted:
            record(Event.AUTHORISE_INSTRUMENT_RESUMED, by=by, at=at, subject=f"instrument:{instrument}", facts={})
    return bool(lifted)

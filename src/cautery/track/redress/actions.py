"""Write redress: each step is recorded once; one that lets a notice fall is passed on to all who relied on it.

withdrawal, or a decision that overturns -> what is not sent stays; provider and home state get word; bank entries suspended
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from cautery.authorise.allowed import home_authorities
from cautery.authorise.fields import contact_of
from cautery.core.actors import Actor, Permission, system
from cautery.core.errors import NotFound, Refused
from cautery.core.lifecycle import DeliveryState
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.intake.queries import hidden
from cautery.match.actions import quarantine
from cautery.match.models import BankEntry
from cautery.refer.issuing.actions import add_paper
from cautery.refer.models import Delivery, Notice, PaperKind
from cautery.review.models import Instrument
from cautery.review.queries import files_of
from cautery.track.models import Proceeding, ProceedingKind, Ruling

DECISIONS = frozenset({ProceedingKind.COURT_DECISION, ProceedingKind.SCRUTINY_DECISION})
NONDISCLOSURE = timedelta(weeks=6)
"""The longest a decision not to disclose, or its renewal, lasts (Art 11(3))."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of redress as a person records it; `stated_at` is the other side's time of it."""

    reference: str
    kind: str
    ruling: str = ""
    body: str = ""
    reason: str = ""
    stated_at: datetime | None = None
    until: datetime | None = None


def record_step(step: Step, *, by: Actor, at: datetime) -> Proceeding:
    """Record a step and pass on what follows from it, in one transaction; the same step at the same time is one.

    Refused: an unknown kind, a decision without a ruling, a reason that is missing, a non-disclosure beyond six weeks.
    """
    by.require(Permission.TRACK_REDRESS_RECORD)
    _check(step, at)
    seen = Notice.objects.exclude(operation__in=hidden(by=by))
    notice = seen.select_related("provider", "delivery", "item").filter(reference=step.reference).first()
    if notice is None:
        raise NotFound(f"No notice {step.reference[:60]}.", reference=step.reference[:60])
    with transaction.atomic():
        kept, made = Proceeding.objects.get_or_create(
            notice=notice,
            kind=step.kind,
            at=at,
            defaults={
                "ruling": step.ruling,
                "body": step.body,
                "reason": step.reason,
                "by": by.name,
                "stated_at": step.stated_at,
                "until": step.until,
            },
        )
        if made:
            facts: dict[str, Any] = {"kind": step.kind, "ruling": step.ruling, "reason": step.reason}
            if step.kind == ProceedingKind.WITHDRAWAL or step.ruling == Ruling.OVERTURNED:
                facts |= _let_fall(notice, step, at)
            record(Event.TRACK_REDRESS_RECORDED, by=by, at=at, subject=f"notice:{notice.reference}", facts=facts)
    return kept


def _check(step: Step, at: datetime) -> None:
    problem = ""
    if step.kind not in ProceedingKind.values:
        problem = "no such step"
    elif step.kind in DECISIONS and step.ruling not in Ruling.values:
        problem = "a decision upholds or overturns"
    elif step.kind not in DECISIONS and step.ruling:
        problem = "only a decision has a ruling"
    elif (step.kind == ProceedingKind.WITHDRAWAL or step.kind in DECISIONS) and not step.reason.strip():
        problem = "it needs its reason"
    elif step.kind == ProceedingKind.NONDISCLOSURE and not (step.until and at < step.until <= at + NONDISCLOSURE):
        problem = "a non-disclosure names its end, at most six weeks on (Art 11(3))"
    if problem:
        raise Refused(f"This step cannot be recorded: {problem}.", reason="redress", kind=step.kind[:40])


def _let_fall(notice: Notice, step: Step, at: datetime) -> dict[str, Any]:
    """What did not leave yet stays; who has it is told; known content that rested on it proposes nothing until a person looks."""
    waiting = [DeliveryState.QUEUED, DeliveryState.HELD]
    stopped = Delivery.objects.filter(notice=notice, state__in=waiting).update(state=DeliveryState.PAUSED, ready=False)
    word = {"order": notice.reference, "fell": step.kind, "reason": step.reason, "at": at.isoformat(), "by": step.body}
    told = not stopped and _tell(notice, word, at)
    return {"stopped": bool(stopped), "told": told, "suspended": _suspend_entries(notice, at)}


def _tell(notice: Notice, word: dict[str, str], at: datetime) -> int:
    told = 0
    if address := contact_of(notice.provider):
        told += add_paper(notice, PaperKind.WORD, address, word | {"reinstate": "yes"}, at=at)
    home = home_authorities().get(notice.provider.home_state)
    if notice.instrument == Instrument.TCO_ORDER and home is not None and home.email:
        told += add_paper(notice, PaperKind.HOME, home.email, word, at=at, authority=home)
    return told


def _suspend_entries(notice: Notice, at: datetime) -> int:
    files = files_of([notice.episode_id]).get(notice.episode_id, [])
    rested = BankEntry.objects.filter(Q(sha256__in=files) | Q(reference=notice.reference), quarantined_at=None)
    entries = dict.fromkeys(rested.values_list("pk", flat=True), 1)
    return quarantine(entries, "notice_fell", by=system("redress"), at=at) if entries else 0

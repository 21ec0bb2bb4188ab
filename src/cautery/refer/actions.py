"""Write notices and deliveries: compose what was signed, hold back, take for sending, record what became of it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from cautery.authorise.actions import return_keys
from cautery.authorise.allowed import OFFICE
from cautery.authorise.fields import legal_ground
from cautery.authorise.models import Act, Signature, Suspension
from cautery.authorise.signed import signed_digest
from cautery.channels.base import Done, Later, NotTaken, SendResult, Taken, Uncertain
from cautery.core.actors import Actor, system
from cautery.core.instruments.reference import reference
from cautery.core.lifecycle import DeliveryState, EpisodeState
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.directory.models import Channel, Provider
from cautery.ground.rows import update_many
from cautery.intake.actions import advance, set_times
from cautery.intake.models import Operation
from cautery.refer.models import Delivery, Notice
from cautery.review.models import Assessment, Instrument, Quarantine

BACKOFF_S = (60.0, 120.0, 300.0, 600.0, 1_800.0)
SEND_LEASE_S = 300.0
SETTLED_FIELDS = [
    "state", "error", "sent_at", "sent_wall", "received_at", "provider_ref", "lease_owner", "lease_until"
]  # fmt: skip
MADE_OUT = frozenset(Instrument) - {Instrument.REFERRAL}
"""Instruments that are made out as a document of their own before they leave; a referral is its body."""
NOT_SETTLED = f"state IN ('{DeliveryState.SENDING}', '{DeliveryState.UNCERTAIN}')"


def compose_many(signatures: Sequence[Signature], providers: Mapping[int, Provider], *, by: Actor, at: datetime) -> int:
    """A notice and its outbox row for each signature, in one transaction; those due before T0 wait for it.

    `providers` maps item ids to addressees. Signatures come with assessment, episode, item and operation.
    """
    with transaction.atomic():
        moved = set(
            advance(
                [s.assessment.episode_id for s in signatures], EpisodeState.SIGNED, EpisodeState.COMPOSED, due_at=at
            )
        )
        t0s = _t0s({s.assessment.episode.operation_id for s in signatures})
        notices = [
            _notice(s, providers[s.assessment.episode.item_id], at)
            for s in signatures
            if s.act == Act.SIGN and s.assessment.episode_id in moved
        ]
        Notice.objects.bulk_create(notices, batch_size=500)
        Delivery.objects.bulk_create(
            (_delivery(notice, t0s[notice.operation_id], at) for notice in notices), batch_size=500
        )
        if notices:
            rows = [{"reference": n.reference, "key": n.idempotency_key, "provider": n.provider.slug} for n in notices]
            record(
                Event.REFER_NOTICES_COMPOSED,
                by=by,
                at=at,
                subject="notices",
                facts={"notices": len(notices)},
                rows=rows,
            )
    return len(notices)


def _notice(signature: Signature, provider: Provider, at: datetime) -> Notice:
    assessment = signature.assessment
    episode, item = assessment.episode, assessment.episode.item
    operation = episode.operation
    identity = f"{operation.slug}|{provider.slug}|{assessment.instrument}|{item.identity}|{episode.number}"
    key = sha256(identity.encode()).hexdigest()[:40]
    number = reference(OFFICE, at, assessment.pk)
    body = {
        "idempotency_key": key,
        "reference": number,
        "operation": operation.slug,
        "issued_at": at.isoformat(),
        "issued_by": assessment.reviewer.unit.name,
        "contact": "",
        "language": (provider.languages or ["en"])[0],
    } | _covered(assessment)
    return Notice(
        operation=operation,
        item=item,
        episode=episode,
        provider=provider,
        instrument=assessment.instrument,
        signature=signature,
        reference=number,
        idempotency_key=key,
        body=body,
        composed_at=at,
    )


def _covered(assessment: Assessment) -> dict[str, str]:
    """What of a notice's body the signature speaks of."""
    item = assessment.episode.item
    return {
        "instrument": assessment.instrument,
        "url": item.url,
        "kind": item.kind,
        "key": item.key,
        "legal_ground": legal_ground(assessment),
        "reasons": assessment.reason,
    }


def _t0s(operations: Iterable[int]) -> dict[int, datetime | None]:
    """T0 of operations, held until the transaction ends: whoever changes it then finds the deliveries that are due by it."""
    rows = Operation.objects.select_for_update(no_key=True).filter(pk__in=operations).order_by("pk")
    return dict(rows.values_list("pk", "t0"))


def change_times(
    operation: Operation, *, t0: datetime | None, ends_at: datetime | None, by: Actor, at: datetime
) -> bool:
    """Change T0 and the end of an operation that is not released (`intake.actions.set_times` says what is refused).

    Keys that were turned for the old times go back to their leaders, and what waits for T0 waits for the new one. Whether anything changed.
    """
    with transaction.atomic():
        if not set_times(operation, t0=t0, ends_at=ends_at, by=by, at=at):
            return False
        return_keys(operation, by=by, at=at)
        due = _due(t0, at)
        waiting = Delivery.objects.filter(notice__operation=operation, state=DeliveryState.QUEUED)
        waiting.filter(Q(due_at=operation.t0) | Q(due_at__lt=due)).update(due_at=due)
    return True


def _due(t0: datetime | None, at: datetime) -> datetime:
    return at if t0 is None or t0 < at else t0


def _delivery(notice: Notice, t0: datetime | None, at: datetime) -> Delivery:
    due = _due(t0, at)
    ready = notice.instrument not in MADE_OUT
    return Delivery(notice=notice, provider=notice.provider, channel=notice.provider.channel, due_at=due, ready=ready)


def queued_rows() -> QuerySet[Delivery]:
    """What waits to be sent and may be: made out, its operation released by two leaders, its type not suspended, its item not closed.

    What must stop is for the lawful body alone: a notice that was signed before stays here.
    """
    waiting = Delivery.objects.filter(
        state=DeliveryState.QUEUED, ready=True, notice__operation__released_at__isnull=False
    )
    waiting = waiting.exclude(notice__item__in=Quarantine.objects.values("item"))
    return waiting.exclude(notice__instrument__in=Suspension.objects.filter(lifted_at=None).values("instrument"))


def queued_now(now: datetime) -> QuerySet[Delivery]:
    """What of it is due."""
    return queued_rows().filter(due_at__lte=now)


def take_batch(provider: Provider, n: int, worker: str, now: datetime) -> list[Delivery]:
    """Take up to `n` due deliveries of a released operation for sending. Only what a second person signed, unaltered, is taken.

    The conditional update from queued to sending is what keeps two workers from sending the same notice. What turns out
    not to be signed as it stands is failed, logged and never sent; the batch is then filled from the rest.
    """
    taken: list[Delivery] = []
    while not taken:
        with transaction.atomic():
            claimed = _claim(provider, n, worker, now)
            taken = keep_back_unsigned(claimed, now)
        if not claimed:
            break
    return taken


def _claim(provider: Provider, n: int, worker: str, now: datetime) -> list[Delivery]:
    keys = list(queued_now(now).filter(provider=provider).order_by("pk").values_list("pk", flat=True)[:n])
    if not keys:
        return []
    message_id = sha256(f"{provider.slug}|{keys[0]}|{keys[-1]}|{now.isoformat()}".encode()).hexdigest()[:40]
    Delivery.objects.filter(pk__in=keys, state=DeliveryState.QUEUED).update(
        state=DeliveryState.SENDING,
        lease_owner=worker,
        lease_until=time.time() + SEND_LEASE_S,
        attempts=F("attempts") + 1,
        message_id=message_id,
        sent_wall=None,
        error="",
    )
    mine = Delivery.objects.filter(pk__in=keys, state=DeliveryState.SENDING, lease_owner=worker, message_id=message_id)
    return list(mine.select_related("notice__signature__assessment__episode__item").order_by("pk"))


def _signed(delivery: Delivery) -> bool:
    """The signature stands, is a second person's, and covers exactly what would be sent."""
    notice = delivery.notice
    signature = notice.signature
    assessment: Assessment = signature.assessment
    covered = _covered(assessment) | {"idempotency_key": notice.idempotency_key, "reference": notice.reference}
    return (
        signature.act == Act.SIGN
        and signature.signer_id != assessment.reviewer_id
        and signature.digest == signed_digest(assessment)
        and notice.episode_id == assessment.episode_id
        and all(notice.body.get(name) == value for name, value in covered.items())
    )


def keep_back_unsigned(deliveries: Sequence[Delivery], at: datetime) -> list[Delivery]:
    """Those that are signed as they stand; the others are failed and logged, and never sent."""
    unsigned = [d for d in deliveries if not _signed(d)]
    if unsigned:
        with transaction.atomic():
            _refuse_unsigned(unsigned, at)
    return [d for d in deliveries if d not in unsigned]


def _refuse_unsigned(deliveries: Sequence[Delivery], at: datetime) -> None:
    Delivery.objects.filter(pk__in=[d.pk for d in deliveries]).update(
        state=DeliveryState.FAILED, error="not signed as it stands", lease_owner="", lease_until=0.0
    )
    rows = [{"reference": d.notice.reference} for d in deliveries]
    facts = {"refused": len(rows)}
    record(Event.REFER_UNSIGNED_REFUSED, by=system("refer"), at=at, subject="deliveries", facts=facts, rows=rows)


def mark_started(deliveries: Sequence[Delivery], wall: float) -> None:
    """Note the machine's time at which a batch started to leave."""
    for delivery in deliveries:
        delivery.sent_wall = wall


def record_sending(deliveries: Sequence[Delivery], result: SendResult, *, by: Actor, at: datetime) -> int:
    """What became of a batch that was being sent, in one transaction; how many rows it settled."""
    with transaction.atomic():
        if isinstance(result, (Later, Uncertain)) and result.receipt is not None:
            _record_try(deliveries, result, by=by, at=at)
        if isinstance(result, Later):
            return _requeue(deliveries, result, at)
        if isinstance(result, Uncertain):
            _let_others_wait(deliveries, at + _backoff(max(d.attempts for d in deliveries)))
            _free(deliveries).update(
                state=DeliveryState.UNCERTAIN, due_at=at, error=result.why[:200], lease_owner="", lease_until=0.0
            )
            return len(deliveries)
        return _settle(deliveries, result, by=by, at=at)


def _record_try(deliveries: Sequence[Delivery], result: Later | Uncertain, *, by: Actor, at: datetime) -> None:
    """A try that failed leaves its receipt: that we sent, when, and what the far side said, may be asked one day."""
    facts = {"why": result.why[:200], "receipt": result.receipt.facts() if result.receipt else {}}
    rows = [{"reference": d.notice.reference} for d in deliveries]
    record(Event.REFER_TRIES_RECORDED, by=by, at=at, subject="deliveries", facts=facts, rows=rows)


def _free(deliveries: Sequence[Delivery]) -> Any:
    keys = [d.pk for d in deliveries]
    return Delivery.objects.filter(pk__in=keys, state__in=[DeliveryState.SENDING, DeliveryState.UNCERTAIN])


def _requeue(deliveries: Sequence[Delivery], result: Later, at: datetime) -> int:
    """Back in the queue; and everything else for a provider that said "later" waits as long."""
    wait = _backoff(max(d.attempts for d in deliveries))
    due = at + (wait if result.after_s is None else timedelta(seconds=max(1.0, result.after_s)))
    changed: int = _free(deliveries).update(
        state=DeliveryState.QUEUED, due_at=due, error=result.why[:200], lease_owner="", lease_until=0.0
    )
    _let_others_wait(deliveries, due)
    return changed


def _let_others_wait(deliveries: Sequence[Delivery], due: datetime) -> None:
    """What else is queued for the same provider is not tried before `due`: each try may cost a time-out."""
    queued = Delivery.objects.filter(state=DeliveryState.QUEUED, provider=deliveries[0].provider_id)
    queued.filter(due_at__lt=due).update(due_at=due)


def _backoff(attempts: int) -> timedelta:
    return timedelta(seconds=BACKOFF_S[min(max(attempts, 1), len(BACKOFF_S)) - 1])


def _settle(deliveries: Sequence[Delivery], result: Done, *, by: Actor, at: datetime) -> int:
    by_key = {d.notice.idempotency_key: d for d in deliveries}
    for row in result.results:
        delivery = by_key[row.idempotency_key]
        delivery.sent_at, delivery.lease_owner, delivery.lease_until = at, "", 0.0
        if isinstance(row, NotTaken):
            delivery.state, delivery.error = DeliveryState.REJECTED, row.error
        else:
            delivery.state, delivery.error = DeliveryState.DELIVERED, ""
            # What lies in the desk is received when it is first looked at, not when it was laid out.
            heard = None if delivery.channel == Channel.PORTAL else at
            delivery.received_at, delivery.provider_ref = row.received_at or heard, row.provider_ref
    settled = [by_key[row.idempotency_key] for row in result.results]
    update_many(settled, SETTLED_FIELDS, only=NOT_SETTLED)
    advance(
        [d.notice.episode_id for d in settled if d.state == DeliveryState.DELIVERED],
        EpisodeState.COMPOSED,
        EpisodeState.REFERRED,
    )
    advance(
        [d.notice.episode_id for d in settled if d.state == DeliveryState.REJECTED],
        EpisodeState.COMPOSED,
        EpisodeState.CLOSED,
    )
    rows = [
        {
            "reference": d.notice.reference,
            "state": str(d.state),
            "received_at": d.received_at.isoformat() if d.received_at else None,
        }
        for d in settled
    ]
    record(
        Event.REFER_DELIVERIES_RECORDED,
        by=by,
        at=at,
        subject="deliveries",
        facts={"deliveries": len(settled), "receipts": [receipt.facts() for receipt in result.receipts]},
        rows=rows,
    )
    return len(settled)


def record_reconciled(
    deliveries: Sequence[Delivery], known: Mapping[str, Taken | None], *, by: Actor, at: datetime
) -> int:
    """Uncertain sendings the provider was asked about: what it has is delivered, what it never had is safe to send."""
    arrived = [(d, known[d.notice.idempotency_key]) for d in deliveries if d.notice.idempotency_key in known]
    there = [(d, taken) for d, taken in arrived if taken is not None]
    with transaction.atomic():
        if there:
            _settle([d for d, _ in there], Done([taken for _, taken in there]), by=by, at=at)
        missing = [d for d, taken in arrived if taken is None]
        for delivery in missing:
            # Cut off by a crash of ours, it may go at once; after an answer that was none, the provider gets time.
            wait = _backoff(delivery.attempts) if delivery.error else timedelta(0)
            Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.UNCERTAIN).update(
                state=DeliveryState.QUEUED, due_at=at + wait
            )
    return len(arrived)


def give_up_sending(worker_prefix: str) -> int:
    """After a crash: what was being sent by workers that are gone may have been sent. It is uncertain, never simply repeated."""
    return _make_uncertain(Delivery.objects.filter(lease_owner__startswith=worker_prefix))


def give_up_lapsed() -> int:
    """The same for workers on other machines that let their lease run out in the middle of a sending."""
    return _make_uncertain(Delivery.objects.filter(lease_until__lt=time.time()))


def _make_uncertain(deliveries: QuerySet[Delivery]) -> int:
    return deliveries.filter(state=DeliveryState.SENDING).update(
        state=DeliveryState.UNCERTAIN, lease_owner="", lease_until=0.0
    )


def ask_later(deliveries: Sequence[Delivery], due_at: datetime) -> None:
    """What could not be settled now is asked about later."""
    Delivery.objects.filter(pk__in=[d.pk for d in deliveries], state=DeliveryState.UNCERTAIN).update(due_at=due_at)

"""Pull what was signed: compose it; when its time has come send it, all providers at once; settle what is uncertain."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cautery.authorise.models import Signature
from cautery.channels.base import (
    Addressee,
    Document,
    Done,
    Later,
    NotTaken,
    Outgoing,
    Receipt,
    SendResult,
    Taken,
    Uncertain,
    Way,
)
from cautery.core.actors import system
from cautery.core.instruments.reference import file_name
from cautery.core.lifecycle import DeliveryState, EpisodeState
from cautery.directory.models import Channel, Provider
from cautery.ground.leases import claim
from cautery.ground.rows import Earliest, chunks
from cautery.identify.models import Hosting
from cautery.intake.models import Episode
from cautery.refer.actions import (
    MADE_OUT,
    ask_later,
    compose_many,
    give_up_lapsed,
    keep_back_unsigned,
    mark_started,
    queued_now,
    queued_rows,
    record_reconciled,
    record_sending,
    take_batch,
)
from cautery.refer.deconfliction.actions import hold_back, let_go, newest_hold
from cautery.refer.models import Delivery, Issue
from cautery.review.models import Hold, Quarantine

BATCH = 1_000
TAKEN_AT_ONCE = 20
"""Notices taken for sending together where a provider takes fewer at once; that many may be uncertain after a crash."""
ASK_AGAIN = timedelta(minutes=1)
NAME = "refer"

Ways = Mapping[str, Way]


def compose_ready(worker: str, now: datetime) -> int:
    """One batch of signed episodes: each gets its notice and outbox row. Items nobody is known to host wait for a host.

    What was closed to view meanwhile gets none.
    """
    ready = Episode.objects.filter(state=EpisodeState.SIGNED, item__hosting__isnull=False).order_by("pk")
    ready = ready.exclude(item__in=Quarantine.objects.values("item"))
    keys = claim(ready, worker, BATCH)
    if not keys:
        return 0
    signatures = Signature.objects.filter(assessment__episode_id__in=keys).select_related(
        "assessment__episode__item", "assessment__episode__operation", "assessment__reviewer__unit"
    )
    items = Episode.objects.filter(pk__in=keys).values("item_id")
    hosts = {h.item_id: h.provider for h in Hosting.objects.filter(item_id__in=items).select_related("provider")}
    compose_many(list(signatures), hosts, by=system(NAME), at=now)
    return len(keys)


def send_due(ways: Ways, worker: str, now: datetime) -> int:
    """Send all that is due: hold back, take each provider's first batch, start them all at once, go on as they finish.

    A slow or broken provider holds up only its own batches.
    """
    let_go(now, by=system(NAME))
    if not queued_now(now).exists():
        return 0
    newest = newest_hold()
    hold_back(now, by=system(NAME))
    due = Provider.objects.filter(pk__in=queued_now(now).values("provider")).order_by("pk")
    firsts = [run for provider in due if (run := _take(provider, worker, now)) is not None]
    under_way = {_start(ways, run): run for run in firsts}  # all taken before any starts: T0 is one moment
    sent = 0
    while under_way:
        done, _ = wait(under_way, return_when=FIRST_COMPLETED)
        for future in done:
            run = under_way.pop(future)
            run.heard(future.result())
            if not run.left:
                sent += run.record(now)
                if newest != (newest := newest_hold()):
                    hold_back(now, by=system(NAME))
                following = _take(run.provider, worker, now)
                if following is None:
                    continue
                run = following
            under_way[_start(ways, run)] = run
    return sent


@dataclass(slots=True)
class _Run:
    """Batches of one provider that were taken together, sent one after the other and recorded together.

    The first batch that is not done ends it: the others were never sent, and wait.
    """

    provider: Provider
    left: deque[list[Delivery]]
    under_way: list[Delivery] = field(default_factory=list)
    done: list[Delivery] = field(default_factory=list)
    results: list[Taken | NotTaken] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    failed: Later | Uncertain | None = None
    unsent: list[Delivery] = field(default_factory=list)

    def heard(self, result: SendResult) -> None:
        if isinstance(result, Done):
            self.done += self.under_way
            self.results += result.results
            self.receipts += result.receipts
            return
        self.failed, self.unsent = result, [delivery for batch in self.left for delivery in batch]
        self.left.clear()

    def record(self, now: datetime) -> int:
        by = system(NAME)
        settled = record_sending(self.done, Done(self.results, self.receipts), by=by, at=now) if self.done else 0
        if self.failed is not None:
            settled += record_sending(self.under_way, self.failed, by=by, at=now)
        if self.unsent:
            after = self.failed.after_s if isinstance(self.failed, Later) else None
            settled += record_sending(self.unsent, Later(after, "not tried after the one before"), by=by, at=now)
        return settled


def _take(provider: Provider, worker: str, now: datetime) -> _Run | None:
    """The next batches of a provider: one, or several where its API takes only a few notices at once."""
    size = provider.max_batch
    together = max(size, TAKEN_AT_ONCE // size * size) if provider.channel == Channel.API else size
    taken = take_batch(provider, together, worker, now)
    return _Run(provider, deque(chunks(taken, size))) if taken else None


def _start(ways: Ways, run: _Run) -> Future[SendResult]:
    run.under_way = run.left.popleft()
    return _send(ways, run.provider, run.under_way)


def _send(ways: Ways, provider: Provider, batch: list[Delivery]) -> Future[SendResult]:
    mark_started(batch, time.time())
    issues = Issue.objects.in_bulk([d.notice_id for d in batch if d.notice.instrument in MADE_OUT])
    outgoing = [
        Outgoing(d.notice.idempotency_key, d.notice.body, documents_of(issues[d.notice_id], d.notice.reference))
        if d.notice_id in issues
        else Outgoing(d.notice.idempotency_key, d.notice.body)
        for d in batch
    ]
    return ways[provider.channel].send(addressee(provider), outgoing, batch[0].message_id)


def documents_of(issue: Issue, number: str) -> tuple[Document, ...]:
    """What goes along with a notice where its way carries files: the machine form as signed, and the printed form."""
    name = file_name(number)
    machine = Document(f"{name}.json", "application/json", issue.machine.encode())
    return (machine, Document(f"{name}.pdf", "application/pdf", bytes(issue.pdf))) if issue.pdf else (machine,)


def addressee(provider: Provider) -> Addressee:
    """Where notices to `provider` go."""
    return Addressee(provider.slug, provider.api_base, provider.token, provider.email)


def reconcile(ways: Ways, now: datetime) -> int:
    """Ask providers about sendings that may have happened; mail, which cannot be asked, is sent again as the same message."""
    give_up_lapsed()
    settled = 0
    waiting = (
        Delivery.objects.filter(state=DeliveryState.UNCERTAIN, due_at__lte=now)
        .select_related("notice", "provider")
        .order_by("pk")
    )
    by_provider: dict[Provider, list[Delivery]] = {}
    for delivery in waiting[:BATCH]:
        by_provider.setdefault(delivery.provider, []).append(delivery)
    for provider, deliveries in by_provider.items():
        known = ways[provider.channel].ask(addressee(provider), [d.notice.idempotency_key for d in deliveries])
        if known is None:
            settled += _send_same_again(ways, provider, deliveries, now)
            continue
        settled += record_reconciled(deliveries, known, by=system(NAME), at=now)
        ask_later(deliveries, now + ASK_AGAIN)
    return settled


def _send_same_again(ways: Ways, provider: Provider, deliveries: list[Delivery], now: datetime) -> int:
    settled = 0
    by_message: dict[str, list[Delivery]] = {}
    whole = Delivery.objects.filter(
        provider=provider, state=DeliveryState.UNCERTAIN, message_id__in={d.message_id for d in deliveries}
    )
    signed = whole.select_related("notice__signature__assessment__episode__item").order_by("pk")
    for delivery in keep_back_unsigned(list(signed), now):
        by_message.setdefault(delivery.message_id, []).append(delivery)
    for batch in by_message.values():
        settled += record_sending(batch, _send(ways, provider, batch).result(), by=system(NAME), at=now)
        ask_later(batch, now + ASK_AGAIN)
    return settled


next_question = Earliest(lambda: Delivery.objects.filter(state=DeliveryState.UNCERTAIN), "due_at")
"""When a provider is next asked about what may have reached it."""
_next_queued = Earliest(queued_rows, "due_at")


def next_sending(now: datetime) -> datetime | None:
    """When the next sending, question or end of a hold is due."""
    over = (
        Hold.objects.filter(until__gt=now, released_at=None).order_by("until").values_list("until", flat=True).first()
    )
    return min((due for due in (_next_queued(), next_question(), over) if due is not None), default=None)

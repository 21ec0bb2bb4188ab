"""Read the timeline of a notice: what happened, with both times, and what it did to each legal clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from cautery.core.clock.holidays import place_of
from cautery.core.clock.periods import IN_UTC, Place
from cautery.core.clock.running import Happening
from cautery.core.clock.timeline import Timeline, timeline
from cautery.directory.models import Channel
from cautery.refer.models import Notice, Paper, PaperKind
from cautery.review.models import Instrument
from cautery.track.models import Answer, Proceeding, ProceedingKind, Ruling

ANSWERED = {
    "removed": "content_removed",
    "disabled": "content_removed",
    "geo_blocked": "content_removed",
    "impossible": "impossibility_reported",
    "ceased": "grounds_ceased",
    "clarification": "clarification_asked",
    "complaint": "complaint_received",
    "reinstated": "content_reinstated",
}
"""What an answer is to the clocks of an order."""
PROCEEDED = {
    ProceedingKind.CLARIFICATION: "clarification_received",
    ProceedingKind.COMPLAINT: "complaint_received",
    ProceedingKind.FINAL: "order_final",
    ProceedingKind.INFORMED: "content_provider_informed",
    ProceedingKind.NONDISCLOSURE_END: "nondisclosure_lifted",
    ProceedingKind.REINSTATEMENT: "content_reinstated",
    ProceedingKind.SCRUTINY_DECISION: "scrutiny_decided",
    ProceedingKind.SCRUTINY_REQUEST: "scrutiny_requested",
    ProceedingKind.WITHDRAWAL: "order_withdrawn",
}
NOTICE = ("provider", "delivery", "issue", "signature__assessment")


def notice_timeline(notice: Notice, now: datetime) -> Timeline:
    """All clocks of a notice up to `now`; only a removal order has clocks. The notice comes with what `NOTICE` names."""
    return timeline(happenings(notice), now, place(notice))


def place(notice: Notice) -> Place:
    """Where its periods are counted: the provider's home state."""
    return place_of(notice.provider.home_state) if notice.provider.home_state else IN_UTC


def happenings(notice: Notice) -> list[Happening]:
    """What happened to an order, each with our time and theirs."""
    if notice.instrument != Instrument.TCO_ORDER:
        return []
    proceedings = notice.proceedings.order_by("at", "pk")
    return [*_before(notice), *_delivered(notice), *_answers(notice.answers.all()), *_proceedings(proceedings)]


def _before(notice: Notice) -> Iterator[Happening]:
    """The first information to this provider, and the order as it was made out."""
    issue = getattr(notice, "issue", None)
    information = Paper.objects.filter(provider=notice.provider_id, kind=PaperKind.INFORMATION, sent_at__isnull=False)
    for paper in information:
        if paper.sent_at is not None:
            yield Happening("information_sent", paper.sent_at)
    if issue is None:
        return
    if reasons := notice.signature.assessment.details.get("emergency_reasons"):
        yield Happening("emergency_recorded", issue.issued_at, note=str(reasons)[:200])
    yield Happening("order_issued", issue.issued_at)


def _delivered(notice: Notice) -> Iterator[Happening]:
    """Sending and receipt: the receipt starts the clock, and its time is the provider's word; in the desk we saw it ourselves."""
    delivery = notice.delivery
    if delivery.sent_at is not None:
        yield Happening("order_sent", delivery.sent_at)
        if delivery.channel != Channel.PORTAL:
            yield Happening("order_received", delivery.sent_at, delivery.received_at)
        elif delivery.received_at is not None:
            yield Happening("order_received", delivery.received_at)
    for paper in notice.papers.filter(kind=PaperKind.COPY, sent_at__isnull=False):
        if paper.sent_at is not None:
            yield Happening("copy_received", paper.sent_at)


def _answers(answers: Iterable[Answer]) -> Iterator[Happening]:
    for answer in answers:
        if answer.answer in ANSWERED:
            yield Happening(ANSWERED[answer.answer], answer.received_at, answer.at, note=answer.reason[:200])


def _proceedings(proceedings: Iterable[Proceeding]) -> Iterator[Happening]:
    renewed = False
    for one in proceedings:
        kind = ProceedingKind(one.kind)
        if kind in PROCEEDED:
            yield Happening(PROCEEDED[kind], one.at, one.stated_at, one.until)
        elif kind == ProceedingKind.NONDISCLOSURE:
            yield Happening("nondisclosure_renewed" if renewed else "nondisclosure_decided", one.at)
            renewed = True
        if one.ruling == Ruling.OVERTURNED:
            yield Happening("order_annulled", one.at)

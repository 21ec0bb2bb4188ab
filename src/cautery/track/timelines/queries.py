"""Read the timeline of a notice: what happened, with both times, and what it did to each legal clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from django.db.models import QuerySet

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


def timelines(notices: QuerySet[Notice], now: datetime) -> Iterator[tuple[Notice, Timeline]]:
    """Each of some notices with its clocks; a constant number of statements."""
    found = list(notices.select_related(*NOTICE).prefetch_related("answers", "papers", "proceedings"))
    informed = _informed({notice.provider_id for notice in found})
    for notice in found:
        yield notice, timeline(_happenings(notice, informed), now, place(notice))


def happenings(notice: Notice) -> list[Happening]:
    """What happened to an order, each with our time and theirs."""
    return _happenings(notice, _informed([notice.provider_id]))


def _informed(providers: Iterable[int]) -> dict[int, datetime]:
    """When the first information to each provider was sent."""
    sent = Paper.objects.filter(provider__in=providers, kind=PaperKind.INFORMATION, sent_at__isnull=False)
    return {key: at for key, at in sent.values_list("provider_id", "sent_at") if at is not None}


def _happenings(notice: Notice, informed: Mapping[int, datetime]) -> list[Happening]:
    if notice.instrument != Instrument.TCO_ORDER:
        return []
    steps = sorted(notice.proceedings.all(), key=lambda one: (one.at, one.pk))
    before = _before(notice, informed.get(notice.provider_id))
    return [*before, *_delivered(notice), *_answers(notice.answers.all()), *_proceedings(steps)]


def _before(notice: Notice, informed: datetime | None) -> Iterator[Happening]:
    """The first information to this provider, and the order as it was made out."""
    issue = getattr(notice, "issue", None)
    if informed is not None:
        yield Happening("information_sent", informed)
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
    for paper in notice.papers.all():
        if paper.kind == PaperKind.COPY and paper.sent_at is not None:
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

"""Read what a provider's staff may see: their own notices, as they were sent, with clocks and figures. Scoped by their key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from cautery.core.actors import Actor, Permission
from cautery.core.errors import NotFound
from cautery.core.lifecycle import DeliveryState
from cautery.directory.models import Channel, ProviderKey
from cautery.refer.models import Notice
from cautery.review.models import ORDERS
from cautery.review.queries import files_of
from cautery.track.models import Answer, ReceivedForm
from cautery.track.queries import shown_mail, shown_threats
from cautery.track.timelines.queries import NOTICE, notice_timeline

SHOWN = (DeliveryState.DELIVERED, DeliveryState.UNCERTAIN, DeliveryState.REJECTED)
"""A provider sees what left for it, nothing that is still decided, held or waiting."""
LEFT = Q(delivery__state__in=SHOWN) & ~Q(delivery__channel=Channel.PORTAL, delivery__state=DeliveryState.UNCERTAIN)
"""The same for notices; what the desk itself is to deliver is there when its delivery is settled."""
FIELDS = (
    "reference", "idempotency_key", "instrument", "url", "legal_ground", "reasons", "language", "sent_at", "received_at",
    "answer", "answered_at", "sha256",
)  # fmt: skip
TOLD = (
    "pk", "episode_id", "reference", "idempotency_key", "instrument", "item__url", "body", "delivery__sent_at",
    "delivery__received_at", "episode__tracking__answer", "episode__tracking__answered_at",
)  # fmt: skip
"""What a row is made of: staff look at all that is open, again and again."""
SPECIMEN = {
    "reference": "CTY-202601-0000000-00",
    "idempotency_key": "0" * 40,
    "instrument": "referral",
    "url": "https://example.org/specimen",
    "legal_ground": "A specimen, for trying out the interface.",
    "reasons": "A specimen.",
    "language": "en",
    "sent_at": "",
    "received_at": "",
    "answer": "",
    "answered_at": "",
    "sha256": [],
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of its notices a provider wants to see: `open` those without an answer that says where the thing stands."""

    instrument: str = ""
    state: str = ""
    text: str = ""
    after: int = 0


def own_notices(key: ProviderKey, wanted: Wanted) -> QuerySet[Notice]:
    """The provider's notices that left for it, in the order of their keys."""
    rows = Notice.objects.filter(LEFT, provider=key.provider_id, pk__gt=wanted.after)
    if wanted.instrument:
        rows = rows.filter(instrument=wanted.instrument)
    if wanted.state in {"open", "answered"}:
        rows = (
            rows.filter(episode__tracking__answer="")
            if wanted.state == "open"
            else rows.exclude(episode__tracking__answer="")
        )
    if wanted.text:
        rows = rows.filter(item__url__contains=wanted.text) | rows.filter(reference=wanted.text)
    return rows.order_by("pk")


def rows_of(key: ProviderKey, wanted: Wanted, limit: int) -> tuple[list[dict[str, Any]], int | None]:
    """A page of notices as rows of `FIELDS`, and after which key the next page begins. A sandbox key sees a specimen."""
    if key.sandbox:
        return [dict(SPECIMEN)], None
    found = list(own_notices(key, wanted).values(*TOLD)[: limit + 1])
    files = files_of(told["episode_id"] for told in found[:limit])
    rows = [_row(told, files.get(told["episode_id"], [])) for told in found[:limit]]
    return rows, found[limit - 1]["pk"] if len(found) > limit else None


def pages_of(key: ProviderKey, wanted: Wanted) -> Iterator[list[dict[str, Any]]]:
    """All of them, page by page."""
    after: int | None = wanted.after
    while after is not None:
        rows, after = rows_of(key, Wanted(wanted.instrument, wanted.state, wanted.text, after), 1_000)
        yield rows


def _row(told: Mapping[str, Any], files: list[str]) -> dict[str, Any]:
    """What the notice itself told them, and what they answered; nothing of who found, decided or signed."""
    body = told["body"]
    return {
        "reference": told["reference"],
        "idempotency_key": told["idempotency_key"],
        "instrument": told["instrument"],
        "url": told["item__url"],
        "legal_ground": body.get("legal_ground", ""),
        "reasons": body.get("reasons", ""),
        "language": body.get("language", ""),
        "sent_at": _said(told["delivery__sent_at"]),
        "received_at": _said(told["delivery__received_at"]),
        "answer": told["episode__tracking__answer"] or "",
        "answered_at": _said(told["episode__tracking__answered_at"]),
        "sha256": files,
    }


def _said(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def own_notice(key: ProviderKey, reference: str) -> Notice:
    """One of the provider's notices; NotFound for any other, so that nobody learns which references there are."""
    found = Notice.objects.select_related(*NOTICE, "item", "episode__tracking")
    notice = found.filter(LEFT, provider=key.provider_id, reference=reference).first()
    if key.sandbox or notice is None:
        raise NotFound("There is no such notice.", reference=reference[:60])
    return notice


def one_row(key: ProviderKey, reference: str, now: datetime) -> dict[str, Any]:
    """One notice with its clocks, answers, and its machine form where it has one."""
    notice = own_notice(key, reference)
    told = Notice.objects.values(*TOLD).get(pk=notice.pk)
    issue = getattr(notice, "issue", None)
    answers = notice.answers.order_by("received_at", "pk").values("answer", "at", "reason", "remark")
    return {
        **_row(told, files_of([notice.episode_id]).get(notice.episode_id, [])),
        "clocks": notice_timeline(notice, now).as_dict()["clocks"],
        "answers": list(answers),
        "forms": [form_row(one) for one in notice.forms.order_by("received_at", "pk")],
        "document": issue.machine if issue else "",
        "print_signed": bool(issue and issue.signed and issue.pdf),
    }


def form_row(one: ReceivedForm) -> dict[str, Any]:
    """An annex or statement that came in: which, when, what it answered and what it lacks."""
    return {
        "instrument": one.instrument,
        "received_at": one.received_at.isoformat(),
        "source": one.source,
        "sha256": one.digest,
        "answers": one.answers,
        "complete": not one.lacks,
        "lacks": one.lacks,
        "document": one.machine,
    }


def art_7(key: ProviderKey, year: int) -> dict[str, Any]:
    """The figures of Art 7(3)(c) to (g) we know of this provider's orders received in a year; what only it knows is not here."""
    orders = Notice.objects.filter(
        provider=key.provider_id, instrument__in=ORDERS, delivery__state__in=SHOWN, delivery__sent_at__year=year
    )
    told = Answer.objects.filter(notice__in=orders).values_list("answer", "notice_id").distinct()
    counts = Counter(answer for answer, _ in told)
    return {
        "year": year,
        "orders_received": orders.count(),
        "removed": counts["removed"],
        "disabled": counts["disabled"] + counts["geo_blocked"],
        "not_executed_impossible": counts["impossible"],
        "not_executed_clarification": counts["clarification"],
        "complaints": counts["complaint"],
        "reinstated": counts["reinstated"],
    }


def threats(*, by: Actor) -> list[dict[str, Any]]:
    """Reports of threats to life, those nobody has taken on first."""
    by.require(Permission.TRACK_THREAT_READ)
    rows = shown_threats(by=by).select_related("provider", "notice").order_by("seen_at", "received_at")
    waiting = sorted(rows, key=lambda one: (one.seen_at is not None, one.received_at))
    return [
        {
            "threat_id": one.pk,
            "provider": one.provider.slug,
            "text": one.text,
            "contact": one.contact,
            "state": one.state,
            "reference": one.notice.reference if one.notice else "",
            "received_at": one.received_at,
            "seen": one.seen_at is not None,
        }
        for one in waiting
    ]


def mail_for_a_person(*, by: Actor) -> list[dict[str, Any]]:
    """Messages that wait for a person, oldest first: what each means, why, and which notices it is about."""
    by.require(Permission.TRACK_MAIL_READ)
    waiting = shown_mail(by=by).filter(settled_at=None).defer("raw").order_by("received_at", "pk")
    return [
        {
            "mail_id": mail.pk,
            "received_at": mail.received_at,
            "sender": mail.sender,
            "meaning": mail.meaning,
            "problem": mail.problem,
            "references": mail.references,
        }
        for mail in waiting[:1_000]
    ]

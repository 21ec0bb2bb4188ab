"""Pull orders that wait to be made out: inform the provider first, wait its twelve hours, make out the document; send papers.

    composed -> first information (once a provider) -> 12 hours -> document, signed -> ready -> sent -> copy to the home state

An emergency with its reasons in the decision's details waives the first information (Art 3(2)).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db.models import Exists, OuterRef

from cautery.authorise.allowed import home_authorities
from cautery.authorise.fields import Case, catalogue, check, contact_of, lacking, language_of, said
from cautery.channels.base import Addressee, Outgoing, Way
from cautery.channels.base import Document as File
from cautery.core.actors import system
from cautery.core.instruments import Document, Read
from cautery.core.instruments.reference import file_name
from cautery.core.lifecycle import DeliveryState
from cautery.directory.models import Authority, Channel
from cautery.ground.rows import chunks
from cautery.refer.issuing.actions import Made, add_paper, keep_issues, record_papers, wait_for
from cautery.refer.models import Delivery, Notice, Paper, PaperKind
from cautery.refer.printing.layout import pages
from cautery.refer.printing.press import Press
from cautery.refer.signing.office import Office
from cautery.review.models import ORDERS, Instrument
from cautery.review.queries import files_of

NAME = "issuing"
BATCH = 500
KEPT_AT_ONCE = 25
"""Documents kept in one transaction: about a second's work is done again after a crash."""
AHEAD = timedelta(hours=1)
"""How long before it is due a notice is made out, so that signing and printing do not stand between T0 and the sending."""
FIRST_WAIT = timedelta(hours=12)
PRINTED = frozenset({Channel.MAIL, Channel.PORTAL})
"""Ways on which people read an order: it is printed and its print is signed. A program gets the machine form, signed too."""
LACKING_AGAIN = timedelta(hours=1)
PROCEDURES = (
    "A removal order is sent to the contact point above, with its form in Annex I. Feedback after removal goes by Annex II, "
    "impossibility and requests for clarification by Annex III, to the contact named below."
)
DEADLINES = (
    "Removal or disabling of access in all Member States as soon as possible and within one hour of receipt (Art 3(3))."
)


@dataclass(slots=True)
class Desk:
    """What notices are made out with: a press, and an office where this installation signs."""

    office: Office | None = None
    press: Press | None = field(default=None)

    def ready_press(self) -> Press:
        """The press, set up at its first use, for it loads fonts; anew when a lawyer changed the wording."""
        known = catalogue()
        if self.press is None or self.press.catalogue is not known:
            self.press = Press(known)
        return self.press

    def make(self, case: Case, instrument: str, found: Read, *, printed: bool) -> tuple[Document, bytes | None]:
        """The document with its signature, and its printed form where one is wanted."""
        press = self.ready_press()
        known = press.catalogue.get(instrument)
        language = language_of(case.provider, press.catalogue, instrument)
        document = Document.of(known.form, found, language)
        if self.office is not None:
            document = self.office.sign_document(document)
        if not printed:
            return document, None
        content = pages(known.form, found, known.wording(language), draft=self.office is None)
        pdf = press.print(content, at=case.at, machine=document.to_json())
        return document, self.office.sign_pdf(pdf) if self.office is not None else pdf


def make_out(desk: Desk, now: datetime) -> int:
    """One batch: notices that are due soon get their document; a first order's provider is informed. How many rows moved."""
    waiting = Delivery.objects.filter(state=DeliveryState.QUEUED, ready=False).select_related(
        "provider",
        "notice__operation",
        "notice__provider",
        "notice__signature__signer",
        "notice__signature__assessment__episode__item",
        "notice__signature__assessment__episode__operation",
        "notice__signature__assessment__episode__capture",
        "notice__signature__assessment__reviewer__unit__authority",
    )
    rows = list(waiting.order_by("due_at", "pk")[:BATCH])
    if not rows:
        return 0
    known = _Known.of(rows)
    return sum(_make_out(part, known, desk, now) for part in chunks(rows, KEPT_AT_ONCE))


def _make_out(rows: Sequence[Delivery], known: _Known, desk: Desk, now: datetime) -> int:
    made: list[Made] = []
    moved = 0
    for delivery in rows:
        case = known.case(delivery, now)
        wait = _wait(case, known.informed.get(delivery.provider_id))
        if wait == "inform":
            moved += _inform(delivery.notice, case, desk)
        elif isinstance(wait, datetime) and delivery.due_at < wait:
            wait_for(delivery, wait, "twelve hours after the first information")
            moved += 1
        elif wait is None and delivery.due_at <= now + AHEAD:
            moved += _make(delivery, case, desk, made)
    return moved + (keep_issues(made, by=system(NAME), at=now) if made else 0)


def _wait(case: Case, informed: Paper | None) -> datetime | str | None:
    """Until when an order waits: `inform` first, a moment, `` for a paper under way; None: it may be made out."""
    if not case.first or case.assessment.details.get("emergency_reasons"):
        return None
    if informed is None:
        return "inform"
    if informed.sent_at is None:
        return ""
    until = informed.sent_at + FIRST_WAIT
    return until if case.at < until else None


def _make(delivery: Delivery, case: Case, desk: Desk, made: list[Made]) -> int:
    instrument = delivery.notice.instrument
    found = check(case, desk.ready_press().catalogue)
    if lacking(found):
        wait_for(delivery, case.at + AHEAD + LACKING_AGAIN, f"not complete: {said(lacking(found))}")
        return 0
    printed = delivery.channel in PRINTED and instrument in ORDERS
    made.append(Made(delivery, *desk.make(case, instrument, found, printed=printed)))
    return 0


def _inform(notice: Notice, case: Case, desk: Desk) -> int:
    """Queue the first information to the provider's contact point; without one a person must find it."""
    address = contact_of(case.provider)
    extra = {
        "procedures": PROCEDURES,
        "deadlines": DEADLINES,
        "earliest_order_at": case.at + FIRST_WAIT,
        "reference": f"{notice.reference}/{PaperKind.INFORMATION}",
    }
    told = Case(case.assessment, case.provider, notice.reference, case.at, case.signed_by, extra=extra)
    found = check(told, desk.ready_press().catalogue, "tco-first-information")
    if not address or Paper.objects.filter(provider=case.provider, kind=PaperKind.INFORMATION).exists():
        return 0
    document, _ = desk.make(told, "tco-first-information", found, printed=False)
    return int(add_paper(notice, PaperKind.INFORMATION, address, document.as_dict(), at=case.at))


@dataclass(frozen=True, slots=True)
class _Known:
    """What is looked up once for a batch."""

    homes: Mapping[str, Authority]
    files: Mapping[int, list[str]]
    informed: Mapping[int, Paper]
    ordered: frozenset[int]

    @staticmethod
    def of(rows: list[Delivery]) -> _Known:
        providers = {row.provider_id for row in rows}
        papers = Paper.objects.filter(provider__in=providers, kind=PaperKind.INFORMATION)
        before = Delivery.objects.filter(
            provider__in=providers, notice__instrument=Instrument.TCO_ORDER, state=DeliveryState.DELIVERED
        )
        return _Known(
            home_authorities(),
            files_of([row.notice.episode_id for row in rows]),
            {paper.provider_id: paper for paper in papers},
            frozenset(before.values_list("provider_id", flat=True).distinct()),
        )

    def case(self, delivery: Delivery, now: datetime) -> Case:
        notice, assessment = delivery.notice, delivery.notice.signature.assessment
        paper = self.informed.get(delivery.provider_id)
        capture = getattr(assessment.episode, "capture", None)
        return Case(
            assessment,
            delivery.provider,
            notice.reference,
            now,
            notice.signature.signer.name,
            self.files.get(notice.episode_id, ()),
            self.homes.get(delivery.provider.home_state),
            first=notice.instrument == Instrument.TCO_ORDER and delivery.provider_id not in self.ordered,
            informed_at=paper.sent_at if paper else None,
            observed_at=capture.at if capture else None,
        )


def copy_orders(desk: Desk, now: datetime) -> int:
    """Queue the copy of each order that has just left to the authority of its provider's home state (Art 4(1))."""
    copied = Paper.objects.filter(notice=OuterRef("pk"), kind=PaperKind.COPY)
    sent = Notice.objects.filter(
        instrument=Instrument.TCO_ORDER,
        delivery__state=DeliveryState.DELIVERED,
        delivery__sent_at__gte=now - FIRST_WAIT,
    ).exclude(Exists(copied))
    homes = home_authorities()
    rows = sent.filter(provider__home_state__in=list(homes)).select_related(
        "provider",
        "delivery",
        "issue",
        "signature__signer",
        "signature__assessment__episode__item",
        "signature__assessment__episode__operation",
        "signature__assessment__reviewer__unit__authority",
    )
    return sum(_copy(notice, homes[notice.provider.home_state], desk, now) for notice in rows)


def _copy(notice: Notice, home: Authority, desk: Desk, now: datetime) -> int:
    assessment = notice.signature.assessment
    authority = assessment.reviewer.unit.authority
    if authority is None or authority.state == home.state or not home.email:
        return 0
    extra = {
        "sent_at": now,
        "issued_at": notice.issue.issued_at,
        "order_sent_at": notice.delivery.sent_at,
        "order_reference": notice.reference,
        "order_digest": sha256(notice.issue.machine.encode()).hexdigest(),
        "reference": f"{notice.reference}/{PaperKind.COPY}",
        "copy_to_europol": True,
    }
    case = Case(
        assessment, notice.provider, notice.reference, now, notice.signature.signer.name, home=home, extra=extra
    )
    found = check(case, desk.ready_press().catalogue, "tco-home-copy")
    document, _ = desk.make(case, "tco-home-copy", found, printed=False)
    return int(add_paper(notice, PaperKind.COPY, home.email, document.as_dict(), at=now, authority=home))


def send_papers(ways: Mapping[str, Way], now: datetime) -> int:
    """Send the papers that are due, all at once."""
    due = list(
        Paper.objects.filter(sent_at=None, due_at__lte=now).select_related("notice", "provider").order_by("pk")[:BATCH]
    )
    under_way = [(paper, _post(ways[Channel.MAIL], paper)) for paper in due]
    return record_papers([(paper, future.result()) for paper, future in under_way], by=system(NAME), at=now)


def _post(way: Way, paper: Paper) -> Any:
    key = sha256(f"paper|{paper.reference}".encode()).hexdigest()[:40]
    name = file_name(paper.reference)
    files = [File(f"{name}.json", "application/json", paper.machine.encode())]
    if paper.kind == PaperKind.COPY:
        files.append(
            File(f"{file_name(paper.notice.reference)}.json", "application/json", paper.notice.issue.machine.encode())
        )
    body = {"reference": paper.reference, "paper": paper.get_kind_display(), "document": json.loads(paper.machine)}
    to = Addressee(paper.authority.slug if paper.authority else paper.provider.slug, "", "", paper.address)
    return way.send(to, [Outgoing(key, body, files)], key)


def next_making(now: datetime) -> datetime | None:
    """When the next notice is to be made out, or the next paper is due."""
    unready = Delivery.objects.filter(state=DeliveryState.QUEUED, ready=False)
    soon = unready.filter(due_at__gt=now).order_by("due_at").values_list("due_at", flat=True).first()
    later = unready.filter(due_at__gt=now + AHEAD).order_by("due_at").values_list("due_at", flat=True).first()
    paper = (
        Paper.objects.filter(sent_at=None, due_at__gt=now).order_by("due_at").values_list("due_at", flat=True).first()
    )
    return min((one for one in (soon, later - AHEAD if later else None, paper) if one is not None), default=None)

"""Write what providers send as forms of law: kept whole with what they lack, and what they answer taken as an answer.

    mail, API, feed, webhook, desk -> Offered -> its notice, the provider's own -> ReceivedForm + answer -> Taken (what it lacks)

A form that lacks something is kept all the same: what is missing is told, and what it does say counts. One whose time lies before our
receipt is kept, told so, and its answer marked `before_receipt`; on the clocks our time of it counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from cautery.authorise.fields import catalogue
from cautery.channels.mail import Attached
from cautery.core.actors import Actor
from cautery.core.errors import FileRefused, Refused
from cautery.core.instruments import Finding
from cautery.core.instruments.incoming import Heard, before_receipt, heard_of, meant
from cautery.core.instruments.reference import serial_of
from cautery.core.mail.belongs import REFERENCE
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.directory.models import ProviderKey
from cautery.directory.queries import actor_of_key
from cautery.refer.models import Notice
from cautery.track.actions import Said, keep_answers, said_of
from cautery.track.desk.queries import SHOWN, own_notice
from cautery.track.forms.reading import forms_of_file
from cautery.track.models import ReceivedForm

MOST_FORMS = 500
"""Forms taken in one call."""
DOCUMENT = "document"
"""The part of an answer's row that holds a form."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A form with the references of notices it came with: of the page it was given on, or of the mail it answers."""

    heard: Heard
    about: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a form: its notice, what it answered, what it lacks; `problem` says why it was not taken."""

    instrument: str
    reference: str = ""
    answers: Sequence[str] = ()
    lacks: Sequence[Finding] = ()
    problem: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "instrument": self.instrument,
            "reference": self.reference,
            "answers": list(self.answers),
            "complete": not self.lacks and not self.problem,
            "lacks": [finding.as_dict() for finding in self.lacks],
            "problem": self.problem,
        }

    def __str__(self) -> str:
        """What a person should know of it; empty where nothing is odd."""
        lacks = "; ".join(f"{one.field} {one.reason} ({one.law})" for one in self.lacks)
        return self.problem or (f"{self.instrument} of {self.reference}: {lacks}" if lacks else "")


@dataclass(slots=True)
class _Kept:
    """One form on its notice, before it is written."""

    notice: Notice
    heard: Heard
    lacks: tuple[Finding, ...]
    said: list[Said] = field(default_factory=list)


def take_forms(offered: Sequence[Offered], *, provider_id: int, source: str, by: Actor, at: datetime) -> list[Taken]:
    """Keep forms on the provider's own notices, in one transaction; a line for each, in their order. The same form again adds nothing."""
    named = [_references(one) for one in offered]
    wanted = {reference for references in named for reference in references}
    rows = Notice.objects.filter(provider=provider_id, reference__in=wanted, delivery__state__in=SHOWN)
    notices = {notice.reference: notice for notice in rows.select_related("delivery").defer("body")}
    kept: list[_Kept] = []
    taken: list[Taken] = []
    for one, references in zip(offered, named, strict=True):
        found = [notices[reference] for reference in references if reference in notices]
        if len(found) != 1:
            taken.append(Taken(one.heard.instrument, problem=_which(one, references, found)))
            continue
        kept.append(_kept(one.heard, found[0], at))
        answers = [said.answer for said in kept[-1].said]
        taken.append(Taken(one.heard.instrument, found[0].reference, answers, kept[-1].lacks))
    with transaction.atomic():
        _write(kept, provider_id=provider_id, source=source, by=by, at=at)
    return taken


def _references(one: Offered) -> tuple[str, ...]:
    """What names its notice: the form's own word goes first, then a reference within a statement, then where it came."""
    if one.heard.reference:
        return (one.heard.reference.strip().upper(),)
    words = " ".join(str(value) for value in one.heard.read.values.values())
    return tuple(dict.fromkeys(REFERENCE.findall(words))) or tuple(one.about)


def _which(one: Offered, references: Sequence[str], found: Sequence[Notice]) -> str:
    """Why a form belongs to no notice of this provider's; it is not said whether somebody else's has that number."""
    if found:
        return f"{one.heard.instrument}: it may be about {len(found)} notices and names none"
    if not references:
        return f"{one.heard.instrument}: it names no notice"
    try:
        serial_of(references[0])
    except Refused as refused:
        return f"{one.heard.instrument}: {refused.message}"
    return f"{one.heard.instrument}: no such notice as {references[0][:60]}"


def _kept(one: Heard, notice: Notice, at: datetime) -> _Kept:
    received = notice.delivery.received_at
    lacks = one.lacks + (before_receipt(one, received, catalogue()) if received is not None else ())
    details = {name: value for name, value in one.read.values.items() if isinstance(value, str)}
    said = [
        Said(notice.idempotency_key, each.answer, each.at or at.isoformat(), each.reason, details)
        for each in meant(one)
    ]
    return _Kept(notice, one, lacks, said)


def _write(kept: Sequence[_Kept], *, provider_id: int, source: str, by: Actor, at: datetime) -> None:
    have = set(ReceivedForm.objects.filter(notice__in=[k.notice.pk for k in kept]).values_list("notice_id", "digest"))
    new = {key: one for one in kept if (key := (one.notice.pk, one.heard.digest)) not in have}
    if not new:
        return
    ReceivedForm.objects.bulk_create(
        [
            ReceivedForm(
                notice=one.notice,
                instrument=one.heard.instrument,
                machine=one.heard.document.to_json().decode(),
                digest=one.heard.digest,
                lacks=[finding.as_dict() for finding in one.lacks],
                answers=[said.answer for said in one.said],
                source=source,
                received_at=at,
            )
            for one in new.values()
        ],
        batch_size=500,
    )
    rows = [
        {"reference": one.notice.reference, "instrument": one.heard.instrument, "sha256": one.heard.digest}
        for one in new.values()
    ]
    facts = {"forms": len(rows), "incomplete": sum(bool(one.lacks) for one in new.values()), "source": source}
    record(Event.TRACK_FORMS_RECEIVED, by=by, at=at, subject=f"provider:{provider_id}", facts=facts, rows=rows)
    said = [each for one in new.values() for each in one.said]
    keep_answers(said, provider_id=provider_id, source=source, by=by, at=at)


def take_rows(
    rows: Iterable[Mapping[str, Any]], *, provider_id: int, source: str, by: Actor, at: datetime
) -> list[str]:
    """Keep answers as a feed, a call or a mail's answers.json gives them; a row with a `document` is a form. What was odd, in words."""
    said, offered, problems = list[Said](), list[Offered](), list[str]()
    for row in rows:
        if not row.get(DOCUMENT):
            said.append(said_of(row))
            continue
        try:
            offered += offers(row, provider_id)
        except FileRefused as refused:
            problems.append(f"{str(row.get('idempotency_key') or row.get('reference'))[:40]}: {refused.message}")
    problems += keep_answers(said, provider_id=provider_id, source=source, by=by, at=at)
    taken = take_forms(offered, provider_id=provider_id, source=source, by=by, at=at)
    return problems + [str(one) for one in taken if str(one)]


def offers(row: Mapping[str, Any], provider_id: int) -> list[Offered]:
    """The forms of one row, with the notice its `reference` or `idempotency_key` names. FileRefused says what is no form."""
    document = row[DOCUMENT]
    if not isinstance(document, Mapping):
        raise FileRefused("The form is no JSON object.", reason="not_a_notice")
    about = [str(row["reference"])] if row.get("reference") else []
    if not about and row.get("idempotency_key"):
        own = Notice.objects.filter(provider=provider_id, idempotency_key=str(row["idempotency_key"])[:64])
        about = list(own.values_list("reference", flat=True))
    return [Offered(one, about) for one in heard_of(document, catalogue())]


def give_forms(key: ProviderKey, rows: Sequence[Mapping[str, Any]], *, at: datetime) -> list[Taken]:
    """Forms a provider's staff hand in, a line for each; a sandbox key is told what they lack and changes nothing."""
    if len(rows) > MOST_FORMS:
        raise Refused(f"At most {MOST_FORMS} forms at once.", reason="too_many", forms=len(rows))
    offered: list[Offered] = []
    refused: list[Taken] = []
    for row in rows:
        try:
            offered += offers(row, key.provider_id)
        except FileRefused as wrong:
            refused.append(Taken("", str(row.get("reference") or ""), problem=wrong.message))
    if key.sandbox:
        return [Taken(one.heard.instrument, lacks=one.heard.lacks) for one in offered] + refused
    return take_forms(offered, provider_id=key.provider_id, source="desk", by=actor_of_key(key), at=at) + refused


def give_file(key: ProviderKey, reference: str, file: Attached, *, at: datetime) -> list[Taken]:
    """Forms of a file handed in on a notice's page. FileRefused says what is none."""
    own_notice(key, reference)
    forms = forms_of_file(file, catalogue())
    return take_forms(
        [Offered(one, [reference]) for one in forms],
        provider_id=key.provider_id,
        source="desk",
        by=actor_of_key(key),
        at=at,
    )

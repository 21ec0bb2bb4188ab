"""Write what is made out: documents of notices, and the papers that go with orders."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import F

from cautery.channels.base import Done, SendResult
from cautery.core.actors import Actor
from cautery.core.canonical import canonical
from cautery.core.instruments import Document
from cautery.core.lifecycle import DeliveryState
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.directory.models import Authority
from cautery.refer.models import Delivery, Issue, Notice, Paper, PaperKind

AGAIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Made:
    """A notice as it was made out."""

    delivery: Delivery
    document: Document
    pdf: bytes | None


def keep_issues(made: Sequence[Made], *, by: Actor, at: datetime) -> int:
    """Keep documents and let their notices leave, in one transaction."""
    with transaction.atomic():
        for one in made:
            notice, machine = one.delivery.notice, one.document.to_json().decode()
            Issue.objects.update_or_create(
                notice=notice,
                defaults={
                    "language": one.document.language,
                    "machine": machine,
                    "pdf": one.pdf,
                    "signed": bool(one.document.signature),
                    "issued_at": at,
                },
            )
            body = notice.body | {"language": one.document.language, "document": json.loads(machine)}
            Notice.objects.filter(pk=notice.pk).update(body=body)
        Delivery.objects.filter(pk__in=[one.delivery.pk for one in made]).update(ready=True, error="")
        if made:
            rows = [{"reference": one.delivery.notice.reference, "sha256": _digest(one)} for one in made]
            record(Event.REFER_NOTICES_ISSUED, by=by, at=at, subject="notices", facts={"issued": len(made)}, rows=rows)
    return len(made)


def _digest(one: Made) -> str:
    return sha256(one.document.to_json()).hexdigest()


def wait_for(delivery: Delivery, due_at: datetime, why: str) -> None:
    """An order that may not leave yet: until the twelve hours are over, or what it lacks is there."""
    waiting = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.QUEUED, ready=False)
    waiting.update(due_at=due_at, error=why[:200])


def add_paper(
    notice: Notice,
    kind: PaperKind,
    address: str,
    machine: Mapping[str, Any],
    *,
    at: datetime,
    authority: Authority | None = None,
) -> bool:
    """Queue a paper that goes with a notice, once; False when it was queued before."""
    _, made = Paper.objects.get_or_create(
        notice=notice,
        kind=kind,
        defaults={
            "provider_id": notice.provider_id,
            "authority": authority,
            "reference": f"{notice.reference}/{kind}",
            "address": address,
            "machine": canonical(dict(machine)).decode(),
            "due_at": at,
        },
    )
    return made


def record_papers(sent: Sequence[tuple[Paper, SendResult]], *, by: Actor, at: datetime) -> int:
    """What became of papers that were sent; a failed one is tried again, as the same message. Each leaves its receipt."""
    rows = []
    with transaction.atomic():
        for paper, result in sent:
            done = isinstance(result, Done)
            receipts = result.receipts if isinstance(result, Done) else [result.receipt] if result.receipt else []
            rows.append({"reference": paper.reference, "sent": done, "receipts": [one.facts() for one in receipts]})
            waiting = Paper.objects.filter(pk=paper.pk, sent_at=None)
            if done:
                waiting.update(sent_at=at, error="", attempts=F("attempts") + 1)
            else:
                why = "" if isinstance(result, Done) else result.why
                waiting.update(due_at=at + AGAIN, error=why[:200], attempts=F("attempts") + 1)
        if rows:
            facts = {"sent": sum(bool(row["sent"]) for row in rows)}
            record(Event.REFER_PAPERS_SENT, by=by, at=at, subject="papers", facts=facts, rows=rows)
    return len(rows)

"""What waits for a person beside the queue, a page at a time: redress, threats to life, mail, obstacles; and the log's entries.

As in lists.py: rows of plain values with the key where the list goes on; each query asks who may see it.
"""

from __future__ import annotations

import email
import email.policy
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from django.db.models import Q, QuerySet

from cautery.core.actors import Actor, Permission
from cautery.core.errors import NotFound
from cautery.custody.models import Entry
from cautery.intake.queries import hidden
from cautery.refer.models import Notice, Obstacle
from cautery.report.register.lists import PAGE, Part, Rows
from cautery.review.care.queries import closed_items
from cautery.track.models import Answer, Mail, Proceeding
from cautery.track.queries import is_shown, shown_mail, shown_threats
from cautery.track.timelines.queries import NOTICE, notice_timeline

IMPOSSIBLE = ("impossible", "clarification", "ceased")
"""Answers about what stands in the way of an order (Annex III), and that it is gone."""
LONGEST_MAIL = 20_000
LARGEST_MAIL = 2_000_000

Chosen = Mapping[str, str]


def _part(rows: QuerySet[Any], fields: tuple[str, ...], after: str, size: int = PAGE) -> Part:
    """The newest first, by key."""
    if after.isdigit():
        rows = rows.filter(pk__lt=int(after))
    found: Rows = [dict(row) for row in rows.order_by("-pk").values("pk", *fields)[: size + 1]]
    return Part(found[:size], str(found[size - 1]["pk"]) if len(found) > size else "")


def proceedings(words: str, after: str, chosen: Chosen, *, by: Actor) -> Part:
    """Steps of redress, the newest first: by notice or provider, by kind and by ruling."""
    by.require(Permission.REPORT_OPERATION_READ)
    rows = Proceeding.objects.exclude(notice__operation__in=hidden(by=by))
    if words:
        rows = rows.filter(Q(notice__reference=words) | Q(notice__provider__slug=words))
    for name in ("kind", "ruling"):
        if chosen.get(name):
            rows = rows.filter(**{name: chosen[name]})
    fields = ("notice__reference", "notice__item_id", "notice__provider__slug", "kind", "ruling", "body", "at", "until")
    return _part(rows, fields, after)


@dataclass(frozen=True, slots=True)
class Redress:
    """A notice from its sending to its end: what was answered, said and decided, and its legal clocks."""

    notice: Notice
    answers: list[Answer]
    steps: list[Proceeding]
    clocks: list[dict[str, Any]]
    closed: bool

    @property
    def story(self) -> list[Answer | Proceeding]:
        """Answers and steps in the order of time."""
        return sorted([*self.answers, *self.steps], key=lambda one: one.at)


def redress(reference: str, *, by: Actor, at: datetime) -> Redress:
    """The redress of a notice; `NotFound`."""
    by.require(Permission.REPORT_OPERATION_READ)
    found = Notice.objects.select_related(*NOTICE, "item", "operation", "episode__tracking").filter(reference=reference)
    notice = found.first()
    if notice is None or notice.operation_id in hidden(by=by):
        raise NotFound(f"No notice {reference[:60]}.", reference=reference[:60])
    clocks = notice_timeline(notice, at).as_dict()["clocks"]
    answers, steps = notice.answers.order_by("at", "pk"), notice.proceedings.order_by("at", "pk")
    return Redress(notice, list(answers), list(steps), clocks, bool(closed_items([notice.item_id])))


def threats(words: str, after: str, chosen: Chosen, *, by: Actor) -> Part:
    """Reports of threats to life, the newest first; those nobody has taken on where `state` is `waiting`."""
    by.require(Permission.TRACK_THREAT_READ)
    rows = shown_threats(by=by)
    if words:
        rows = rows.filter(Q(provider__slug=words) | Q(notice__reference=words) | Q(text__icontains=words))
    if chosen.get("state"):
        rows = rows.filter(seen_at__isnull=chosen["state"] == "waiting")
    fields = (
        "received_at",
        "provider__slug",
        "text",
        "contact",
        "state",
        "notice__reference",
        "seen_at",
        "seen_by__name",
    )
    return _part(rows, fields, after)


def waiting_threats(*, by: Actor) -> int:
    """How many reports nobody has taken on; 0 for who may not see them."""
    allowed = Permission.TRACK_THREAT_READ in by.permissions
    return shown_threats(by=by).filter(seen_at=None).count() if allowed else 0


def letters(words: str, after: str, chosen: Chosen, *, by: Actor) -> Part:
    """Mail that is for a person, the newest first; `state` is `waiting` or `settled`."""
    by.require(Permission.TRACK_MAIL_READ)
    rows = shown_mail(by=by)
    if words:
        rows = rows.filter(Q(sender__icontains=words) | Q(meaning=words))
    if chosen.get("state"):
        rows = rows.filter(settled_at__isnull=chosen["state"] == "waiting")
    if chosen.get("meaning"):
        rows = rows.filter(meaning=chosen["meaning"])
    return _part(rows, ("received_at", "sender", "meaning", "problem", "settled_at"), after)


def letter(key: int, *, by: Actor) -> dict[str, Any]:
    """One message: what it was taken for, and its words as plain text; attachments by name alone. `NotFound`."""
    by.require(Permission.TRACK_MAIL_READ)
    mail = Mail.objects.filter(pk=key).first()
    if mail is None or not is_shown(mail, by=by):
        raise NotFound(f"No mail {key}.", mail=key)
    read = email.message_from_bytes(bytes(mail.raw)[:LARGEST_MAIL], policy=email.policy.default)
    notices = Notice.objects.filter(reference__in=mail.references[:50]).values("reference", "item_id", "provider__slug")
    attached = [part.get_filename() or part.get_content_type() for part in read.iter_attachments()]
    return {
        "mail": mail,
        "subject": str(read.get("subject", ""))[:500],
        "date": str(read.get("date", ""))[:100],
        "text": _words(read),
        "attached": attached[:50],
        "notices": list(notices),
    }


def _words(read: EmailMessage) -> str:
    """The plain words of a message; HTML is not shown, nor guessed at."""
    part = read.get_body(preferencelist=("plain",))
    if part is None:
        return ""
    try:
        return str(part.get_content())[:LONGEST_MAIL]
    except (LookupError, UnicodeError):
        return bytes(part.get_payload(decode=True) or b"").decode("latin-1")[:LONGEST_MAIL]


def obstacles(words: str, after: str, chosen: Chosen, *, by: Actor) -> Part:
    """What providers say stands in the way of an order (Annex III), the newest first, by answer."""
    by.require(Permission.INTAKE_ITEM_READ)
    wanted = [chosen["answer"]] if chosen.get("answer") in IMPOSSIBLE else IMPOSSIBLE
    rows = Answer.objects.filter(answer__in=wanted).exclude(notice__operation__in=hidden(by=by))
    if words:
        rows = rows.filter(Q(notice__provider__slug=words) | Q(notice__reference=words))
    fields = (
        "notice__reference",
        "notice__item_id",
        "notice__provider__slug",
        "answer",
        "reason",
        "at",
        "notice__episode__tracking__answer",
    )
    return _part(rows, fields, after)


def held_back(words: str, after: str, chosen: Chosen, *, by: Actor) -> Part:
    """What stands against notices of the officer's own unit: whose interest and until when where that is told, never in what.

    Who may override sees those of all units.
    """
    by.require(Permission.INTAKE_ITEM_READ)
    rows = Obstacle.objects.exclude(notice__operation__in=hidden(by=by))
    if Permission.REFER_HOLD_OVERRIDE not in by.permissions:
        rows = rows.filter(notice__signature__reviewer__unit__slug=by.unit)
    if words:
        rows = rows.filter(notice__reference=words)
    if chosen.get("state"):
        rows = rows.filter(confirmed_at__isnull=chosen["state"] == "open")
    fields = (
        "notice__reference", "notice__item_id", "at", "disclosed", "hold_id", "hold__unit__name", "hold__until",
        "other__reference", "reason", "asked_by__name", "asked_at", "confirmed_by__name", "confirmed_at",
    )  # fmt: skip
    part = _part(rows, fields, after)
    for row in part.rows:
        row["kind"] = "interest" if row.pop("hold_id") else "duplicate"
        if not row["disclosed"]:
            row["hold__unit__name"], row["hold__until"] = "", None
    return part


def entries(words: str, after: str, chosen: Chosen, *, by: Actor) -> Part:
    """Entries of the log, the newest first: by subject (`item:5`, `notice:REFERENCE`), by event, by who acted."""
    by.require(Permission.CUSTODY_LOG_READ)
    rows = Entry.objects.all()
    if words:
        rows = rows.filter(Q(subject=words))
    if chosen.get("event"):
        rows = rows.filter(event=chosen["event"])
    return _part(rows, ("at", "event", "actor", "subject", "rows__count", "place__position"), after)

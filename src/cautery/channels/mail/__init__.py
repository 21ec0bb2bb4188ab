"""Notices by e-mail: one message a batch, text for people and JSON for machines; answers come back as mail."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.utils import format_datetime
from typing import Any

from cautery.channels.base import Addressee, Done, Later, Outgoing, SendResult, Taken, Uncertain
from cautery.core.text import storable
from cautery.fetch.mail import MailFailed, Postman

SENDERS = 16
"""Messages under way at once: a mail host that hangs holds up no other."""


class MailWay:
    """Sends over SMTP; cannot ask: the same message, with the same Message-ID, is sent again instead."""

    def __init__(self, postman: Postman, sender: str, now: Callable[[], datetime]) -> None:
        self._postman = postman
        self._sender = sender
        self._now = now
        self._pool = ThreadPoolExecutor(SENDERS, "mail")

    def send(self, to: Addressee, batch: Sequence[Outgoing], message_id: str) -> Future[SendResult]:
        """Send one message with all notices of the batch."""
        message = compose(to.email, self._sender, batch, message_id, self._now())
        return self._pool.submit(self._deliver, message, batch)

    def ask(self, to: Addressee, keys: Sequence[str]) -> Mapping[str, Taken | None] | None:
        """Mail cannot be asked."""
        del to, keys
        return None

    def _deliver(self, message: EmailMessage, batch: Sequence[Outgoing]) -> SendResult:
        try:
            self._postman.post(message)
        except MailFailed as failed:
            return Uncertain(failed.reason) if failed.sent else Later(None, failed.reason)
        return Done([Taken(notice.idempotency_key, None, "") for notice in batch])


def compose(to: str, sender: str, batch: Sequence[Outgoing], message_id: str, now: datetime) -> EmailMessage:
    """The message: the same batch and id give the same message."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = message["Reply-To"] = sender
    message["To"] = to
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{message_id}@{sender.rpartition('@')[2]}>"
    references = [str(notice.body.get("reference", "")) for notice in batch]
    message["Subject"] = f"Referral of {len(batch)} item{'s' if len(batch) != 1 else ''} ({references[0]})"
    lines = [
        f"{n.body['reference']}  {n.body['url']}\n  Ground: {n.body['legal_ground']}\n  Reasons: {n.body['reasons']}"
        for n in batch
    ]
    message.set_content(
        "We refer the following items to you for voluntary consideration under your terms of service.\n"
        "Please answer with the attached form (answers.json), or by replying to this message.\n\n"
        + "\n\n".join(lines)
        + "\n"
    )
    attachment = json.dumps({"notices": [dict(n.body) for n in batch]}, ensure_ascii=False).encode()
    message.add_attachment(attachment, maintype="application", subtype="json", filename="notices.json")
    return message


@dataclass(frozen=True, slots=True)
class Incoming:
    """A mail as read: whose, in reply to what, whether a machine wrote it, and the answers attached."""

    sender: str
    in_reply_to: str
    automatic: bool
    answers: tuple[dict[str, Any], ...]
    problem: str


def read_mail(raw: bytes) -> Incoming:
    """Read an incoming message; what its attachment lacks is said in `problem`, nothing raises."""
    # The newer policies parse addresses as they are read, and raise on some that are none: `From: <`.
    message = BytesParser(policy=policy.compat32).parsebytes(raw)
    automatic = _header(message, "Auto-Submitted").lower() not in {"", "no"}
    answers: tuple[dict[str, Any], ...] = ()
    problem = ""
    for part in message.walk():
        if _filename(part) == "answers.json":
            answers, problem = _answers(part.get_payload(decode=True))
    sender, in_reply_to = _header(message, "From"), _header(message, "In-Reply-To")
    return Incoming(storable(sender, 300), in_reply_to, automatic, answers, problem)


def _header(message: Message, name: str) -> str:
    return str(message.get(name, "")).strip()


def _filename(part: Message) -> str:
    """The name of an attachment; one that cannot be decoded is not ours."""
    try:
        return part.get_filename("")
    except (LookupError, ValueError):
        return ""


def _answers(payload: object) -> tuple[tuple[dict[str, Any], ...], str]:
    try:
        document = json.loads(payload) if isinstance(payload, bytes) else None
    except (ValueError, RecursionError) as error:
        return (), storable(f"answers.json: {error}", 200)
    rows = document.get("answers") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        return (), "answers.json holds no list of answers"
    return tuple(row for row in rows if isinstance(row, dict)), ""

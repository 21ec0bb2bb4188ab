"""The message a batch of notices leaves in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from cautery.channels.base import Outgoing
from cautery.core.mail.belongs import LOOP_HEADER, reply_address


def compose(
    to: str, sender: str, batch: Sequence[Outgoing], message_id: str, now: datetime, token_key: bytes = b""
) -> EmailMessage:
    """The message: the same batch and id give the same message."""
    references = [str(notice.body.get("reference", "")) for notice in batch]
    subject = f"Referral of {len(batch)} item{'s' if len(batch) != 1 else ''} ({references[0]})"
    message = letter(to, sender, subject, _text(batch), message_id, now, token_key)
    attachment = json.dumps({"notices": [dict(n.body) for n in batch]}, ensure_ascii=False).encode()
    message.add_attachment(attachment, maintype="application", subtype="json", filename="notices.json")
    for document in (document for notice in batch for document in notice.documents):
        main, _, sub = document.content_type.partition("/")
        message.add_attachment(document.content, maintype=main, subtype=sub, filename=document.filename)
    return message


def letter(
    to: str, sender: str, subject: str, text: str, message_id: str, now: datetime, token_key: bytes = b""
) -> EmailMessage:
    """A message of ours with its text and nothing attached.

    Answers go to an address with a token nobody can guess. It is marked as a machine's (RFC 3834) and with our own loop
    mark, so that no machine answers it for ever and our own mail is known when it comes back.
    """
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = sender
    message["Reply-To"] = reply_address(sender, token_key, message_id) if token_key else sender
    message["To"] = to
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{message_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message[LOOP_HEADER] = sender
    message["Subject"] = subject
    message.set_content(text)
    return message


def _text(batch: Sequence[Outgoing]) -> str:
    """What a person reads: of a paper its name, of notices their links and grounds; the form says what kind of notice each is."""
    if all("paper" in n.body for n in batch):
        return (
            "".join(f"{n.body['reference']}  {n.body['paper']}\n" for n in batch)
            + "\nPlease see the attached document.\n"
        )
    lines = [
        f"{n.body['reference']}  {n.body['url']}\n  Ground: {n.body['legal_ground']}\n  Reasons: {n.body['reasons']}"
        for n in batch
    ]
    asked = {str(n.body.get("instrument", "referral")) for n in batch} <= {"referral"}
    opening = (
        "We refer the following items to you for voluntary consideration under your terms of service.\n"
        if asked
        else "Please find our notices on the following items; what each is, and what it asks, is in the attached documents.\n"
    )
    return (
        f"{opening}"
        "Please answer with the attached form (answers.json), or by replying to this message.\n\n"
        + "\n\n".join(lines)
        + "\n"
    )

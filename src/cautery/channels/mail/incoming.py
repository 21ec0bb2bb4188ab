"""What a provider attaches to a message, read from it in whole: answers (answers.json), and files that may hold a form of law."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser
from typing import Any

from cautery.core.text import storable

FORMS = 20
"""Attached files that are looked at for forms; beyond them a person looks."""
FORM_BYTES = 16 << 20
"""The largest of them."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A JSON or PDF file of a mail."""

    filename: str
    content: bytes

    @property
    def is_pdf(self) -> bool:
        """Whether it says so itself, whatever it is called."""
        return b"%PDF-" in self.content[:1024]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A mail as read: whose, in reply to what, whether a machine wrote it, the answers attached, and files that may be forms."""

    sender: str
    in_reply_to: str
    automatic: bool
    answers: tuple[dict[str, Any], ...]
    problem: str
    attached: tuple[Attached, ...] = ()


def read_mail(raw: bytes) -> Incoming:
    """Read an incoming message; what its attachment lacks is said in `problem`, nothing raises."""
    # The newer policies parse addresses as they are read, and raise on some that are none: `From: <`.
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(raw)
    except RecursionError:
        return Incoming("", "", False, (), "nested beyond reason")
    automatic = _header(message, "Auto-Submitted").lower() not in {"", "no"}
    answers: tuple[dict[str, Any], ...] = ()
    problem = ""
    attached: list[Attached] = []
    for part in _own_parts(message):
        name = _filename(part)
        if name == "answers.json":
            answers, problem = _answers(part.get_payload(decode=True))
        elif _may_be_form(part, name) and len(attached) < FORMS:
            attached += _attached(part, name)
    sender, in_reply_to = _header(message, "From"), _header(message, "In-Reply-To")
    return Incoming(storable(sender, 300), in_reply_to, automatic, answers, problem, tuple(attached))


def _own_parts(message: Message) -> Iterator[Message]:
    """The parts of the message itself, in order: what a message inside it carries is not the sender's word."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting += [inner for inner in reversed(payload) if isinstance(inner, Message)]
        else:
            yield part


def _may_be_form(part: Message, name: str) -> bool:
    kind = part.get_content_type()
    return kind in {"application/json", "application/pdf"} or name.lower().endswith((".json", ".pdf"))


def _attached(part: Message, name: str) -> list[Attached]:
    """The file, where it can be unpacked and is no larger than a form can be."""
    try:
        content = part.get_payload(decode=True)
    except (LookupError, ValueError):
        return []
    return [Attached(storable(name, 200), content)] if isinstance(content, bytes) and len(content) <= FORM_BYTES else []


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

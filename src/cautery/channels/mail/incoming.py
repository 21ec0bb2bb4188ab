"""The answers a provider attaches (answers.json), read from a message in whole."""

from __future__ import annotations

import json
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser
from typing import Any

from cautery.core.text import storable


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
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(raw)
    except RecursionError:
        return Incoming("", "", False, (), "nested beyond reason")
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

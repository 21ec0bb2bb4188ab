"""Which notice a mail belongs to: by our reference number, by the Message-ID it answers, by the token in the address it came to.

The token makes a reply address that nobody can guess: `local+TOKEN@domain`, where TOKEN is the beginning of our message's
id and a keyed digest over it. Only who received the message knows it, and it is checked without any table.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cautery.core.mail.letter import Letter
from cautery.core.mail.texts import addresses_in

REFERENCE = re.compile(r"\bCTY-[0-9A-Z]{4,12}(?:-[0-9A-Z]{1,12}){1,3}\b")
MESSAGE_ID = re.compile(r"<([^<>\s@]{1,200}@[^<>\s]{1,200})>")
QUOTED_ID = re.compile(r"^[ \t>|]*message-id:\s*<([^<>\s]{1,400})>", re.IGNORECASE | re.MULTILINE)
TOKEN = re.compile(r"\+([0-9a-f]{16})([a-z2-7]{20})@", re.IGNORECASE)
TO_US = (
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "x-delivered-to",
    "to",
    "cc",
    "resent-to",
    "received",
)
FROM_US = ("reply-to", "from", "sender", "return-path", "x-loop")
ID_BYTES = 16
MOST = 50
LOOP_HEADER = "X-Loop"
HOPS = 60
"""Received lines after which a mail goes in circles (RFC 5321, 6.3: at least 100 must be allowed to pass; a reply takes ten)."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a reply address carries: the beginning of our message's id, and the digest that proves we wrote it."""

    message: str
    digest: str


@dataclass(frozen=True, slots=True)
class Belongings:
    """What in a mail names a notice of ours; `received_at` are tokens of the address it came to, `returned` those it returns."""

    references: tuple[str, ...]
    message_ids: tuple[str, ...]
    received_at: tuple[Token, ...]
    returned: tuple[Token, ...]

    def __bool__(self) -> bool:
        return bool(self.references or self.received_at or self.returned)


def belongings(letter: Letter) -> Belongings:
    """Everything in `letter` that may name a notice of ours, in the order of its weight."""
    original = " ".join(value for values in letter.original.values() for value in values)
    fields = " ".join(value for group in (*letter.status, letter.feedback) for value in group.values())
    searched = (letter.header("subject"), letter.text, original, fields, *(part.text for part in letter.parts))
    ids = [*_ids(letter.header("in-reply-to")), *reversed(_ids(letter.header("references")))]
    ids += _ids(" ".join(letter.original.get("message-id", ()))) + QUOTED_ID.findall(letter.text)
    ids += _ids(
        " ".join(
            group.get(name, "") for group in letter.status for name in ("original-message-id", "x-original-message-id")
        )
    )
    came_to = (value for name in TO_US for value in letter.headers.get(name, ()))
    went_from = (value for name in FROM_US for value in letter.original.get(name, ()))
    return Belongings(
        references=_once(match for text in searched for match in REFERENCE.findall(text)),
        message_ids=_once(ids),
        received_at=tuple(tokens(came_to)),
        returned=tuple(tokens((*went_from, letter.text))),
    )


def _ids(text: str) -> list[str]:
    return MESSAGE_ID.findall(text)


def _once(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))[:MOST]


def tokens(texts: Iterable[str]) -> Iterator[Token]:
    """The reply tokens in addresses within `texts`, each once."""
    seen: set[Token] = set()
    for text in texts:
        for message, digest in TOKEN.findall(text)[:MOST]:
            token = Token(message.lower(), digest.lower())
            if token not in seen:
                seen.add(token)
                yield token


def reply_address(sender: str, key: bytes, message_id: str) -> str:
    """Where answers to one message of ours go: `local+TOKEN@domain`. `message_id` begins with 16 hexadecimal digits."""
    local, _, domain = sender.rpartition("@")
    message = message_id[:ID_BYTES].lower()
    return f"{local}+{message}{_digest(key, message)}@{domain}"


def is_ours(token: Token, key: bytes) -> bool:
    """Whether we made the token; compared in constant time."""
    return hmac.compare_digest(token.digest, _digest(key, token.message))


def _digest(key: bytes, message: str) -> str:
    """100 bits, so that the local part keeps below the 64 octets of RFC 5321."""
    made = hmac.digest(key, b"reply|" + message.encode(), "sha256")
    return base64.b32encode(made).decode().lower()[:20]


def is_loop(letter: Letter, sender: str) -> bool:
    """Whether a mail of our own came back as it was, or one goes in circles: nothing is done on it."""
    marks = {value.lower() for value in letter.headers.get(LOOP_HEADER.lower(), ())}
    wrote = {address.lower() for address in addresses_in(letter.header("from"))}
    return sender.lower() in marks | wrote or len(letter.headers.get("received", ())) > HOPS

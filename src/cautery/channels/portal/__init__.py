"""Notices laid out in the provider desk, and a short mail that says so: how many, where, nothing of what they are about.

A notice lies there from the moment its delivery counts as delivered, which is when the mail has left. What its staff see for
the first time is received then, and the desk notes it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from hashlib import sha256
from typing import Protocol

from cautery.channels.base import Addressee, Done, Outgoing, Receipt, SendResult, Taken


class Mails(Protocol):
    """What sends the short mail."""

    def tell(
        self, to: Addressee, subject: str, text: str, batch: Sequence[Outgoing], message_id: str
    ) -> Future[SendResult]:
        """Start sending a message about a batch; the future never raises for what the far side does."""


class PortalWay:
    """Lays notices out and tells the provider, where it has an address; `desk` is where its staff find the desk ("": not named)."""

    def __init__(self, mails: Mails, desk: str = "") -> None:
        self._mails = mails
        self._desk = desk

    def send(self, to: Addressee, batch: Sequence[Outgoing], message_id: str) -> Future[SendResult]:
        """Tell the provider; a provider without an address finds them without a word. They are delivered when it was told."""
        if not to.email:
            return _laid_out(batch)
        return self._mails.tell(to, _subject(batch), self._text(batch), batch, message_id)

    def ask(self, to: Addressee, keys: Sequence[str]) -> Mapping[str, Taken | None] | None:
        """The mail cannot be asked: the same one, with the same Message-ID, is sent again instead."""
        del to, keys
        return None

    def _text(self, batch: Sequence[Outgoing]) -> str:
        references = [str(notice.body.get("reference", "")) for notice in batch]
        span = references[0] if len(references) == 1 else f"{references[0]} to {references[-1]}"
        where = f"at {self._desk}" if self._desk else "in the provider desk"
        return (
            f"{_subject(batch)} {where} ({span}).\n\n"
            "Please enter with your key and answer them there, or over the API for providers. This message says nothing of what "
            "they are about on purpose.\n"
        )


def _subject(batch: Sequence[Outgoing]) -> str:
    return "1 new notice waits for you" if len(batch) == 1 else f"{len(batch)} new notices wait for you"


def _laid_out(batch: Sequence[Outgoing]) -> Future[SendResult]:
    """Done at once: what was laid out is proved by the digest of the keys."""
    now = time.time()
    keys = "\n".join(notice.idempotency_key for notice in batch).encode()
    done: Future[SendResult] = Future()
    taken = [Taken(notice.idempotency_key, None, "") for notice in batch]
    done.set_result(Done(taken, [Receipt(now, now, sha256(keys).hexdigest(), "laid out in the desk", "")]))
    return done

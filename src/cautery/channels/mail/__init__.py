"""Notices by e-mail: one message a batch, text for people and JSON for machines, signed and encrypted where keys are there.

compose.py    the message: its text, its attachments, the address answers go to
sealing.py    S/MIME or OpenPGP around it
incoming.py   the answers attached to what comes back
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from hashlib import sha256

from cautery.channels.base import Addressee, Done, Later, Outgoing, Receipt, SendResult, Taken, Uncertain
from cautery.channels.keys import Keys
from cautery.channels.mail.compose import compose, letter
from cautery.channels.mail.incoming import FORM_BYTES, Attached, Incoming, read_mail
from cautery.channels.mail.sealing import seal
from cautery.core.errors import Refused
from cautery.fetch.mail import MailFailed, Postman

__all__ = ["FORM_BYTES", "Attached", "Incoming", "MailWay", "compose", "read_mail"]

SENDERS = 16
"""Messages under way at once: a mail host that hangs holds up no other."""


class MailWay:
    """Sends over SMTP; cannot ask: the same message, with the same Message-ID, is sent again instead."""

    def __init__(
        self,
        postman: Postman,
        sender: str,
        now: Callable[[], datetime],
        *,
        token_key: bytes = b"",
        keys: Keys | None = None,
    ) -> None:
        self._postman = postman
        self._sender = sender
        self._now = now
        self._token_key = token_key
        self._keys = keys or Keys(None)
        self._pool = ThreadPoolExecutor(SENDERS, "mail")

    def send(self, to: Addressee, batch: Sequence[Outgoing], message_id: str) -> Future[SendResult]:
        """Send one message with all notices of the batch."""
        message = compose(to.email, self._sender, batch, message_id, self._now(), self._token_key)
        return self._pool.submit(self._deliver, to, message.as_bytes(), batch)

    def tell(
        self, to: Addressee, subject: str, text: str, batch: Sequence[Outgoing], message_id: str
    ) -> Future[SendResult]:
        """Send a short message about notices that lie elsewhere; what became of it is what became of them."""
        message = letter(to.email, self._sender, subject, text, message_id, self._now(), self._token_key)
        return self._pool.submit(self._deliver, to, message.as_bytes(), batch)

    def ask(self, to: Addressee, keys: Sequence[str]) -> Mapping[str, Taken | None] | None:
        """Mail cannot be asked."""
        del to, keys
        return None

    def _deliver(self, to: Addressee, plain: bytes, batch: Sequence[Outgoing]) -> SendResult:
        """A message that cannot be sealed as its keys demand is not sent in the clear: it waits until the keys are mended."""
        began = time.time()
        try:
            raw = seal(plain, self._keys, to.slug)
        except Refused as refused:
            return Later(None, refused.message)
        try:
            said = self._postman.post(self._sender, to.email, raw)
        except MailFailed as failed:
            receipt = _receipt(began, raw, failed.reason)
            return Uncertain(failed.reason, receipt) if failed.sent else Later(None, failed.reason, receipt)
        taken = [Taken(notice.idempotency_key, None, "") for notice in batch]
        return Done(taken, [_receipt(began, raw, said)])


def _receipt(began: float, raw: bytes, said: str) -> Receipt:
    """What proves the sending: the digest of the message as it left, and the server's words to it."""
    return Receipt(began, time.time(), sha256(raw).hexdigest(), said, sha256(said.encode()).hexdigest())

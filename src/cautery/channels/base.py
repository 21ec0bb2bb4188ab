"""What every way out is: it takes a batch of notices and says what became of them. It knows nothing of people or the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Document:
    """A file that goes along with a notice: its printed form, its form for machines."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One notice as it leaves: its idempotency key for life, its machine form, and its documents where the way carries any."""

    idempotency_key: str
    body: Mapping[str, Any]
    documents: Sequence[Document] = ()


@dataclass(frozen=True, slots=True)
class Addressee:
    """Where notices to a provider go."""

    slug: str
    api_base: str
    token: str
    email: str


@dataclass(frozen=True, slots=True)
class Taken:
    """The provider has the notice (for the first time, or it had it before)."""

    idempotency_key: str
    received_at: datetime | None
    provider_ref: str


@dataclass(frozen=True, slots=True)
class NotTaken:
    """The provider read the notice and will not take it."""

    idempotency_key: str
    error: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The proof of one sending: when it left and when the far side had spoken (unix seconds of this machine's clock), the
    SHA-256 of the bytes that left, what the far side said (status line, SMTP reply), and the SHA-256 of its answer."""

    sent_wall: float
    answered_wall: float
    sent_digest: str
    said: str
    answer_digest: str

    def facts(self) -> dict[str, Any]:
        """As the custody log keeps it; times in UTC to the microsecond."""
        return {
            "sent": _moment(self.sent_wall),
            "answered": _moment(self.answered_wall),
            "sent_sha256": self.sent_digest,
            "said": self.said,
            "answer_sha256": self.answer_digest,
        }


def _moment(wall: float) -> str:
    return datetime.fromtimestamp(wall, UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True, slots=True)
class Done:
    """The batch was answered, notice by notice; batches that are recorded together keep a receipt each."""

    results: Sequence[Taken | NotTaken]
    receipts: Sequence[Receipt] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing of the batch was taken; try again after so many seconds (None: as the backoff says)."""

    after_s: float | None
    why: str
    receipt: Receipt | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The batch may have been taken: ask by idempotency key before anything is sent again."""

    why: str
    receipt: Receipt | None = field(default=None, compare=False)


SendResult = Done | Later | Uncertain


class Way(Protocol):
    """A way out."""

    def send(self, to: Addressee, batch: Sequence[Outgoing], message_id: str) -> Future[SendResult]:
        """Start sending one batch; the future never raises for what the far side does."""

    def ask(self, to: Addressee, keys: Sequence[str]) -> Mapping[str, Taken | None] | None:
        """By idempotency key: what the provider has (None: it never arrived). None in all: this way cannot ask."""

"""A provider whose moderators look at notices in the platform's own provider desk: what they take in, what they answer there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cautery.exercise.providers.notices import answer_document
from cautery.exercise.state import State


def take(state: State, provider: str, rows: Sequence[Mapping[str, Any]]) -> int:
    """Receive what moderators see for the first time, now; how many. To see a notice again is not to receive it again."""
    new = [row for row in rows if (provider, row.get("idempotency_key")) not in state.deliveries]
    receipts = state.receive(provider, new, call=f"desk {state.now}", channel="portal")
    return sum(receipt.status == "received" for receipt in receipts)


def answers(state: State, provider: str, after: int) -> list[dict[str, Any]]:
    """The provider's answers that are due by now, without the first `after` of them."""
    return [answer_document(delivery) for delivery in state.feeds[provider][after:]]

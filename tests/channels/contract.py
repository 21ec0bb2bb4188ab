"""What every way out keeps: one contract, inherited by the tests of each channel."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

import pytest

from cautery.channels.base import Addressee, Done, Later, Outgoing, Receipt, SendResult, Taken, Uncertain, Way

BODY = {
    "reference": "CTY-202606-0000001",
    "url": "https://p.test/1",
    "legal_ground": "Art 2(7)(a)",
    "reasons": "Words.",
}
BATCH = [Outgoing(key, BODY | {"idempotency_key": key}) for key in ("k1", "k2")]


class WayContract:
    """A subclass gives `way`, `to`, and a far side: `taking`, `refusing`, `hanging` make it behave so; `took` is what it has."""

    way: Way
    to: Addressee
    taking: Callable[[], None]
    refusing: Callable[[], None]
    breaking: Callable[[], None]
    took: Callable[[], list[bytes]]

    def send(self, message_id: str = "0" * 40) -> SendResult:
        return self.way.send(self.to, BATCH, message_id).result(30)

    def test_it_says_of_each_notice_that_it_was_taken(self) -> None:
        self.taking()
        result = self.send()
        assert isinstance(result, Done)
        assert [row.idempotency_key for row in result.results if isinstance(row, Taken)] == ["k1", "k2"]

    def test_it_keeps_when_it_was_sent_and_when_it_was_answered(self) -> None:
        self.taking()
        receipt = self.receipt(self.send())
        assert 0 < receipt.sent_wall <= receipt.answered_wall
        assert receipt.facts()["sent"] <= receipt.facts()["answered"]
        assert receipt.facts()["sent"].endswith("+00:00")

    def test_it_keeps_what_left_and_what_came_back(self) -> None:
        self.taking()
        receipt = self.receipt(self.send())
        assert receipt.sent_digest in {sha256(raw).hexdigest() for raw in self.took()}
        assert receipt.said
        assert len(receipt.answer_digest) == 64

    def test_the_same_batch_under_the_same_id_names_the_same_call(self) -> None:
        self.taking()
        self.send()
        self.send()
        assert len({self.name_of(raw) for raw in self.took()}) == 1

    def test_a_refusal_takes_nothing_and_is_proved_too(self) -> None:
        self.refusing()
        result = self.send()
        assert isinstance(result, Later)
        assert self.receipt(result).said

    def test_a_line_that_breaks_leaves_it_uncertain_and_is_proved_too(self) -> None:
        self.breaking()
        result = self.send()
        assert isinstance(result, Uncertain)
        assert self.receipt(result).sent_digest

    def name_of(self, raw: bytes) -> bytes:
        """What names the call at the far side."""
        raise NotImplementedError

    @staticmethod
    def receipt(result: SendResult) -> Receipt:
        receipts = result.receipts if isinstance(result, Done) else [result.receipt]
        if len(receipts) != 1 or receipts[0] is None:
            pytest.fail("no receipt")
        return receipts[0]

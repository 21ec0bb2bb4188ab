"""Which notice a mail belongs to, and whether its answers are believed."""

from __future__ import annotations

import pytest

from cautery.core.mail.belongs import HOPS, belongings, is_loop, is_ours, reply_address
from cautery.core.mail.classify import classify
from cautery.core.mail.letter import read_letter
from cautery.core.mail.proof import judge_proof
from cautery.core.mail.weighing import weigh_mail
from tests.core.mail.letters import ANSWER, raw
from tests.core.mail.test_classify import dsn

KEY = b"k" * 32
ID = "0123456789abcdef0123456789abcdef01234567"
ADDRESS = reply_address("referrals@unit.example", KEY, ID)


def test_a_reply_address_fits_and_proves_itself() -> None:
    assert len(ADDRESS.rpartition("@")[0]) <= 64
    (token,) = belongings(read_letter(raw("x", To=ADDRESS))).received_at
    assert (token.message, is_ours(token, KEY), is_ours(token, b"other")) == (ID[:16], True, False)


@pytest.mark.parametrize("change", [10, 26, 45])
def test_a_token_with_one_letter_changed_is_none_of_ours(change: int) -> None:
    other = "2" if ADDRESS[change] != "2" else "3"
    forged = ADDRESS[:change] + other + ADDRESS[change + 1 :]
    assert not any(is_ours(t, KEY) for t in belongings(read_letter(raw("x", To=forged))).received_at)


def test_tokens_differ_from_message_to_message() -> None:
    assert reply_address("r@u.example", KEY, "f" * 40) != reply_address("r@u.example", KEY, "e" * 40)


@pytest.mark.parametrize(
    "message",
    [
        raw("about CTY-202606-0000001", Subject="Your notice"),
        raw("done", Subject="Re: Referral of 1 item (CTY-202606-0000001)"),
        raw("> CTY-202606-0000001  https://x.example/\n>   Ground", Subject="Re: x"),
        dsn("failed", "5.1.1", "550 no such user"),
    ],
)
def test_the_reference_is_found_wherever_it_stands(message: bytes) -> None:
    assert belongings(read_letter(message)).references == ("CTY-202606-0000001",)


def test_what_it_answers_is_found_in_headers_and_in_what_is_returned() -> None:
    assert belongings(read_letter(raw("x", **ANSWER))).message_ids == ("n1@unit.example",)
    assert "n1@unit.example" in belongings(read_letter(dsn("failed", "5.1.1", "550"))).message_ids
    quoted = raw("Failed:\n\n--- Original message ---\nMessage-ID: <n2@unit.example>\nSubject: x\n")
    assert belongings(read_letter(quoted)).message_ids == ("n2@unit.example",)


def test_a_mail_that_names_nothing_belongs_to_nothing() -> None:
    assert not belongings(read_letter(raw("Lunch?")))


def test_our_own_mail_that_comes_back_is_a_loop() -> None:
    assert is_loop(read_letter(raw("x", X_Loop="referrals@unit.example")), "referrals@unit.example")
    assert is_loop(read_letter(raw("x", From="Us <referrals@unit.example>")), "referrals@unit.example")
    circling = b"Received: from a by b\r\n" * 61 + raw("x")
    assert is_loop(read_letter(circling), "referrals@unit.example")
    assert not is_loop(read_letter(raw("x", X_Loop="abuse@p.example")), "referrals@unit.example")


SIGNED = "mx.unit.example; dkim=pass (2048-bit key) header.d=p.example header.s=s1; spf=pass smtp.mailfrom=p.example"


@pytest.mark.parametrize(
    ("headers", "token", "host", "proven", "word"),
    [
        ({}, True, "", True, "reply token"),
        ({}, False, "", False, "address we gave"),
        ({"From": "a@p.example.evil.example"}, True, "", False, "not written under"),
        ({"From": "a@sub.p.example"}, True, "", True, ""),
        ({"From": "a@p.example, b@evil.example"}, True, "", False, "not written under"),
        ({}, True, "mx.unit.example", False, "does not say"),
        ({"Authentication-Results": SIGNED}, True, "mx.unit.example", True, "signed"),
        ({"Authentication-Results": SIGNED}, False, "mx.unit.example", False, "address we gave"),
        ({"Authentication-Results": SIGNED.replace("=pass", "=fail")}, True, "mx.unit.example", False, ""),
        ({"Authentication-Results": SIGNED.replace("header.d=p.", "header.d=q.")}, True, "mx.unit.example", False, ""),
        ({"Authentication-Results": SIGNED.replace("mx.unit", "mx.evil")}, True, "mx.unit.example", False, ""),
        (
            {"Authentication-Results": "mx.unit.example; dmarc=pass header.from=p.example"},
            True,
            "mx.unit.example",
            True,
            "",
        ),
    ],
)
def test_answers_are_believed_only_with_proof(
    headers: dict[str, str], token: bool, host: str, proven: bool, word: str
) -> None:
    letter = read_letter(raw("x", **({"From": "abuse@p.example"} | headers)))
    found = judge_proof(letter, has_token=token, domains={"p.example"}, trusted_host=host)
    assert found.proven is proven
    assert word in found.why


def test_a_word_below_that_of_the_trusted_host_does_not_count() -> None:
    top = b"Authentication-Results: mx.unit.example; dkim=fail header.d=p.example\r\n"
    forged = top + raw("x", From="abuse@p.example", **{"Authentication-Results": SIGNED})
    assert not judge_proof(
        read_letter(forged), has_token=True, domains={"p.example"}, trusted_host="mx.unit.example"
    ).proven


def test_two_senders_prove_nothing() -> None:
    letter = read_letter(b"From: abuse@p.example\r\n" + raw("x", From="abuse@p.example"))
    assert not judge_proof(letter, has_token=True, domains={"p.example"}, trusted_host="").proven


@pytest.mark.parametrize(
    ("given", "meaning"),
    [
        ({"loop": True, "answers": 3}, "loop"),
        ({"truncated": True, "answers": 3}, "quarantined"),
        ({"answers": 3}, "answers"),
        ({"answers": 3, "proven": False}, "unproven"),
        ({"matched": False}, "unmatched"),
        ({}, "reply"),
    ],
)
def test_what_is_done_with_a_mail(given: dict[str, int], meaning: str) -> None:
    letter = read_letter(raw("Gone.", Subject="Re: x", From="abuse@p.example", **ANSWER))
    proof = judge_proof(letter, has_token=bool(given.get("proven", True)), domains={"p.example"}, trusted_host="")
    found = weigh_mail(
        classify(letter),
        proof,
        loop=bool(given.get("loop")),
        truncated=bool(given.get("truncated")),
        answers=given.get("answers", 0),
        matched=bool(given.get("matched", True)),
        unread="",
    )
    assert found.meaning == meaning
    assert found.problem or meaning == "answers"


def test_a_mail_that_goes_in_circles_is_a_loop_and_a_long_way_is_none() -> None:
    hop = b"Received: from a.example by b.example; Mon, 15 Jun 2026 08:00:00 +0200\r\n"
    answer = raw("Gone.", Subject="Re: x", From="abuse@p.example", **ANSWER)
    assert not is_loop(read_letter(hop * HOPS + answer), "us@unit.example")
    assert is_loop(read_letter(hop * (HOPS + 1) + answer), "us@unit.example")
    assert is_loop(read_letter(b"X-Loop: US@unit.example\r\n" + answer), "us@unit.example")

"""Calls that come in are believed only when they verify."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from cautery.channels.webhook import Verified, signed_headers, verify
from cautery.core.errors import Refused, SettingInvalid

NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = '{"answers": [{"reason": "für"}]}'.encode()
HEADERS = signed_headers(SECRET, "msg_1", NOW, BODY)


def check(
    headers: dict[str, str] = HEADERS, body: bytes = BODY, now: datetime = NOW, seen: tuple[str, ...] = ()
) -> Verified:
    return verify([SECRET], headers, body, now, seen.__contains__)


def test_a_call_that_holds_is_taken() -> None:
    assert check() == Verified("msg_1", NOW, BODY)
    assert check({name.title(): value for name, value in HEADERS.items()}).id == "msg_1"


def test_the_library_of_the_standard_agrees() -> None:
    now = datetime.now(UTC)
    Webhook(SECRET).verify(BODY, signed_headers(SECRET, "msg_2", now, BODY))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"webhook-id": "msg_2"}, "signature"),
        ({"webhook-id": ""}, "headers"),
        ({"webhook-signature": ""}, "headers"),
        ({"webhook-signature": "v1,AAAA"}, "signature"),
        ({"webhook-signature": HEADERS["webhook-signature"].replace("v1,", "v2,")}, "signature"),
        ({"webhook-signature": "\u00e9"}, "signature"),
        ({"webhook-timestamp": "soon"}, "headers"),
        ({"webhook-timestamp": "-5"}, "headers"),
        ({"webhook-timestamp": "9" * 30}, "timestamp"),
        ({"webhook-timestamp": str(int(NOW.timestamp()) + 1)}, "signature"),
    ],
)
def test_what_was_altered_is_refused(change: dict[str, str], reason: str) -> None:
    with pytest.raises(Refused) as refused:
        check(HEADERS | change)
    assert refused.value.reason == reason


@pytest.mark.parametrize("body", [BODY + b" ", b"", b"\xff"])
def test_a_body_altered_by_one_byte_is_refused(body: bytes) -> None:
    with pytest.raises(Refused):
        check(body=body)


@pytest.mark.parametrize(("late", "holds"), [(299, True), (-299, True), (301, False), (-301, False)])
def test_time_may_differ_by_five_minutes(late: int, holds: bool) -> None:
    now = NOW + timedelta(seconds=late)
    if holds:
        assert check(now=now).id == "msg_1"
        return
    with pytest.raises(Refused) as refused:
        check(now=now)
    assert refused.value.reason == "timestamp"


def test_a_call_taken_before_is_refused_as_a_replay() -> None:
    with pytest.raises(Refused) as refused:
        check(seen=("msg_1",))
    assert refused.value.reason == "replay"


def test_a_forged_call_does_not_learn_which_were_taken() -> None:
    with pytest.raises(Refused) as refused:
        check(HEADERS | {"webhook-signature": "v1,AAAA"}, seen=("msg_1",))
    assert refused.value.reason == "signature"


def test_a_key_that_is_being_changed_holds_beside_the_new_one() -> None:
    other = "whsec_" + "C" * 32
    assert verify([other, SECRET], HEADERS, BODY, NOW, lambda _: False).id == "msg_1"
    both = HEADERS | {"webhook-signature": "v1,AAAA " + HEADERS["webhook-signature"]}
    assert check(both).id == "msg_1"
    with pytest.raises(SettingInvalid):
        verify(["whsec_"], HEADERS, BODY, NOW, lambda _: False)

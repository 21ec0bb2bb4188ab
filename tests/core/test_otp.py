"""One-time codes: the published figures of RFC 4226 and RFC 6238, and when a code opens."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from cautery.core import otp

KEY = b"12345678901234567890"
HOTP = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]


@pytest.mark.parametrize(("counter", "code"), list(enumerate(HOTP)))
def test_it_makes_the_codes_of_rfc_4226_appendix_d(counter: int, code: str) -> None:
    assert otp.code_of(KEY, counter) == code


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "94287082"), (1111111109, "07081804"), (1234567890, "89005924"), (20000000000, "65353130")],
)
def test_it_makes_the_codes_of_rfc_6238_appendix_b(seconds: int, code: str) -> None:
    assert otp.code_of(KEY, otp.step_at(seconds)) == code[2:]


def test_a_code_opens_a_step_early_and_late_and_no_more() -> None:
    code = otp.code_of(KEY, otp.step_at(600))
    assert [otp.matching_step(KEY, code, now=600 + drift) is not None for drift in (-60, -30, 0, 30, 59, 60)] == [
        False, True, True, True, True, False,
    ]  # fmt: skip


def test_a_code_opens_once() -> None:
    code = otp.code_of(KEY, 20)
    step = otp.matching_step(KEY, code, now=600)
    assert step == 20
    assert otp.matching_step(KEY, code, now=600, after=step) is None


def test_people_may_put_spaces_into_it() -> None:
    code = otp.code_of(KEY, 20)
    assert otp.matching_step(KEY, f" {code[:3]} {code[3:]}", now=600) == 20


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "-12345", "12345\0"])
def test_what_is_no_code_opens_nothing(code: str) -> None:
    assert otp.matching_step(KEY, code, now=600) is None


def test_the_link_says_all_an_app_needs() -> None:
    parts = urlsplit(otp.enrolment_link(KEY, account="a b@c", issuer="Cautery"))
    assert (parts.scheme, parts.netloc, parts.path) == ("otpauth", "totp", "/Cautery%3Aa%20b%40c")
    assert parse_qs(parts.query)["secret"] == [otp.spelled(KEY)] == ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"]

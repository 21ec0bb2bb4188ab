"""Answers of an identity provider: one that holds says who it is, and every condition is one without which it does not."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import timedelta

import pytest

from cautery.core.errors import Refused
from cautery.core.saml.answer import Expected, Subject, read_answer
from cautery.core.saml.xml import MOST_BYTES
from tests import saml
from tests.saml import CONSUMER, ENTITY, ISSUER, KEY, NOW, REQUEST, answer, attribute, posted, signed, stamp

EXPECTED = Expected(ISSUER, ENTITY, CONSUMER, REQUEST)
OTHER = "https://other.example/"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"


def read(document: bytes) -> Subject:
    return read_answer(posted(document), [KEY.public_key()], EXPECTED, now=NOW)


def found(document: bytes) -> str:
    """Why it was refused."""
    with pytest.raises(Refused) as refused:
        read(document)
    return f"{refused.value.reason}: {refused.value.fields.get('found', '')}"


@pytest.mark.parametrize("parts", [("assertion",), ("response",), ("assertion", "response")])
def test_an_answer_is_believed_when_it_or_its_assertion_is_signed(parts: tuple[str, ...]) -> None:
    subject = read(signed(answer(attributes=attribute("uid", "vera", "second")), *parts))
    assert (subject.name, subject.attributes) == ("subject-1", {"uid": ("vera", "second")})
    assert subject.format.endswith("persistent")
    assert subject.contexts == ("urn:oasis:names:tc:SAML:2.0:ac:classes:Password",)


def test_an_answer_nobody_signed_is_worth_nothing() -> None:
    assert found(answer().encode()) == "saml: unsigned"


def test_a_comment_does_not_cut_a_name_short() -> None:
    whole = signed(answer(name="vera.evil"))
    assert read(whole.replace(b"vera.evil", b"vera<!-- -->.evil")).name == "vera.evil"
    assert read(whole.replace(b"vera.evil", b"<!--vera-->vera.evil")).name == "vera.evil"
    with_attribute = signed(answer(attributes=attribute("uid", "vera.evil")))
    assert read(with_attribute.replace(b"vera.evil", b"vera<!-- -->.evil")).attributes == {"uid": ("vera.evil",)}


def test_markup_within_a_name_is_no_name() -> None:
    assert found(signed(answer(name="vera<b/>.evil"))) == "saml: subject"
    assert found(signed(answer(name="vera<?cut?>.evil"))) == "saml: subject"
    assert found(signed(answer(name="vera.evil")).replace(b"vera.", b"vera<?cut?>.")) == "saml: digest"
    assert read(signed(answer(attributes=attribute("uid", "vera<b/>.evil")))).attributes == {}


SIGNED = [
    ("issuer", f"<saml:Assertion (.*)<saml:Issuer>{ISSUER}", f"<saml:Assertion \\1<saml:Issuer>{OTHER}"),
    ("audience", f"<saml:Audience>{ENTITY}</saml:Audience>", f"<saml:Audience>{OTHER}</saml:Audience>"),
    ("audience", "<saml:AudienceRestriction>.*</saml:AudienceRestriction>", ""),
    (
        "audience",
        "</saml:AudienceRestriction>",
        f"</saml:AudienceRestriction><saml:AudienceRestriction><saml:Audience>{OTHER}</saml:Audience></saml:AudienceRestriction>",
    ),
    ("recipient", f'Recipient="{CONSUMER}"', f'Recipient="{OTHER}"'),
    ("recipient", f'Recipient="{CONSUMER}"', ""),
    ("confirmed_request", f'InResponseTo="{REQUEST}"/>', 'InResponseTo="_another"/>'),
    ("confirmed_request", f'InResponseTo="{REQUEST}"/>', "/>"),
    ("confirmation", "cm:bearer", "cm:holder-of-key"),
    ("confirmation", 'Data NotOnOrAfter="[^"]*"', "Data "),
    ("confirmation", "<saml:SubjectConfirmation .*</saml:SubjectConfirmation>", ""),
    ("expired", 'Data NotOnOrAfter="[^"]*"', f'Data NotOnOrAfter="{stamp(NOW - timedelta(seconds=120))}"'),
    ("not_yet", "Data NotOn", f'Data NotBefore="{stamp(NOW + timedelta(seconds=121))}" NotOn'),
    ("expired", 'Z" NotOnOrAfter="[^"]*"', f'Z" NotOnOrAfter="{stamp(NOW - timedelta(seconds=120))}"'),
    ("not_yet", 'Conditions NotBefore="[^"]*"', f'Conditions NotBefore="{stamp(NOW + timedelta(seconds=121))}"'),
    ("expired", 'SessionNotOnOrAfter="[^"]*"', f'SessionNotOnOrAfter="{stamp(NOW - timedelta(hours=1))}"'),
    ("time", 'Conditions NotBefore="[^"]*"', 'Conditions NotBefore="2026-11-22T11:59:00"'),
    ("time", 'Conditions NotBefore="[^"]*"', 'Conditions NotBefore="yesterday"'),
    ("conditions", "</saml:Conditions>", '<saml:Condition xmlns:d="urn:d"/></saml:Conditions>'),
    ("conditions", "(?s)<saml:Conditions.*</saml:Conditions>", ""),
    ("statement", "<saml:AuthnStatement.*</saml:AuthnStatement>", ""),
    ("subject", "<saml:NameID.*</saml:NameID>", ""),
    ("subject", "subject-1", "  "),
    ("subject", "subject-1", "s" * 256),
    ("root", '_assertion" Version="2.0"', '_assertion" Version="1.1"'),
]


@pytest.mark.parametrize(("why", "pattern", "instead"), SIGNED)
def test_what_was_signed_for_another_place_time_or_question_does_not_hold(why: str, pattern: str, instead: str) -> None:
    changed, times = re.subn(pattern, instead, answer())
    assert times == 1
    assert found(signed(changed)) == f"saml: {why}"


AROUND = [
    ("saml: in_response_to", 'InResponseTo="_question"><', "><"),
    ("saml: in_response_to", 'InResponseTo="_question"><', 'InResponseTo="_another"><'),
    ("saml: destination", f'Destination="{CONSUMER}"', f'Destination="{OTHER}"'),
    ("saml: destination", f'Destination="{CONSUMER}"', 'Destination=""'),
    ("saml: issuer", f"><saml:Issuer>{ISSUER}</saml:Issuer>\n<samlp:Status", f"><saml:Issuer>{OTHER}</saml:Issuer>\n<samlp:Status"),
    ("saml: root", '_response" Version="2.0"', '_response" Version="1.1"'),
    ("denied: AuthnFailed", f'"{SUCCESS}"/>', '"urn:x:Responder"><samlp:StatusCode Value="urn:x:AuthnFailed"/></samlp:StatusCode>'),
    ("denied: SuccessNot", SUCCESS, f"{SUCCESS}Not"),
    ("saml: status", "<samlp:Status>.*</samlp:Status>", ""),
]  # fmt: skip


@pytest.mark.parametrize(("why", "pattern", "instead"), AROUND)
@pytest.mark.parametrize("part", ["assertion", "response"])
def test_the_answer_around_it_is_looked_at_too(why: str, pattern: str, instead: str, part: str) -> None:
    changed, times = re.subn(pattern, instead, answer())
    assert times == 1
    assert found(signed(changed, part)) == why


def test_an_answer_that_is_signed_says_where_to() -> None:
    nowhere = answer().replace(f'Destination="{CONSUMER}"', "")
    assert read(signed(nowhere, "assertion")).name == "subject-1"
    assert found(signed(nowhere, "response")) == "saml: destination"


def test_clocks_may_differ_a_little() -> None:
    late = answer(now=NOW + timedelta(seconds=170))
    early = answer(now=NOW - timedelta(seconds=419))
    assert read(signed(late)).name == read(signed(early)).name == "subject-1"


def test_fractions_of_a_second_are_read_however_many() -> None:
    assert read(signed(answer().replace(":00Z", ":00.1234567Z"))).name == "subject-1"


def test_one_of_several_audiences_may_be_ours() -> None:
    two = f"<saml:Audience>{OTHER}</saml:Audience><saml:Audience>{ENTITY}"
    assert read(signed(answer().replace(f"<saml:Audience>{ENTITY}", two))).name == "subject-1"


def test_what_is_encrypted_is_refused_in_plain_words() -> None:
    sealed = re.sub("(?s)<saml:Assertion.*</saml:Assertion>", "<saml:EncryptedAssertion/>", answer())
    assert found(sealed.encode()) == "encrypted: "
    assert found(signed(re.sub("<saml:NameID.*</saml:NameID>", "<saml:EncryptedID/>", answer()))) == "encrypted: "


BOMB = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))


@pytest.mark.parametrize(
    ("why", "document"),
    [
        ("dtd", b"<!DOCTYPE samlp:Response>" + answer().encode()),
        ("dtd", f'<!DOCTYPE r [<!ENTITY e0 "ha">{BOMB}]><r>&e9;</r>'.encode()),
        ("dtd", b'<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]><r>&e;</r>'),
        ("malformed", '<!DOCTYPE r [<!ENTITY e "x">]><r>&e;</r>'.encode("utf-16")),
        ("malformed", b"+ADwAIQ-DOCTYPE r+AD4-<r/>"),
        ("malformed", b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE r+AD4APA-r/+AD4-'),
        ("malformed", b"<r>&e;</r>"),
        ("malformed", b"<r>" * 300 + b"</r>" * 300),
        ("malformed", b""),
        ("malformed", b"<r"),
        ("root", b"<r/>"),
        ("root", answer().replace("samlp:Response", "samlp:Request").encode()),
        ("size", answer().encode() + b" " * MOST_BYTES),
    ],
)
def test_documents_that_are_no_answer_are_refused_before_anything_is_read(why: str, document: bytes) -> None:
    assert found(document) == f"saml: {why}"


@pytest.mark.parametrize(("why", "told"), [("base64", "PHI_"), ("base64", "é"), ("size", "?" * 4 * MOST_BYTES)])
def test_words_that_are_no_base64_or_too_many_are_refused(why: str, told: str) -> None:
    with pytest.raises(Refused) as refused:
        read_answer(told, [KEY.public_key()], EXPECTED, now=NOW)
    assert refused.value.fields["found"] == why


def test_lines_of_a_form_may_be_broken() -> None:
    told = b64encode(signed(answer())).decode()
    lines = "\r\n".join(told[at : at + 76] for at in range(0, len(told), 76))
    assert read_answer(lines, [KEY.public_key()], EXPECTED, now=NOW).name == "subject-1"


def test_either_key_is_good_while_they_roll_over() -> None:
    keys = [KEY.public_key(), saml.NEXT_KEY.public_key()]
    for key in (KEY, saml.NEXT_KEY):
        told = posted(signed(answer(), key=key))
        assert read_answer(told, keys, EXPECTED, now=NOW).name == "subject-1"

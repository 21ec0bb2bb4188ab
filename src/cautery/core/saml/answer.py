"""The identity provider's answer (SAML 2.0 profiles, section 4.1.4): who it says signed in, once every condition holds."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cautery.core.errors import Refused
from cautery.core.saml.metadata import moment
from cautery.core.saml.signature import Key, signed_assertion
from cautery.core.saml.xml import ASSERTION, MOST_BYTES, PROTOCOL, Element, children, only, parse, refused, text_of

SKEW = timedelta(seconds=120)
"""By how much the provider's clock may differ from ours."""
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
KNOWN_CONDITIONS = {f"{ASSERTION}{name}" for name in ("AudienceRestriction", "OneTimeUse", "ProxyRestriction")}
LONGEST_TEXT = MOST_BYTES * 4 // 3 + 4
"""Letters of an answer of the largest size, in base64."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the answer must be of: from whom, for whom, to where, to which question."""

    issuer: str
    audience: str
    consumer: str
    request: str


@dataclass(frozen=True, slots=True)
class Subject:
    """Who signed in, as the provider says. `contexts` are how (AuthnContextClassRef)."""

    name: str
    format: str
    qualifier: str
    attributes: dict[str, tuple[str, ...]]
    contexts: tuple[str, ...]


def read_answer(told: str, keys: Sequence[Key], expected: Expected, *, now: datetime) -> Subject:
    """Who signed in, from the words of the form (`SAMLResponse`).

    `Refused`: reason `denied` when the provider let nobody in, `encrypted` when we cannot read it, else `saml` with a word in `found`.
    """
    response = parse(_decoded(told))
    if response.tag != f"{PROTOCOL}Response" or response.get("Version") != "2.0":
        raise refused("root")
    if response.get("InResponseTo") != expected.request:
        raise refused("in_response_to")
    _let_in(response)
    named = children(response, f"{ASSERTION}Issuer")
    if named and text_of(named[0], "issuer") != expected.issuer:
        raise refused("issuer")
    destination = response.get("Destination")
    assertion, whole = signed_assertion(response, keys)
    if destination != expected.consumer and (whole or destination is not None):
        raise refused("destination")
    return _subject(assertion, expected, now)


def _decoded(told: str) -> bytes:
    """Its bytes; a size nobody needs is not even decoded."""
    if len(told) > LONGEST_TEXT * 2:  # lines may be broken
        raise refused("size")
    try:
        return b64decode("".join(told.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise refused("base64") from error


def _let_in(response: Element) -> None:
    """Whether there is anything to read."""
    code = only(only(response, f"{PROTOCOL}Status", "status"), f"{PROTOCOL}StatusCode", "status")
    if code.get("Value") != SUCCESS:
        within = [one.get("Value", "") for one in code.iter(f"{PROTOCOL}StatusCode")]
        raise Refused("The identity provider did not let you in.", reason="denied", found=within[-1].rpartition(":")[2])
    if any(True for _ in response.iter(f"{ASSERTION}EncryptedAssertion", f"{ASSERTION}EncryptedID")):
        raise Refused(
            "The identity provider encrypted its answer, which is not read here: have it sign, and not encrypt.",
            reason="encrypted",
        )


def _subject(assertion: Element, expected: Expected, now: datetime) -> Subject:
    """Who the signed assertion is about, for us, now."""
    if assertion.get("Version") != "2.0":
        raise refused("root")
    if text_of(only(assertion, f"{ASSERTION}Issuer", "issuer"), "issuer") != expected.issuer:
        raise refused("issuer")
    _conditions(only(assertion, f"{ASSERTION}Conditions", "conditions"), expected, now)
    subject = only(assertion, f"{ASSERTION}Subject", "subject")
    confirmed = [one for one in children(subject, f"{ASSERTION}SubjectConfirmation") if one.get("Method") == BEARER]
    _confirmation(confirmed, expected, now)
    statements = children(assertion, f"{ASSERTION}AuthnStatement")
    if not statements:
        raise refused("statement")
    for statement in statements:
        _in_time(None, statement.get("SessionNotOnOrAfter"), now)
    name = only(subject, f"{ASSERTION}NameID", "subject")
    value = text_of(name, "subject")
    if not 0 < len(value) <= 255:
        raise refused("subject")
    contexts = [found for one in statements for found in one.iter(f"{ASSERTION}AuthnContextClassRef")]
    return Subject(
        value,
        name.get("Format", ""),
        name.get("NameQualifier", ""),
        _attributes(assertion),
        tuple(text_of(found, "statement") for found in contexts),
    )


def _conditions(conditions: Element, expected: Expected, now: datetime) -> None:
    """In time, for us, and under no condition we do not know (SAML core, section 2.5.1.1)."""
    _in_time(conditions.get("NotBefore"), conditions.get("NotOnOrAfter"), now)
    if {one.tag for one in conditions} - KNOWN_CONDITIONS:
        raise refused("conditions")
    restrictions = children(conditions, f"{ASSERTION}AudienceRestriction")
    for_us = [expected.audience in _audiences(one) for one in restrictions]
    if not for_us or not all(for_us):
        raise refused("audience")


def _audiences(restriction: Element) -> list[str]:
    return [text_of(one, "audience") for one in children(restriction, f"{ASSERTION}Audience")]


def _confirmation(confirmed: Sequence[Element], expected: Expected, now: datetime) -> None:
    """One word that whoever bears it is meant: to us, in answer to our question, and not for long."""
    if len(confirmed) != 1:
        raise refused("confirmation")
    data = only(confirmed[0], f"{ASSERTION}SubjectConfirmationData", "confirmation")
    if data.get("Recipient") != expected.consumer:
        raise refused("recipient")
    if data.get("InResponseTo") != expected.request:
        raise refused("confirmed_request")
    if not data.get("NotOnOrAfter"):
        raise refused("confirmation")
    _in_time(data.get("NotBefore"), data.get("NotOnOrAfter"), now)


def _in_time(start: str | None, end: str | None, now: datetime) -> None:
    if start and moment(start) > now + SKEW:
        raise refused("not_yet")
    if end and moment(end) <= now - SKEW:
        raise refused("expired")


def _attributes(assertion: Element) -> dict[str, tuple[str, ...]]:
    """Values by name; one that is itself markup is left out. A name that comes twice has the values of both."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in _values(assertion):
        found[name] = (*found.get(name, ()), value)
    return found


def _values(assertion: Element) -> Iterator[tuple[str, str]]:
    for statement in children(assertion, f"{ASSERTION}AttributeStatement"):
        for attribute in children(statement, f"{ASSERTION}Attribute"):
            for value in children(attribute, f"{ASSERTION}AttributeValue"):
                if not len(value):
                    yield attribute.get("Name", ""), (value.text or "").strip()

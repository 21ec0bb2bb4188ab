"""Signatures on answers: those of another hand hold; eight ways to wrap one, and weaker ones, do not."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree
from minisignxml.verify import extract_verified_element

from cautery.core.errors import Refused
from cautery.core.saml.signature import signed_assertion
from cautery.core.saml.xml import parse
from tests.saml import (
    CERTIFICATES,
    DS,
    ENCRYPTION,
    ENVELOPED,
    EXCLUSIVE,
    KEY,
    MORE,
    NEXT_KEY,
    SAML,
    answer,
    attribute,
    sign,
    signed,
)

CURVE = ec.generate_private_key(ec.SECP256R1())


def believed(document: bytes, key: Any = KEY) -> str:
    """The name in what was signed."""
    assertion, _ = signed_assertion(parse(document), [key.public_key()])
    return str(assertion.find(".//saml:NameID", SAML).text)


def found(document: bytes, key: Any = KEY) -> str:
    with pytest.raises(Refused) as refused:
        believed(document, key)
    return str(refused.value.fields["found"])


def test_what_minisignxml_signs_holds_here_and_what_is_signed_here_holds_there() -> None:
    assert believed(signed(answer())) == "subject-1"
    theirs = extract_verified_element(xml=sign(answer(), within=_key_info()), certificate=CERTIFICATES[id(KEY)])
    assert theirs.find(".//saml:NameID", SAML).text == "subject-1"


def _key_info() -> str:
    der = CERTIFICATES[id(KEY)].public_bytes(Encoding.PEM).decode().split("-----")[2]
    return f"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{der}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"


@pytest.mark.parametrize("part", ["assertion", "response"])
@pytest.mark.parametrize(
    ("method", "digest"), [("256", f"{ENCRYPTION}sha256"), ("384", f"{MORE}sha384"), ("512", f"{ENCRYPTION}sha512")]
)
def test_stronger_hashes_and_curves_hold(part: str, method: str, digest: str) -> None:
    assert believed(sign(answer(), part=part, method=f"{MORE}rsa-sha{method}", digest=digest)) == "subject-1"
    by_curve = sign(answer(), part=part, key=CURVE, method=f"{MORE}ecdsa-sha{method}", digest=digest)
    assert believed(by_curve, CURVE) == "subject-1"


@pytest.mark.parametrize("prefixes", ["xs", "xs samlp saml ds", "#default saml xs"])
def test_prefixes_that_are_written_though_nothing_seems_to_use_them(prefixes: str) -> None:
    document = sign(answer(attributes=attribute("uid", "vera")), prefixes=prefixes)
    assert believed(document) == "subject-1"
    unlisted = document.replace(f'PrefixList="{prefixes}"'.encode(), b'PrefixList="saml"')
    assert found(unlisted) == "signature"


def wrapped(change: Callable[[Any, Any, Any], Any], part: str) -> bytes:
    """A signed answer for `subject-1`, changed by an attacker who wants `admin`: (root, good, evil) are elements."""
    root = etree.fromstring(signed(answer(), part))
    good = root if part == "response" else root.find("saml:Assertion", SAML)
    evil = copy.deepcopy(good)
    evil.set("ID", "_evil")
    evil.find(".//saml:NameID", SAML).text = "admin"
    return etree.tostring(change(root, good, evil))


def _bare(element: Any) -> Any:
    """A copy without its own signature."""
    copied = copy.deepcopy(element)
    copied.remove(copied.find("ds:Signature", SAML))
    return copied


def xsw1(root: Any, good: Any, evil: Any) -> Any:
    """The evil answer is outside; its signature holds the good one."""
    evil.find("ds:Signature", SAML).append(_bare(good))
    return evil


def xsw2(root: Any, good: Any, evil: Any) -> Any:
    """The same with the good answer before a detached signature."""
    signature = evil.find("ds:Signature", SAML)
    signature.addprevious(_bare(good))
    return evil


def xsw3(root: Any, good: Any, evil: Any) -> Any:
    """The evil assertion stands before the good one."""
    evil.remove(evil.find("ds:Signature", SAML))
    good.addprevious(evil)
    return root


def xsw4(root: Any, good: Any, evil: Any) -> Any:
    """The evil assertion holds the good one."""
    evil.remove(evil.find("ds:Signature", SAML))
    root.replace(good, evil)
    evil.append(good)
    return root


def xsw5(root: Any, good: Any, evil: Any) -> Any:
    """The evil assertion has the signature; the good one stands at the end without."""
    root.replace(good, evil)
    root.append(_bare(good))
    return root


def xsw6(root: Any, good: Any, evil: Any) -> Any:
    """The evil assertion has the signature, which holds the good one."""
    root.replace(good, evil)
    evil.find("ds:Signature", SAML).append(_bare(good))
    return root


def xsw7(root: Any, good: Any, evil: Any) -> Any:
    """The evil assertion is in an extension, where no schema looks."""
    evil.remove(evil.find("ds:Signature", SAML))
    extensions = etree.Element("{urn:oasis:names:tc:SAML:2.0:protocol}Extensions")
    extensions.append(evil)
    root.insert(0, extensions)
    return root


def xsw8(root: Any, good: Any, evil: Any) -> Any:
    """The evil assertion has the signature, whose object holds the good one."""
    root.replace(good, evil)
    holds = etree.SubElement(evil.find("ds:Signature", SAML), f"{{{DS}}}Object")
    holds.append(_bare(good))
    return root


@pytest.mark.parametrize("attack", [xsw1, xsw2], ids=["1", "2"])
def test_an_answer_wrapped_around_a_signed_one_is_refused(attack: Callable[[Any, Any, Any], Any]) -> None:
    assert found(wrapped(attack, "response")) == "assertions"


@pytest.mark.parametrize("attack", [xsw3, xsw4, xsw5, xsw6, xsw7, xsw8], ids=["3", "4", "5", "6", "7", "8"])
def test_an_assertion_wrapped_around_a_signed_one_is_refused(attack: Callable[[Any, Any, Any], Any]) -> None:
    assert found(wrapped(attack, "assertion")) == "assertions"


def test_a_signature_is_for_the_element_it_stands_in() -> None:
    """The signed answer is within what goes by another name, so that there is one assertion: the signature must be its own."""
    root = etree.fromstring(sign(answer(), part="response"))
    assertion = root.find("saml:Assertion", SAML)
    assertion.append(root.find("ds:Signature", SAML))
    assert found(etree.tostring(root)) == "reference"


def test_a_signature_anywhere_else_is_refused() -> None:
    root = etree.fromstring(signed(answer()))
    root.find("samlp:Status", SAML).append(root.find(".//ds:Signature", SAML))
    assert found(etree.tostring(root)) == "signature_place"
    twice = etree.fromstring(signed(answer()))
    signature = twice.find(".//ds:Signature", SAML)
    signature.addnext(copy.deepcopy(signature))
    assert found(etree.tostring(twice)) == "signature_place"


def test_two_elements_of_one_name_are_refused() -> None:
    assert found(signed(answer().replace("<saml:Subject>", '<saml:Subject ID="_assertion">'))) == "ids"
    assert found(signed(answer().replace("<saml:Subject>", '<saml:Subject xml:id="_response">'))) == "ids"


def test_both_signatures_must_hold_where_there_are_two() -> None:
    by_both = sign(sign(answer(), key=NEXT_KEY).decode(), part="response")
    assert found(by_both) == "signature"
    assert found(by_both, NEXT_KEY) == "signature"


def test_the_text_after_a_signature_is_signed() -> None:
    root = etree.fromstring(signed(answer()))
    signature = root.find(".//ds:Signature", SAML)
    issuer = signature.getprevious()
    signature.tail, issuer.tail = issuer.tail, None  # the same once the signature is away
    assert signature.tail
    assert believed(etree.tostring(root)) == "subject-1"
    signature.tail += "more"
    assert found(etree.tostring(root)) == "digest"


@pytest.mark.parametrize("part", ["assertion", "response"])
def test_what_was_altered_or_signed_by_another_is_refused(part: str) -> None:
    document = signed(answer(), part)
    assert found(document.replace(b"subject-1", b"subject-2")) == "digest"
    assert found(document, NEXT_KEY) == "signature"
    root = etree.fromstring(document)
    root.find(".//ds:DigestValue", SAML).text = "AAAA"
    assert found(etree.tostring(root)) == "signature"
    root.find(".//ds:SignatureValue", SAML).text = "not base64"
    assert found(etree.tostring(root)) == "signature"


def test_a_comment_in_what_is_signed_moves_nothing() -> None:
    """The digest is read from the bytes that were signed, not from the tree (CVE-2025-29775 was that)."""
    document = signed(answer()).replace(b"<ds:DigestValue>", b"<ds:DigestValue><!--AAAA-->")
    assert believed(document) == "subject-1"
    assert found(document.replace(b"subject-1", b"subject-2")) == "digest"


HMAC = f"{MORE}hmac-sha256"
WEAK = [
    ("algorithm", {"method": f"{DS}rsa-sha1"}),
    ("algorithm", {"digest": f"{DS}sha1"}),
    ("algorithm", {"method": HMAC, "key": KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)}),
    ("algorithm", {"canonical": f"{EXCLUSIVE}WithComments"}),
    ("algorithm", {"canonical": "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"}),
    ("algorithm", {"transforms": (ENVELOPED,)}),
    ("algorithm", {"transforms": (EXCLUSIVE,)}),
    ("algorithm", {"transforms": (ENVELOPED, "http://www.w3.org/TR/1999/REC-xpath-19991116", EXCLUSIVE)}),
    ("algorithm", {"transforms": (ENVELOPED, "http://www.w3.org/TR/1999/REC-xslt-19991116")}),
    ("reference", {"uri": ""}),
    ("reference", {"uri": "#_response"}),
    ("reference", {"uri": "http://inside.example/"}),
    ("signature_shape", {"times": 2}),
    ("signature_shape", {"within": "<ds:Object/>"}),
    ("signature_shape", {"within": "<ds:KeyInfo/><ds:SignedInfo/>"}),
    ("signature", {"key": CURVE}),
    ("signature", {"method": f"{MORE}ecdsa-sha256"}),
]  # fmt: skip


@pytest.mark.parametrize(("why", "how"), WEAK)
def test_weak_and_odd_signatures_are_refused(why: str, how: dict[str, Any]) -> None:
    assert found(sign(answer(), **how)) == why


def test_the_key_a_signature_brings_along_is_not_believed() -> None:
    assert found(signed(answer(), key=NEXT_KEY)) == "signature"
    assert found(sign(answer(), key=NEXT_KEY, within=_key_info())) == "signature"


def test_an_assertion_without_a_name_cannot_be_referred_to() -> None:
    assert found(sign(answer().replace('ID="_assertion"', ""), uri="#None")) == "reference"

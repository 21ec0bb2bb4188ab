"""Metadata: whom we ask and whose keys count; and what we say ourselves."""

from __future__ import annotations

import zlib
from base64 import b64decode
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree

from cautery.core.errors import Refused
from cautery.core.saml.metadata import MOST_METADATA, IdentityProvider, moment, read_metadata
from cautery.core.saml.request import new_request, own_metadata, request_address
from cautery.core.saml.xml import POST
from tests.saml import CERTIFICATES, CONSUMER, ENTITY, ISSUER, KEY, NEXT_KEY, NOW, SAML, Private, metadata, stamp

MD = SAML | {"md": "urn:oasis:names:tc:SAML:2.0:metadata"}
WEAK = rsa.generate_private_key(65_537, 1_024)  # noqa: S505
ODD = ec.generate_private_key(ec.SECP192R1())
CURVE = ec.generate_private_key(ec.SECP384R1())


def read(text: str, entity: str = "") -> IdentityProvider:
    return read_metadata(text.encode(), entity=entity, now=NOW)


def why(text: str, entity: str = "") -> str:
    with pytest.raises(Refused) as refused:
        read(text, entity)
    return str(refused.value.fields["found"])


def test_all_keys_that_are_sound_count() -> None:
    provider = read(metadata(KEY, WEAK, NEXT_KEY, ODD, CURVE))
    assert provider.keys == tuple(key.public_key() for key in (KEY, NEXT_KEY, CURVE))
    assert (provider.entity, provider.sign_on, provider.wants_signed) == (ISSUER, f"{ISSUER}/go", False)
    assert read(metadata(KEY, more='WantAuthnRequestsSigned="true"')).wants_signed


@pytest.mark.parametrize("key", [WEAK, ODD])
def test_weak_keys_alone_are_none(key: Private) -> None:
    assert why(metadata(key)) == "keys"


def test_a_key_for_encryption_does_not_sign() -> None:
    both = metadata(KEY, NEXT_KEY).replace('use="signing"', 'use="encryption"', 1)
    assert read(both).keys == (NEXT_KEY.public_key(),)
    assert len(read(both.replace('use="signing"', "")).keys) == 1


def test_one_of_several_is_named() -> None:
    two = f'<md:EntitiesDescriptor xmlns:md="{MD["md"]}">{metadata(KEY)}{metadata(KEY, issuer="https://b.example")}'
    assert why(f"{two}</md:EntitiesDescriptor>") == "several"
    assert read(f"{two}</md:EntitiesDescriptor>", ISSUER).entity == ISSUER
    assert why(f"{two}</md:EntitiesDescriptor>", "https://c.example") == "none"


@pytest.mark.parametrize("place", ["<md:EntityDescriptor", "<md:IDPSSODescriptor"])
def test_what_is_over_is_not_used(place: str) -> None:
    until = metadata(KEY).replace(place, f'{place} validUntil="{stamp(NOW)}"')
    assert why(until) == "over"
    later = metadata(KEY).replace(place, f'{place} validUntil="{stamp(NOW + timedelta(seconds=1))}"')
    assert read(later).until == NOW + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("found", "text"),
    [
        ("binding", metadata(KEY).replace("HTTP-Redirect", "SOAP")),
        ("keys", metadata(KEY).replace("<ds:X509Certificate>", "<ds:X509Certificate>AAAA")),
        ("keys", metadata(KEY).replace("<ds:X509Certificate>", "<ds:X509Certificate>é")),
        ("dtd", f"<!DOCTYPE x>{metadata(KEY)}"),
        ("entity", metadata(KEY, issuer="x" * 251)),
        ("keys", metadata()),
        ("malformed", "nothing"),
        ("none", metadata(KEY).replace("2.0:protocol", "1.1:protocol")),
        ("size", metadata(KEY) + " " * MOST_METADATA),
        ("time", metadata(KEY, more='validUntil="soon"')),
    ],
)  # fmt: skip
def test_metadata_that_cannot_be_used_says_why(found: str, text: str) -> None:
    assert why(text) == found


def test_a_key_of_another_kind_is_none() -> None:
    key = dsa.generate_private_key(1_024)  # noqa: S505
    assert why(metadata(key)) == "keys"  # type: ignore[arg-type]


def test_the_ends_of_time_can_be_compared() -> None:
    assert moment("0001-01-01T00:00:00+14:00") < NOW < moment("9999-12-31T23:59:59-14:00")


def asked(key: rsa.RSAPrivateKey | None, sign_on: str = "https://id.example/go?realm=a") -> str:
    return request_address(
        sign_on, request="_q", relay="relay state&", entity=ENTITY, consumer=CONSUMER, key=key, now=NOW
    )


def test_a_question_says_who_asks_and_where_to_answer() -> None:
    address = asked(None)
    assert address.startswith("https://id.example/go?realm=a&SAMLRequest=")
    words = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert set(words) == {"realm", "SAMLRequest", "RelayState"}
    assert words["RelayState"] == "relay state&"
    question = etree.fromstring(zlib.decompress(b64decode(words["SAMLRequest"]), -15))
    assert question.tag == f"{{{SAML['samlp']}}}AuthnRequest"
    assert question.find("saml:Issuer", SAML).text == ENTITY
    assert dict(question.attrib) == {
        "ID": "_q",
        "Version": "2.0",
        "IssueInstant": "2026-11-22T12:00:00Z",
        "Destination": "https://id.example/go?realm=a",
        "AssertionConsumerServiceURL": CONSUMER,
        "ProtocolBinding": POST,
    }
    assert new_request() != new_request()


def test_a_signed_question_holds_as_it_was_sent() -> None:
    query = urlsplit(asked(KEY, "https://id.example/go")).query
    message, _, mark = query.rpartition("&Signature=")
    signature = b64decode(parse_qs(f"Signature={mark}")["Signature"][0])
    assert "SigAlg=http%3A%2F%2Fwww.w3.org%2F2001%2F04%2Fxmldsig-more%23rsa-sha256" in message
    KEY.public_key().verify(signature, message.encode(), padding.PKCS1v15(), SHA256())
    with pytest.raises(InvalidSignature):
        KEY.public_key().verify(signature, message.replace("relay", "other").encode(), padding.PKCS1v15(), SHA256())


def test_our_own_description_says_what_we_take() -> None:
    told = etree.fromstring(own_metadata(entity=ENTITY, consumer=CONSUMER, certificate=None))
    assert told.get("entityID") == ENTITY
    role = told.find("md:SPSSODescriptor", MD)
    assert (role.get("AuthnRequestsSigned"), role.get("WantAssertionsSigned")) == ("false", "true")
    service = role.find("md:AssertionConsumerService", MD)
    assert (service.get("Binding"), service.get("Location"), service.get("isDefault")) == (POST, CONSUMER, "true")
    assert role.find("md:NameIDFormat", MD).text.endswith("persistent")
    assert role.find("md:KeyDescriptor", MD) is None
    signing = etree.fromstring(own_metadata(entity=ENTITY, consumer=CONSUMER, certificate=CERTIFICATES[id(KEY)]))
    assert signing.find("md:SPSSODescriptor", MD).get("AuthnRequestsSigned") == "true"
    assert len(signing.findall(".//ds:X509Certificate", MD)) == 1

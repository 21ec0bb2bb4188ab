"""What we say: the question (AuthnRequest by the Redirect binding), and our description of ourselves."""

from __future__ import annotations

import secrets
import zlib
from base64 import b64encode
from datetime import UTC, datetime
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate

from cautery.core.saml.metadata import SAML_2
from cautery.core.saml.xml import ASSERTION, METADATA, POST, PROTOCOL, SIGNATURE, Element, etree

RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
NAMES = {"saml": ASSERTION[1:-1], "samlp": PROTOCOL[1:-1], "md": METADATA[1:-1], "ds": SIGNATURE[1:-1]}
FORMATS = (
    "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
)


def new_request() -> str:
    """An ID for a question: an XML name that nobody guesses."""
    return f"_{secrets.token_hex(20)}"


def request_address(
    sign_on: str, *, request: str, relay: str, entity: str, consumer: str, key: rsa.RSAPrivateKey | None, now: datetime
) -> str:
    """Where to send the browser to ask the question; signed (RSA with SHA-256) where there is a `key`."""
    question = etree.Element(
        f"{PROTOCOL}AuthnRequest",
        {
            "ID": request,
            "Version": "2.0",
            "IssueInstant": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Destination": sign_on,
            "AssertionConsumerServiceURL": consumer,
            "ProtocolBinding": POST,
        },
        nsmap={name: NAMES[name] for name in ("saml", "samlp")},
    )
    _within(question, f"{ASSERTION}Issuer").text = entity
    _within(question, f"{PROTOCOL}NameIDPolicy", AllowCreate="true")
    deflate = zlib.compressobj(wbits=-15)
    squeezed = deflate.compress(etree.tostring(question)) + deflate.flush()
    words = {"SAMLRequest": b64encode(squeezed).decode(), "RelayState": relay}
    if key is not None:
        words["SigAlg"] = RSA_SHA256
        signature = key.sign(urlencode(words).encode(), padding.PKCS1v15(), SHA256())
        words["Signature"] = b64encode(signature).decode()
    return f"{sign_on}{'&' if '?' in sign_on else '?'}{urlencode(words)}"


def own_metadata(*, entity: str, consumer: str, certificate: Certificate | None) -> bytes:
    """Our description, for the identity provider: assertions are wanted signed, by POST, for a name that stays."""
    described = etree.Element(
        f"{METADATA}EntityDescriptor", {"entityID": entity}, nsmap={name: NAMES[name] for name in ("md", "ds")}
    )
    role = _within(
        described,
        f"{METADATA}SPSSODescriptor",
        protocolSupportEnumeration=SAML_2,
        AuthnRequestsSigned="false" if certificate is None else "true",
        WantAssertionsSigned="true",
    )
    if certificate is not None:
        place = _within(role, f"{METADATA}KeyDescriptor", use="signing")
        for name in ("KeyInfo", "X509Data", "X509Certificate"):
            place = _within(place, f"{SIGNATURE}{name}")
        place.text = b64encode(certificate.public_bytes(Encoding.DER)).decode()
    for words in FORMATS:
        _within(role, f"{METADATA}NameIDFormat").text = words
    _within(role, f"{METADATA}AssertionConsumerService", Binding=POST, Location=consumer, index="0", isDefault="true")
    written: bytes = etree.tostring(described, xml_declaration=True, encoding="UTF-8")
    return written


def _within(parent: Element, tag: str, **attributes: str) -> Element:
    return etree.SubElement(parent, tag, attributes)

"""An identity provider's hand: keys, metadata, answers, and signatures on them, right unless a test wants one wrong.

`signed` is minisignxml's, which shares no code with what is tested; `sign` is for what minisignxml cannot or would not write.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from minisignxml.sign import sign as minisigned

Private = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ISSUER, DESK = "https://id.unit.example/saml", "https://desk.example"
CONSUMER, ENTITY = f"{DESK}/sign-in/saml/consume/", f"{DESK}/sign-in/saml/metadata/"
REQUEST = "_question"
DS = "http://www.w3.org/2000/09/xmldsig#"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
ENCRYPTION = "http://www.w3.org/2001/04/xmlenc#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = f"{DS}enveloped-signature"
SAML = {"saml": "urn:oasis:names:tc:SAML:2.0:assertion", "samlp": "urn:oasis:names:tc:SAML:2.0:protocol", "ds": DS}
HASHES = {"1": hashes.SHA1(), "256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}  # noqa: S303
KEY = rsa.generate_private_key(65_537, 2_048)
NEXT_KEY = rsa.generate_private_key(65_537, 2_048)


def certificate(key: Private) -> x509.Certificate:
    """One that says nothing but whose key it is, and that ran out long ago: metadata alone says how long a key is good."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "specimen")])
    then = datetime(2020, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(then).not_valid_after(then + timedelta(days=1))
    return builder.sign(key, hashes.SHA256())


CERTIFICATES = {id(key): certificate(key) for key in (KEY, NEXT_KEY)}


def metadata(*keys: Private, issuer: str = ISSUER, sign_on: str = f"{ISSUER}/go", more: str = "") -> str:
    """The provider's description; `more` are further attributes of its role."""
    told = "".join(
        f'<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{_pem(key)}</ds:X509Certificate>'
        "</ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        for key in keys
    )
    return (
        f'<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="{DS}" entityID="{issuer}">'
        f'<md:IDPSSODescriptor protocolSupportEnumeration="{SAML["samlp"]}" {more}>{told}'
        f'<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{sign_on}/post"/>'
        f'<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{sign_on}"/>'
        "</md:IDPSSODescriptor></md:EntityDescriptor>"
    )


def _pem(key: Private) -> str:
    found = CERTIFICATES.get(id(key)) or certificate(key)
    return b64encode(found.public_bytes(Encoding.DER)).decode()


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def answer(
    *,
    name: str = "subject-1",
    issuer: str = ISSUER,
    consumer: str = CONSUMER,
    entity: str = ENTITY,
    request: str = REQUEST,
    now: datetime = NOW,
    attributes: str = "",
) -> str:
    """An answer nobody has signed, as text a test may change."""
    start, end = stamp(now - timedelta(minutes=1)), stamp(now + timedelta(minutes=5))
    return f"""<samlp:Response xmlns:samlp="{SAML["samlp"]}" xmlns:saml="{SAML["saml"]}" xmlns:xs="http://www.w3.org/2001/XMLSchema" \
ID="_response" Version="2.0" IssueInstant="{stamp(now)}" Destination="{consumer}" InResponseTo="{request}"><saml:Issuer>{issuer}</saml:Issuer>
<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
<saml:Assertion ID="_assertion" Version="2.0" IssueInstant="{stamp(now)}"><saml:Issuer>{issuer}</saml:Issuer>
<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">{name}</saml:NameID>
<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="{end}" \
Recipient="{consumer}" InResponseTo="{request}"/></saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="{start}" NotOnOrAfter="{end}"><saml:AudienceRestriction><saml:Audience>{entity}</saml:Audience>\
</saml:AudienceRestriction></saml:Conditions>
<saml:AuthnStatement AuthnInstant="{start}" SessionNotOnOrAfter="{stamp(now + timedelta(hours=8))}"><saml:AuthnContext>\
<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>
{attributes}</saml:Assertion></samlp:Response>"""


def attribute(name: str, *values: str) -> str:
    """A statement with one attribute, its values typed as most providers type them."""
    told = "".join(
        f'<saml:AttributeValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">{value}</saml:AttributeValue>'
        for value in values
    )
    return f'<saml:AttributeStatement><saml:Attribute Name="{name}">{told}</saml:Attribute></saml:AttributeStatement>'


def signed(text: str, *parts: str, key: rsa.RSAPrivateKey = KEY) -> bytes:
    """The answer with its `parts` signed, in this order, by minisignxml: `assertion` (as it begins), `response`."""
    document = text.encode()
    for part in parts or ("assertion",):
        root = etree.fromstring(document)
        home = root if part == "response" else root.find("saml:Assertion", SAML)
        document = minisigned(element=home, private_key=key, certificate=CERTIFICATES[id(key)], index=1)
    return document


def sign(
    text: str,
    *,
    part: str = "assertion",
    key: Private | bytes = KEY,
    method: str = f"{MORE}rsa-sha256",
    digest: str = f"{ENCRYPTION}sha256",
    prefixes: str = "",
    canonical: str = EXCLUSIVE,
    transforms: Sequence[str] = (ENVELOPED, EXCLUSIVE),
    uri: str | None = None,
    times: int = 1,
    within: str = "",
) -> bytes:
    """The same by hand, each choice free.

    `key` of bytes is a shared secret, `times` how often the reference is made, `within` is put into the signature.
    """
    root = etree.fromstring(text.encode())
    home = root if part == "response" else root.find("saml:Assertion", SAML)
    inclusive = f'<ec:InclusiveNamespaces xmlns:ec="{EXCLUSIVE}" PrefixList="{prefixes}"/>' if prefixes else ""
    told = "".join(
        f'<ds:Transform Algorithm="{one}">{inclusive if one == EXCLUSIVE else ""}</ds:Transform>' for one in transforms
    )
    reference = f"#{home.get('ID')}" if uri is None else uri
    covered = b64encode(_hash(digest.rpartition("sha")[2], written(home, prefixes))).decode()
    points = (
        f'<ds:Reference URI="{reference}"><ds:Transforms>{told}</ds:Transforms><ds:DigestMethod Algorithm="{digest}"/>'
        f"<ds:DigestValue>{covered}</ds:DigestValue></ds:Reference>"
    )
    mark = etree.fromstring(
        f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{canonical}"/>'
        f'<ds:SignatureMethod Algorithm="{method}"/>{points * times}</ds:SignedInfo>'
        f"<ds:SignatureValue/>{within}</ds:Signature>"
    )
    mark[1].text = b64encode(_signature(key, method.rpartition("sha")[2], written(mark[0], ""))).decode()
    home.insert(1, mark)
    return etree.tostring(root)


def written(element: Any, prefixes: str) -> bytes:
    """Exclusive canonical XML."""
    inclusive = prefixes.split() or None
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=inclusive)  # type: ignore[no-any-return]


def _hash(name: str, message: bytes) -> bytes:
    found = hashes.Hash(HASHES[name])
    found.update(message)
    return found.finalize()


def _signature(key: Private | bytes, name: str, message: bytes) -> bytes:
    if isinstance(key, bytes):
        box = hmac.HMAC(key, HASHES[name])
        box.update(message)
        return box.finalize()
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PKCS1v15(), HASHES[name])
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(HASHES[name])))
    half = (key.key_size + 7) // 8
    return r.to_bytes(half) + s.to_bytes(half)


def posted(document: bytes) -> str:
    """As the form has it."""
    return b64encode(document).decode()

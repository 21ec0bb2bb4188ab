"""What an identity provider says of itself (SAML metadata 2.0): its name, where people sign in, the keys that sign."""

from __future__ import annotations

import binascii
from base64 import b64decode
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import load_der_x509_certificate

from cautery.core.errors import Refused
from cautery.core.saml.signature import Key
from cautery.core.saml.xml import METADATA, REDIRECT, SIGNATURE, Element, children, parse, refused

MOST_METADATA = 2_097_152
LONGEST_ENTITY = 250
SMALLEST_RSA = 2_048
CURVES = ("secp256r1", "secp384r1", "secp521r1")
SAML_2 = "urn:oasis:names:tc:SAML:2.0:protocol"


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """Whom we ask. `keys` are all that may sign, several while they roll over; `until` is when the description ends."""

    entity: str
    sign_on: str
    keys: tuple[Key, ...]
    wants_signed: bool
    until: datetime | None


def read_metadata(document: bytes, *, entity: str = "", now: datetime) -> IdentityProvider:
    """The identity provider described, or the one named `entity` where there are several.

    `Refused` (reason `metadata`, with a word in `found`) when there is none, when it is over, offers no sign-in by the Redirect binding, or
    signs with no key that is sound: RSA of 2,048 bits or more, or ECDSA on P-256, P-384 or P-521. How long a certificate runs is not
    looked at: a key is good while the metadata holds it (SAML Metadata Interoperability Profile, section 2.6.1).
    """
    root = parse(document, most=MOST_METADATA)
    described = [
        (one, role)
        for one in root.iter(f"{METADATA}EntityDescriptor")
        for role in children(one, f"{METADATA}IDPSSODescriptor")
        if SAML_2 in role.get("protocolSupportEnumeration", "").split() and entity in {"", one.get("entityID")}
    ]
    if len(described) != 1:
        raise _unusable("several" if described else "none")
    one, role = described[0]
    name = one.get("entityID", "")
    if not 0 < len(name) <= LONGEST_ENTITY:
        raise _unusable("entity")
    ends = [moment(element.get("validUntil")) for element in {root, one, role} if element.get("validUntil")]
    until = min(ends, default=None)
    if until is not None and until <= now:
        raise _unusable("over")
    wants = role.get("WantAuthnRequestsSigned", "false") in {"true", "1"}
    return IdentityProvider(name, _sign_on(role), _keys(role), wants, until)


def moment(text: str) -> datetime:
    """An xs:dateTime with its zone; `Refused` for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise refused("time") from error
    if found.tzinfo is None:
        raise refused("time")
    return found


def _sign_on(role: Element) -> str:
    services = children(role, f"{METADATA}SingleSignOnService")
    places = [one.get("Location", "") for one in services if one.get("Binding") == REDIRECT]
    if not places:
        raise _unusable("binding")
    place: str = places[0]
    return place


def _keys(role: Element) -> tuple[Key, ...]:
    """The keys that may sign and are sound."""
    descriptors = [one for one in children(role, f"{METADATA}KeyDescriptor") if one.get("use", "signing") == "signing"]
    certificates = [found for one in descriptors for found in one.iter(f"{SIGNATURE}X509Certificate")]
    keys = tuple(key for found in certificates if (key := _key(found)) is not None)
    if not keys:
        raise _unusable("keys")
    return keys


def _key(certificate: Element) -> Key | None:
    """The key of a certificate; None where it is not sound, or cannot be read."""
    try:
        key = load_der_x509_certificate(b64decode("".join(certificate.itertext()))).public_key()
    except (binascii.Error, UnsupportedAlgorithm, ValueError):
        return None
    if isinstance(key, rsa.RSAPublicKey):
        return key if key.key_size >= SMALLEST_RSA else None
    return key if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in CURVES else None


def _unusable(found: str) -> Refused:
    return Refused("The identity provider's metadata cannot be used.", reason="metadata", found=found)

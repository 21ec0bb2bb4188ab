"""Reads certificates (RFC 5280) from their bytes. Apart from the rest, for what it needs takes time to load."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from cautery.core.errors import FileRefused
from cautery.core.text import storable

from .certificate import MOST_NAMES, TEXT, Certificate, digest


def read_certificate(data: bytes, problem: str = "") -> Certificate:
    """A certificate in DER; `problem` is why it was not taken for valid. `FileRefused` (malformed) where it cannot be read."""
    try:
        read = x509.load_der_x509_certificate(data)
        key = read.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        names = _names(read)
        issuer, subject = _called(read.issuer), _called(read.subject)
        times = read.not_valid_before_utc, read.not_valid_after_utc
    except (ValueError, UnsupportedAlgorithm) as error:
        raise FileRefused("What the server showed is no certificate that can be read.", reason="malformed") from error
    return Certificate(issuer, subject, names, *times, digest(key), digest(data), storable(problem, TEXT))


def _names(read: x509.Certificate) -> tuple[str, ...]:
    """The names and addresses it is for: subjectAltName, else the common name, in order of the alphabet."""
    try:
        stated = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        found = [str(one.value) for one in read.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    else:
        found = stated.get_values_for_type(x509.DNSName)
        found += [str(one) for one in stated.get_values_for_type(x509.IPAddress)]
    plain = {storable(name.strip().rstrip(".").lower(), 253) for name in found[:MOST_NAMES]}
    return tuple(sorted(name for name in plain if name))


def _called(name: x509.Name) -> str:
    """A distinguished name in words: organisation and common name."""
    found = [
        str(one.value)
        for oid in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)
        for one in name.get_attributes_for_oid(oid)
    ]
    return storable(", ".join(dict.fromkeys(found)) or name.rfc4514_string(), TEXT)

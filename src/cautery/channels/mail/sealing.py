"""A message signed as ours and encrypted to its addressee: by OpenPGP (RFC 3156) or S/MIME (RFC 8551).

What the keys allow decides: an addressee with an OpenPGP certificate gets OpenPGP, one with an S/MIME certificate gets
S/MIME; without either the message is signed with what we have, and without any key it goes as it is. The headers a mail
system needs stay outside; the links, grounds and reasons are within.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from email import policy
from email.message import Message
from email.parser import BytesParser
from hashlib import sha256
from importlib import import_module
from types import ModuleType

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs7

from cautery.channels.keys import OWN, Keys
from cautery.core.errors import Refused

OUTSIDE = frozenset(
    {"from", "to", "reply-to", "date", "message-id", "subject", "auto-submitted", "x-loop", "mime-version"}
)


def seal(raw: bytes, keys: Keys, slug: str) -> bytes:
    """`raw` (a whole message, CRLF) sealed as the keys for `slug` allow.

    Raises `Refused` (reason `key`, `key_expired`, `no_openpgp`) where a key is there and cannot be used: a message that was
    to be sealed is never sent in the clear instead.
    """
    top, _, _ = raw.partition(b"\r\n\r\n")
    outside = _outside(top)
    entity = _entity(raw)
    pgp, smime = keys.openpgp(slug), keys.smime(slug)
    own_pgp, own_smime = keys.openpgp(OWN), keys.smime(OWN)
    if pgp:
        return outside + _openpgp_encrypted(entity, pgp, own_pgp)
    if smime:
        return outside + _smime_encrypted(_smime_signed(entity, own_smime) if own_smime else entity, smime)
    if own_smime:
        return outside + _smime_signed(entity, own_smime)
    if own_pgp:
        return outside + _openpgp_signed(entity, own_pgp)
    return raw


def _outside(top: bytes) -> bytes:
    """The header lines that stay outside, as they are written."""
    kept: list[bytes] = []
    keep = False
    for line in top.split(b"\r\n"):
        if line[:1] not in {b" ", b"\t"}:
            keep = line.partition(b":")[0].decode("ascii", "replace").strip().lower() in OUTSIDE
        if keep:
            kept.append(line + b"\r\n")
    return b"".join(kept)


def _entity(raw: bytes) -> bytes:
    """The MIME entity that is sealed: the content's own headers and the body."""
    message: Message = BytesParser(policy=policy.compat32.clone(linesep="\r\n", max_line_length=0)).parsebytes(raw)
    for name in {name for name, _ in message.items() if not name.lower().startswith("content-")}:
        del message[name]
    return message.as_bytes()


def _smime_signed(entity: bytes, own: bytes) -> bytes:
    """`multipart/signed` with our certificate; headers of its own, no MIME-Version."""
    certificates = _certificates(own)
    try:
        key = load_pem_private_key(own, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Refused("Our S/MIME key cannot be read.", reason="key") from error
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise Refused("Our S/MIME key must be RSA or an elliptic curve.", reason="key")
    builder = pkcs7.PKCS7SignatureBuilder().set_data(entity).add_signer(certificates[0], key, hashes.SHA256())
    for further in certificates[1:]:
        builder = builder.add_certificate(further)
    signature = builder.sign(Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary])
    return _two_parts(entity, signature, "application/pkcs7-signature", "smime.p7s", "sha-256")


def _smime_encrypted(entity: bytes, certificate: bytes) -> bytes:
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(entity).add_recipient(_certificates(certificate)[0])
    try:
        sealed = builder.set_content_encryption_algorithm(algorithms.AES256).encrypt(
            Encoding.DER, [pkcs7.PKCS7Options.Binary]
        )
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Refused(f"The addressee's S/MIME certificate cannot be used: {error}", reason="key") from error
    headers = (
        b'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"\r\n'
        b"Content-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="smime.p7m"\r\n\r\n'
    )
    return headers + _base64(sealed)


def _certificates(pem: bytes) -> list[x509.Certificate]:
    """The certificates of a file; the first must hold today."""
    try:
        found = x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise Refused("An S/MIME certificate cannot be read.", reason="key") from error
    now = datetime.now(UTC)
    if not found[0].not_valid_before_utc <= now <= found[0].not_valid_after_utc:
        raise Refused(
            "An S/MIME certificate is out of its time.", reason="key_expired", until=found[0].not_valid_after_utc
        )
    return found


def _openpgp() -> ModuleType:
    try:
        return import_module("pysequoia")
    except ImportError as error:
        raise Refused("OpenPGP needs the extra cautery[mail].", reason="no_openpgp") from error


def _openpgp_encrypted(entity: bytes, certificate: bytes, own: bytes) -> bytes:
    """`multipart/encrypted` (RFC 3156, 6.2): signed within, where we have a key."""
    library = _openpgp()
    try:
        recipient = library.Cert.from_bytes(certificate)
        signer = library.Tsk.from_bytes(own).signer() if own else None
        sealed = library.encrypt(entity, recipients=[recipient], signer=signer)
    except (RuntimeError, ValueError, OSError) as error:
        raise Refused(f"The addressee's OpenPGP certificate cannot be used: {error}", reason="key") from error
    boundary = _boundary(sealed)
    return (
        (
            f'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="{boundary}"\r\n\r\n'
            f"--{boundary}\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n"
            f'--{boundary}\r\nContent-Type: application/octet-stream; name="encrypted.asc"\r\n\r\n'
        ).encode()
        + _crlf(sealed)
        + f"\r\n--{boundary}--\r\n".encode()
    )


def _openpgp_signed(entity: bytes, own: bytes) -> bytes:
    """`multipart/signed` (RFC 3156, 5), the signature detached."""
    library = _openpgp()
    try:
        signer = library.Tsk.from_bytes(own).signer()
        signature = library.sign(signer, entity, mode=library.SignatureMode.DETACHED)
    except (RuntimeError, ValueError, OSError) as error:
        raise Refused(f"Our OpenPGP key cannot be used: {error}", reason="key") from error
    return _two_parts(entity, bytes(signature), "application/pgp-signature", "signature.asc", "pgp-sha512")


def _two_parts(entity: bytes, signature: bytes, protocol: str, filename: str, micalg: str) -> bytes:
    """What is signed, byte for byte as it was, and its signature (RFC 1847)."""
    boundary = _boundary(entity)
    armoured = signature.startswith(b"-----BEGIN")
    encoding = "7bit" if armoured else "base64"
    head = (
        f'Content-Type: multipart/signed; protocol="{protocol}"; micalg="{micalg}"; boundary="{boundary}"\r\n\r\n'
        f"--{boundary}\r\n"
    )
    between = (
        f'\r\n--{boundary}\r\nContent-Type: {protocol}; name="{filename}"\r\nContent-Transfer-Encoding: {encoding}\r\n'
        f'Content-Disposition: attachment; filename="{filename}"\r\n\r\n'
    )
    body = _crlf(signature) if armoured else _base64(signature)
    return head.encode() + entity + between.encode() + body + f"\r\n--{boundary}--\r\n".encode()


def _boundary(content: bytes) -> str:
    """From the content, so that the same message is the same bytes; it cannot stand within what it is the digest of."""
    return f"sealed-{sha256(content).hexdigest()[:40]}"


def _crlf(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _base64(content: bytes) -> bytes:
    return _crlf(base64.encodebytes(content))

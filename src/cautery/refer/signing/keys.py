"""The key an authority signs with: a PKCS#12 file, or a PKCS#11 token. Loaded once; a process signs thousands with it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from asn1crypto import x509
from cryptography import x509 as pyca
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from pyhanko.sign import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from cautery.core.errors import SettingInvalid

SigningKey = RSAPrivateKey | EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Token:
    """Where on a PKCS#11 token the key lies; the PIN comes from a file."""

    module: Path
    token: str
    label: str
    pin: str


class KeySigner(Signer):
    """Signs with a key held in memory. pyHanko's own signer reads the key anew for each signature, 30 ms each time."""

    def __init__(self, key: SigningKey, certificate: pyca.Certificate, chain: list[pyca.Certificate]) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple([as_asn1(each) for each in chain])
        # Roots stay out: nobody trusts one because it came with the file, and a byte in them would stand unsigned.
        super().__init__(signing_cert=as_asn1(certificate), cert_registry=store, embed_roots=False)
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The raw signature over `data`; SHA-256 always."""
        del digest_algorithm, dry_run
        if isinstance(self._key, RSAPrivateKey):
            return self._key.sign(data, PKCS1v15(), SHA256())
        return self._key.sign(data, ECDSA(SHA256()))


def as_asn1(certificate: pyca.Certificate) -> Any:
    """A certificate in the form pyHanko reads."""
    return x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def file_signer(file: Path, passphrase: bytes | None) -> Signer:
    """The signer of a PKCS#12 file with an RSA or elliptic-curve key. SettingInvalid says what is wrong with it."""
    try:
        key, certificate, chain = pkcs12.load_key_and_certificates(file.read_bytes(), passphrase)
    except (OSError, ValueError) as wrong:
        raise _invalid(
            "CAUTERY_SIGNING_KEY", f"{file} cannot be opened.", "A PKCS#12 file, and its passphrase."
        ) from wrong
    if certificate is None or not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise _invalid("CAUTERY_SIGNING_KEY", f"{file} holds no RSA or elliptic-curve key with its certificate.", "")
    return KeySigner(key, certificate, chain)


def token_signer(token: Token) -> Signer:
    """The signer of a PKCS#11 token. SettingInvalid without the library for it, or where the token cannot be opened."""
    try:
        pkcs11 = import_module("pyhanko.sign.pkcs11")
    except ImportError as missing:
        hint = "Install pyhanko[pkcs11] beside this package."
        raise _invalid("CAUTERY_SIGNING_TOKEN", "The library for PKCS#11 is not installed.", hint) from missing
    session = pkcs11.open_pkcs11_session(
        str(token.module), token_criteria=None, token_label=token.token, user_pin=token.pin
    )
    signer: Signer = pkcs11.PKCS11Signer(session, cert_label=token.label, key_label=token.label, embed_roots=False)
    return signer


def _invalid(setting: str, message: str, hint: str) -> SettingInvalid:
    return SettingInvalid(message, setting=setting, reason="signing", hint=hint)

"""Secrets that must be read again (keys of code apps), sealed for the database: a copy of it alone opens nothing.

The key comes from the secret of the installation (`secret.key` in the data folder), which a backup keeps apart.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from cautery.core.errors import Refused


def seal(secret: bytes) -> bytes:
    """`secret` as it is kept (Fernet: AES-128-CBC with HMAC-SHA-256)."""
    return _box().encrypt(secret)


def unseal(kept: bytes) -> bytes:
    """The secret again; `Refused` when it was sealed by another installation or altered."""
    try:
        return _box().decrypt(kept)
    except InvalidToken as error:
        raise Refused("This secret was sealed under another key.", reason="sealed") from error


def _box() -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"cautery.people.vault").derive(settings.SECRET_KEY.encode())
    return Fernet(urlsafe_b64encode(derived))

"""Keyed digests of what a unit has an interest in, so that a list of interests does not say what is on it.

    account, channel, post   its identity (provider, kind, key); what it owns is covered by provider and owner
    domain                   the host and every domain above it
    file                     its SHA-256

HMAC-SHA256 under a key the register does not hold: without it nobody can try identities out (docs/decisions/0053).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Marker:
    """Makes the digests; `key` is the installation's."""

    key: bytes

    @property
    def key_id(self) -> str:
        """Which key it is, without giving it away: a hold under another key can no longer be compared."""
        return sha256(b"key id|" + self.key).hexdigest()[:16]

    def identity(self, identity: str) -> str:
        """Of one object."""
        return self._digest("identity", identity)

    def owner(self, provider: str, key: str) -> str:
        """Of what an account or channel owns."""
        return self._digest("owner", f"{provider}|{key}")

    def domain(self, name: str) -> str:
        """Of a domain with all that is under it."""
        return self._digest("domain", name.strip(". ").lower())

    def file(self, sha256_hex: str) -> str:
        """Of a file's bytes."""
        return self._digest("file", sha256_hex.lower())

    def of_url(self, url: str) -> Iterator[str]:
        """Of the host of a URL and each domain above it."""
        labels = (urlsplit(url).hostname or "").split(".")
        return (self.domain(".".join(labels[start:])) for start in range(len(labels) - 1))

    def all_of(self, identity: str, provider: str, owner: str, url: str, files: Iterable[str]) -> set[str]:
        """Every digest an interest in this object could have."""
        found = {self.identity(identity), *self.of_url(url), *map(self.file, files)}
        return found | ({self.owner(provider, owner)} if owner else set())

    def _digest(self, what: str, text: str) -> str:
        return hmac.digest(self.key, f"{what}|{text}".encode(), "sha256").hex()

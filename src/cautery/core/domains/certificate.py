"""The certificate a site shows: who issued it, for which names, from when till when, and the fingerprint of its key.

It need not hold: why it does not is part of what it says. Its key and its other names are marks of who runs the site.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from cautery.core.links.hosts import registrable

SHARED = 5
"""With names of more domains than this, a certificate is a service's for many customers and marks nobody."""
TEXT = 200
MOST_NAMES = 200


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as a server showed it; names in lower case, times in UTC. `problem` says why it does not hold."""

    issuer: str
    subject: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    spki_sha256: str
    sha256: str
    problem: str = ""

    @property
    def domains(self) -> tuple[str, ...]:
        """The domains its names belong to."""
        plain = (registrable(name.removeprefix("*.")) or name.removeprefix("*.") for name in self.names)
        return tuple(dict.fromkeys(plain))

    def others(self, domain: str) -> tuple[str, ...]:
        """Other domains it names, which whoever runs `domain` runs too; none of a certificate that many share or that is not its own."""
        own = registrable(domain) or domain
        if own not in self.domains or len(self.domains) > SHARED:
            return ()
        return tuple(name for name in self.domains if name != own and "." in name)

    def marks(self, domain: str) -> Iterator[str]:
        """What tells one who runs `domain` from another: the key, and the other domains."""
        own = registrable(domain) or domain
        if own in self.domains and len(self.domains) <= SHARED:
            yield f"spki:{self.spki_sha256}"
            yield from (f"san:{name}" for name in self.others(domain))

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        times = {"not_before": self.not_before.isoformat(), "not_after": self.not_after.isoformat()}
        return asdict(self) | times | {"names": list(self.names)}

    @staticmethod
    def of(said: Mapping[str, Any]) -> Certificate:
        """The certificate that `as_dict` wrote."""
        times = {name: datetime.fromisoformat(said[name]) for name in ("not_before", "not_after")}
        return Certificate(**{**said, **times, "names": tuple(said["names"])})


def digest(data: bytes) -> str:
    """SHA-256 as certificates are known by, in hexadecimal."""
    return sha256(data).hexdigest()

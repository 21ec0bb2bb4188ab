"""Keys of addressees and our own, as files in one folder; what is not there is simply not used.

    SLUG.whsec            Standard Webhooks secret shared with a provider (whsec_BASE64)
    SLUG.smime.pem        its S/MIME certificate
    SLUG.openpgp.asc      its OpenPGP certificate
    own.smime.pem         our certificate and private key (and what certificates stand between it and its root)
    own.openpgp.asc       our OpenPGP secret key

A provider's slug is a name of letters, digits and dashes, so that no slug leads out of the folder.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

SLUG = re.compile(r"[A-Za-z0-9_-]{1,80}")
OWN = "own"


@dataclass(frozen=True, slots=True)
class Keys:
    """The folder, read at each use: a key that is changed holds from the next message on."""

    folder: Path | None

    def webhook_secret(self, slug: str) -> str:
        """The secret calls to and from a provider are signed with; empty without one."""
        found = self._read(slug, "whsec")
        return found.decode("ascii", "replace").strip() if found else ""

    def smime(self, slug: str) -> bytes:
        """PEM of a provider's certificate, or (`OWN`) of ours with its key; empty without one."""
        return self._read(slug, "smime.pem")

    def openpgp(self, slug: str) -> bytes:
        """A provider's OpenPGP certificate, or (`OWN`) our secret key; empty without one."""
        return self._read(slug, "openpgp.asc")

    def _read(self, slug: str, end: str) -> bytes:
        if self.folder is None or not SLUG.fullmatch(slug):
            return b""
        try:
            return (self.folder / f"{slug}.{end}").read_bytes()
        except FileNotFoundError:
            return b""

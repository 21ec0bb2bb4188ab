"""Keyed pseudonyms: the same person has the same one for a recipient, and another for every other recipient.

HMAC-SHA-256 under a key of the unit: without the key nobody can tell whose it is by trying names, and two recipients
cannot join what they got.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass

OFFICER = re.compile(r"officer:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Pseudonyms for one recipient."""

    key: bytes
    recipient: str

    def of(self, name: str) -> str:
        """The pseudonym of a name: 16 hex digits."""
        told = f"{len(self.recipient)}:{self.recipient}:{name}".encode()
        return hmac.digest(self.key, told, "sha256").hex()[:16]

    def within(self, text: str) -> str:
        """A text in which every officer and every e-mail address has its pseudonym."""
        text = OFFICER.sub(lambda found: f"officer:{self.of(found[0])}", text)
        return ADDRESS.sub(lambda found: f"{self.of(found[0].lower())}@pseudonym.invalid", text)

"""What the ways of signing in at an identity provider have in common: who it is then, and where we ask."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from cautery.core.errors import SettingInvalid


@dataclass(frozen=True, slots=True)
class Who:
    """Who signed in there. `claimed` is the user name here that the provider vouches for (empty: none).

    `issuer` tells the way too, so that no name of one way is taken for one of another; `proofs` are as a session keeps them.
    """

    issuer: str
    subject: str
    claimed: str
    proofs: tuple[str, ...]

    def kept(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self) | {"proofs": list(self.proofs)}


def who_was(kept: dict[str, Any]) -> Who:
    """The same again."""
    return Who(**kept | {"proofs": tuple(kept["proofs"])})


def check_address(address: str, setting: str) -> None:
    """An address of the identity provider: HTTPS, or in a rehearsal HTTP as well; else `SettingInvalid`."""
    parts = urlsplit(address)
    if (parts.scheme != "https" and not (settings.REHEARSAL and parts.scheme == "http")) or not parts.hostname:
        raise SettingInvalid(
            f"{address!r} is no address of an identity provider.",
            setting=setting,
            reason="scheme",
            hint="What the identity provider is asked at are https addresses.",
        )

"""To whom a notice goes when the directory does not simply say so: the chain of addressees, best first, each shown as what it is.

    the channel the directory holds -> the provider's published contact point -> RDAP: who hosts it, then who registered it

Plain values in, plain values out: whoever reads the directory and RDAP (core/domains) hands over what they found. Nothing
is sent here, and a person sees on what the choice rests: an address from RDAP was never confirmed by the provider.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")
NOBODY = re.compile(r"^(?:no|do-?not)-?reply|privacy|proxy|redacted|whoisguard|anonymi[sz]e|withheld", re.IGNORECASE)


class Basis(StrEnum):
    """What an addressee rests on, best first."""

    CHANNEL = "channel"
    PUBLISHED = "published"
    RDAP_NETWORK = "rdap_network"
    RDAP_DOMAIN = "rdap_domain"


SHOWN = {
    Basis.CHANNEL: "the channel agreed with the provider",
    Basis.PUBLISHED: "the contact point the provider publishes",
    Basis.RDAP_NETWORK: "the abuse contact RDAP names for the network that hosts it; not confirmed by the provider",
    Basis.RDAP_DOMAIN: "the abuse contact RDAP names for the domain's registrar; not the provider itself",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the directory holds of a provider; empty where it holds nothing."""

    slug: str = ""
    channel: str = ""
    api_base: str = ""
    email: str = ""
    portal: str = ""


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """A contact point the provider publishes (Art 15 TCO, Art 11 DSA, its own pages): `address` is an e-mail or a portal's URL."""

    address: str
    source: str


@dataclass(frozen=True, slots=True)
class RdapContact:
    """An abuse contact of an RDAP answer: of a `network` or of a `domain`, and whose answer it was (handle)."""

    about: str
    address: str
    handle: str


@dataclass(frozen=True, slots=True)
class Addressee:
    """One link of the chain: by which way (`api`, `mail`, `portal`), to which address, on what basis, said in words."""

    way: str
    address: str
    basis: Basis
    shown: str


def addressees(
    known: Known | None, published: Sequence[ContactPoint] = (), rdap: Sequence[RdapContact] = ()
) -> tuple[Addressee, ...]:
    """The chain of addressees, best first, no address twice; empty when nobody is known: then a person must find one."""
    chain: dict[tuple[str, str], Addressee] = {}
    for found in (*_by_channel(known), *_published(published), *_by_rdap(rdap)):
        chain.setdefault((found.way, found.address.lower()), found)
    return tuple(chain.values())


def _by_channel(known: Known | None) -> Iterator[Addressee]:
    """The agreed channel first, then what else the directory holds."""
    if known is None:
        return
    ways = {
        "api": known.api_base,
        "mail": known.email if _can_be_written_to(known.email) else "",
        "portal": known.portal,
    }
    for way in sorted(ways, key=lambda way: way != known.channel):
        if ways[way]:
            yield Addressee(way, ways[way], Basis.CHANNEL, SHOWN[Basis.CHANNEL])


def _published(points: Iterable[ContactPoint]) -> Iterator[Addressee]:
    for point in points:
        words = f"{SHOWN[Basis.PUBLISHED]} ({point.source})"
        if _can_be_written_to(point.address):
            yield Addressee("mail", point.address, Basis.PUBLISHED, words)
        elif point.address.startswith("https://"):
            yield Addressee("portal", point.address, Basis.PUBLISHED, words)


def _by_rdap(contacts: Sequence[RdapContact]) -> Iterator[Addressee]:
    """Who hosts it before who registered it: the host can take down one page, the registrar only the whole domain."""
    for about, basis in (("network", Basis.RDAP_NETWORK), ("domain", Basis.RDAP_DOMAIN)):
        for contact in contacts:
            if contact.about == about and _can_be_written_to(contact.address):
                yield Addressee("mail", contact.address, basis, f"{SHOWN[basis]} ({contact.handle})")


def _can_be_written_to(address: str) -> bool:
    """A mail address, and not one behind which nobody reads."""
    return bool(ADDRESS.fullmatch(address)) and not NOBODY.search(address)

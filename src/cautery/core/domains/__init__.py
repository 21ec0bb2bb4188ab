"""What is known of a domain, from what registries and registrars answer. Pure: the answers are given.

parse(data, asked="") -> DomainRecord            RDAP JSON or WHOIS text, told apart by how it begins
read_rdap(answer), read_whois(text)              one of them
timeline(observations) -> tuple[Change, ...]     how its state went: dropped, re-registered by the same marks or not
differing(old, new), event_of(change)            what changed, in words: renewed, other name servers, another registrar
site_events(old, new), as_shown(record, site)    what its DNS, certificate and networks add, and what of them changed
lookalikes(domain, ...)                          what it may come back as, on other TLDs and misspelled
abuse_chain(record, networks=, registry=)        whom to write to: host, CDN, registrar, registry
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from cautery.core.errors import FileRefused

from .certificate import Certificate
from .contacts import AbuseContact, abuse_chain, registry_contact
from .differing import Event, differing, event_of
from .history import Change, Observed, expiring, timeline
from .lookalikes import Lookalike, lookalikes
from .networks import Network, read_network
from .rdap import read_rdap
from .record import FREE, HELD, TAKEN, DomainRecord, State
from .site import Site, as_shown, site_events
from .whois import read_whois
from .zone import Outcome, Presence, Told, Zone

__all__ = [
    "FREE",
    "HELD",
    "TAKEN",
    "AbuseContact",
    "Certificate",
    "Change",
    "DomainRecord",
    "Event",
    "Lookalike",
    "Network",
    "Observed",
    "Outcome",
    "Presence",
    "Site",
    "State",
    "Told",
    "Zone",
    "abuse_chain",
    "as_shown",
    "differing",
    "event_of",
    "expiring",
    "lookalikes",
    "parse",
    "read_network",
    "read_rdap",
    "read_whois",
    "registry_contact",
    "site_events",
    "timeline",
]


def parse(data: bytes, asked: str = "") -> DomainRecord:
    """One answer, RDAP (JSON) or WHOIS (any text, any encoding). `FileRefused` on JSON that is cut off or no object."""
    text = _decoded(data)
    if not text.lstrip("\ufeff \r\n\t").startswith(("{", "[{", '["')):
        return read_whois(text, asked)
    try:
        answer = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise FileRefused(
            "It begins like JSON and is none: the answer was cut off or mangled.", reason="malformed"
        ) from error
    if not isinstance(answer, Mapping):
        raise FileRefused("It is JSON, but not one RDAP object.", reason="malformed")
    return read_rdap(answer)


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "euc-jp" if b"[" in data[:400] and b"JPRS" in data[:400] else "utf-8"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")

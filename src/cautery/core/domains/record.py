"""What is known of a domain at one moment, and the states it passes through."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """Where a domain stands in its life. What could not be read is `unknown`, never `available`."""

    AVAILABLE = "available"
    CLIENT_HOLD = "client_hold"
    DROPPED = "dropped"
    ON_SALE = "on_sale"
    PENDING_DELETE = "pending_delete"
    REDEMPTION = "redemption"
    REGISTERED = "registered"
    REGISTERED_ANEW = "re_registered"
    RESERVED = "reserved"
    SERVER_HOLD = "server_hold"
    SINKHOLED = "sinkholed"
    UNKNOWN = "unknown"


HELD = frozenset({State.CLIENT_HOLD, State.SERVER_HOLD, State.REDEMPTION, State.PENDING_DELETE})
"""Registered, but not in the zone."""
TAKEN = HELD | {State.REGISTERED, State.REGISTERED_ANEW, State.ON_SALE, State.SINKHOLED}
"""Somebody has it."""
FREE = frozenset({State.AVAILABLE, State.DROPPED})
"""Nobody has it."""


@dataclass(frozen=True, slots=True)
class DomainRecord:
    """One answer about one domain, from RDAP or WHOIS. What the answer does not say is empty, None or ().

    Names are in lower case, without the dot at the end; times carry a zone (UTC where the registry names none).
    `marks` are what tells one registrant from another without naming a person: handles, organisation, registrar's id.
    """

    domain: str
    state: State
    ground: str
    status: tuple[str, ...] = ()
    registrar: str = ""
    abuse_email: str = ""
    created: datetime | None = None
    expires: datetime | None = None
    updated: datetime | None = None
    nameservers: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON: what is not known is null, times are RFC 3339."""
        return {
            "domain": self.domain or None,
            "state": str(self.state),
            "status": list(self.status),
            "registrar": self.registrar or None,
            "abuse_email": self.abuse_email or None,
            "created": _written(self.created),
            "expires": _written(self.expires),
            "updated": _written(self.updated),
            "nameservers": list(self.nameservers),
            "grounds": self.ground,
        }

    @staticmethod
    def of(said: Mapping[str, Any], marks: Iterable[str] = ()) -> DomainRecord:
        """The record that `as_dict` wrote."""
        times = {
            name: datetime.fromisoformat(said[name]) if said.get(name) else None
            for name in ("created", "expires", "updated")
        }
        return DomainRecord(
            domain=said.get("domain") or "",
            state=State(said["state"]),
            ground=said.get("grounds") or "",
            status=tuple(said.get("status") or ()),
            registrar=said.get("registrar") or "",
            abuse_email=said.get("abuse_email") or "",
            nameservers=tuple(said.get("nameservers") or ()),
            marks=tuple(marks),
            **times,
        )


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")

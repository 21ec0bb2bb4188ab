"""What two records of a domain, one after the other, say in words: renewed, moved to other name servers, sold by another."""

from __future__ import annotations

from dataclasses import dataclass

from .history import Change
from .record import TAKEN, DomainRecord, State

SAID = {
    State.AVAILABLE: "nobody has it",
    State.CLIENT_HOLD: "its registrar took it out of the zone (client hold)",
    State.DROPPED: "it dropped: nobody has it any more",
    State.ON_SALE: "it is on sale",
    State.PENDING_DELETE: "it is to be deleted (pending delete)",
    State.REDEMPTION: "it was deleted and can still be redeemed",
    State.REGISTERED: "it is registered",
    State.REGISTERED_ANEW: "it was registered anew",
    State.RESERVED: "nobody may have it",
    State.SERVER_HOLD: "the registry took it out of the zone (server hold)",
    State.SINKHOLED: "it leads to a sinkhole",
}
MARKS = {True: ", by the same marks", False: ", by other marks", None: "; whether by the same nobody can tell"}


@dataclass(frozen=True, slots=True)
class Event:
    """One change: `what` (state, expires, nameservers, registrar), its new value, and in words."""

    what: str
    value: str
    said: str
    same_marks: bool | None = None


def event_of(change: Change) -> Event:
    """A change of state in words."""
    said = SAID[change.state] + (MARKS[change.same_marks] if change.state is State.REGISTERED_ANEW else "")
    return Event("state", str(change.state), f"{said} ({change.ground})", change.same_marks)


def differing(old: DomainRecord, new: DomainRecord) -> list[Event]:
    """What else changed between two records of who has it; what either does not say is no change."""
    if old.state not in TAKEN or new.state not in TAKEN:
        return []
    found = []
    if old.expires is not None and new.expires is not None and old.expires != new.expires:
        how = "renewed" if new.expires > old.expires else "shortened"
        found.append(Event("expires", new.expires.isoformat(), f"{how}: it expires on {new.expires:%Y-%m-%d}"))
    if old.nameservers and new.nameservers and set(old.nameservers) != set(new.nameservers):
        servers = " ".join(sorted(new.nameservers))
        found.append(Event("nameservers", servers[:253], f"other name servers: {servers}"[:300]))
    if old.registrar and new.registrar and _plain(old.registrar) != _plain(new.registrar):
        found.append(Event("registrar", new.registrar[:253], f"another registrar: {new.registrar}"[:300]))
    return found


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())

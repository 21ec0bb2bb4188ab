"""From what an answer says to the state it means."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from ipaddress import ip_address, ip_network
from typing import Any

from .record import State

EPP = re.compile(r"(?:https?://|www\.)\S*|\(https?:\S*\)")
ASIDE = re.compile(r"(?<=\S)(?:\s*\([^()]*\))+\s*$")
WORD = re.compile(r"[\W_]+")
BY_STATUS: tuple[tuple[re.Pattern[str], State], ...] = tuple(
    (re.compile(pattern), state)
    for pattern, state in (
        (r"redemption|pendingrestore|quarantine|restorable|expiredgrace|cuarentena|redempt", State.REDEMPTION),
        (
            r"pendingdelete|tobedeleted|todelete|pendingpurge|pendingrelease|deletion|deleteprocess|scheduledfordelet|^deleted",
            State.PENDING_DELETE,
        ),
        (r"serverhold", State.SERVER_HOLD),
        (r"clienthold", State.CLIENT_HOLD),
        (
            r"onhold|^hold$|suspend|frozen|deactivated|notdelegated|undelegated|outzone|outofzone|^blocked|^locked?hold",
            State.SERVER_HOLD,
        ),
        (r"^(reserved|prohibited|forbidden|notallowed|unavailable|blockedname|restrictedname)", State.RESERVED),
        (
            r"^(\d{3})?(available|free|notregistered|notfound|noobjectfound|unregistered|inexistent)$|^statusavailable",
            State.AVAILABLE,
        ),
    )
)
"""Read in this order: a domain that is restored or deleted is on hold as well."""


def plain(status: str) -> str:
    """A status without its explanation: `clientHold https://icann.org/epp#clientHold` is `clientHold`."""
    return " ".join(ASIDE.sub("", EPP.sub("", status)).split()).strip(" -.,;|")


def from_status(status: Sequence[str]) -> State:
    """The state a list of statuses means; what names none of the others is registered."""
    words = [WORD.sub("", plain(one).lower()) for one in status]
    for pattern, state in BY_STATUS:
        if any(pattern.search(word) for word in words):
            return state
    return State.REGISTERED


def marked(
    state: State,
    nameservers: Sequence[str],
    text: str = "",
    *,
    aliases: Sequence[str] = (),
    addresses: Sequence[str] = (),
) -> tuple[State, str]:
    """A registered domain whose name servers, aliases or addresses say more than its status; the state and why."""
    if state is not State.REGISTERED:
        return state, ""
    lowered = text.lower()
    for name, mark in _marks().items():
        suffixes, words = mark["nameservers"], mark["words"]
        for server in nameservers:
            if any(server == end or server.endswith("." + end) for end in suffixes) or (
                name == "sinkholed" and any(word in server for word in words)
            ):
                return State(name), f"{mark['why']} ({server})"
        for alias in aliases:
            if any(alias == end or alias.endswith("." + end) for end in suffixes):
                return State(name), f"{mark['at']} ({alias})"
        for address in addresses:
            if any(ip_address(address) in network for network in mark["addresses"]):
                return State(name), f"{mark['at']} ({address})"
        if name == "on_sale" and any(word in lowered for word in words):
            return State.ON_SALE, "the answer says that it is for sale"
    return state, ""


@lru_cache(maxsize=1)
def _marks() -> dict[str, dict[str, Any]]:
    rules = tomllib.loads(files(__package__).joinpath("marks.toml").read_text("utf-8"))
    return {
        name: rules[name] | {"addresses": [ip_network(one) for one in rules[name]["addresses"]]}
        for name in ("sinkholed", "on_sale")
    }

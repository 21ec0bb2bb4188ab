"""What a look at an address can come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Verdict(StrEnum):
    """What a probe says. Nothing that limits who may look is a removal."""

    UP = "up"
    REMOVED = "removed"
    """The provider took it down and says so."""
    ACCOUNT_CLOSED = "account_closed"
    """The provider closed the account it stood on."""
    DELETED_BY_OWNER = "deleted_by_owner"
    GONE = "gone"
    """Not there, without a word of who did it."""
    GEO_BLOCKED = "geo_blocked"
    LOGIN_WALL = "login_wall"
    PRIVATE = "private"
    SUSPENDED = "suspended"
    """For a time only, so the page says."""
    MOVED = "moved"
    RATE_LIMITED = "rate_limited"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


DOWN = frozenset({Verdict.REMOVED, Verdict.ACCOUNT_CLOSED, Verdict.DELETED_BY_OWNER, Verdict.GONE, Verdict.GEO_BLOCKED})
"""Not to be seen where we looked."""
UNSURE = frozenset(Verdict) - DOWN - {Verdict.UP}
"""The probe could not tell; looked at again later, counted as unknown."""
REMOVALS = DOWN - {Verdict.GEO_BLOCKED}
"""Taken to be gone for everybody."""
WORDS: Mapping[Verdict, str] = MappingProxyType(
    {
        **{verdict: str(verdict) for verdict in Verdict},
        Verdict.REMOVED: "removed_by_provider",
        Verdict.ACCOUNT_CLOSED: "account_gone",
        Verdict.GONE: "account_gone",
        Verdict.LOGIN_WALL: "age_or_login_wall",
        Verdict.SUSPENDED: "suspended_temporarily",
    }
)
"""The words of the command line, of which there are twelve: what is gone is one of them, and the ground says how."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What came back: HTTP status (0: nothing, -1: not told), the address asked and the last one answered, visible title and text.

    `headers` has names in lower case. `provider` is a name of core.links, where it is known; else the host tells.
    `exit` is where the look was made from, a country code.
    """

    url: str
    final_url: str
    status: int
    title: str = ""
    text: str = ""
    failed: str = ""
    provider: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    exit: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict and its ground in words; `where` is the new address of what moved, or the country it is blocked in or open to."""

    verdict: Verdict
    ground: str
    where: str = ""

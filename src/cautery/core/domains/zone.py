"""What the DNS says of a domain: each question with its outcome, so that "no such name" is never confused with "no answer".

Pure: the answers are given. A name is absent where the DNS says NXDOMAIN; SERVFAIL, a refusal or silence say nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

TYPES = ("A", "AAAA", "NS", "MX", "CNAME", "SOA", "DS")
"""What is asked of a domain."""


class Outcome(StrEnum):
    """What became of one question."""

    ANSWERED = "answered"
    MALFORMED = "malformed"
    NO_DATA = "no_data"
    NXDOMAIN = "nxdomain"
    REFUSED = "refused"
    SERVFAIL = "servfail"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"


TOLD = frozenset({Outcome.ANSWERED, Outcome.NO_DATA, Outcome.NXDOMAIN})
"""Outcomes that say something of the name; the others say something of servers and lines."""


class Presence(StrEnum):
    """Whether the name is in the DNS."""

    ABSENT = "absent"
    PRESENT = "present"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Told:
    """The outcome of one question, its values in order, and the aliases (CNAME) that led to them."""

    outcome: Outcome
    values: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Zone:
    """What the DNS says of a domain, by type; `servers`: of each name server, the outcome of the question for its address."""

    answers: Mapping[str, Told]
    servers: Mapping[str, Outcome] = field(default_factory=dict)

    @property
    def presence(self) -> Presence:
        """Absent only by the DNS's own word (RFC 8020: of one type is of all); an alias that leads nowhere is itself there."""
        outcomes = {told.outcome for told in self.answers.values()}
        if outcomes & {Outcome.ANSWERED, Outcome.NO_DATA} or self.aliases:
            return Presence.PRESENT
        return Presence.ABSENT if Outcome.NXDOMAIN in outcomes else Presence.UNKNOWN

    @property
    def addresses(self) -> tuple[str, ...]:
        """Its addresses, IPv4 first."""
        return (*self._of("A"), *self._of("AAAA"))

    @property
    def has_addresses(self) -> bool | None:
        """Whether it has any address; None where that could not be told."""
        if self.addresses:
            return True
        told = all(self.answers[one].outcome in TOLD for one in ("A", "AAAA") if one in self.answers)
        return False if told and {"A", "AAAA"} <= self.answers.keys() else None

    @property
    def nameservers(self) -> tuple[str, ...]:
        """Its name servers."""
        return self._of("NS")

    @property
    def aliases(self) -> tuple[str, ...]:
        """Where its aliases lead, in order."""
        return tuple(dict.fromkeys(alias for told in self.answers.values() for alias in told.aliases))

    @property
    def dangling(self) -> tuple[str, ...]:
        """Names it depends on that do not exist: name servers, and the end of an alias. Who registers them has the domain."""
        gone = [name for name, outcome in self.servers.items() if outcome is Outcome.NXDOMAIN]
        told = (self.answers.get(one) for one in ("A", "AAAA"))
        ends = [one.aliases[-1] for one in told if one and one.aliases and one.outcome is Outcome.NXDOMAIN]
        return tuple(dict.fromkeys([*gone, *ends]))

    @property
    def unanswered(self) -> dict[str, str]:
        """Questions that were not answered, with what became of them."""
        return {kind: str(told.outcome) for kind, told in self.answers.items() if told.outcome not in TOLD}

    def over(self, old: Zone) -> Zone:
        """What is known after this look: what it could not tell stands as it was."""
        answers = {
            kind: told if told.outcome in TOLD else old.answers.get(kind, told) for kind, told in self.answers.items()
        }
        servers = {
            name: outcome if outcome in TOLD else old.servers.get(name, outcome)
            for name, outcome in self.servers.items()
        }
        return Zone(answers, servers)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        told = {
            kind: {"outcome": str(one.outcome), "values": list(one.values)}
            | ({"aliases": list(one.aliases)} if one.aliases else {})
            for kind, one in self.answers.items()
        }
        return {"answers": told, "servers": {name: str(outcome) for name, outcome in self.servers.items()}}

    @staticmethod
    def of(said: Mapping[str, Any]) -> Zone:
        """The zone that `as_dict` wrote."""
        answers = {
            kind: Told(Outcome(one["outcome"]), tuple(one["values"]), tuple(one.get("aliases", ())))
            for kind, one in said["answers"].items()
        }
        return Zone(answers, {name: Outcome(outcome) for name, outcome in said["servers"].items()})

    def _of(self, kind: str) -> tuple[str, ...]:
        told = self.answers.get(kind)
        return () if told is None else told.values

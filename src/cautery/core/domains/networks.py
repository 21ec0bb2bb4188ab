"""The networks a site answers from: whose they are, whom to write to, and whether they only stand before who hosts it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from .rdap import card, read_rdap

ORIGINS = ("arin_originas0_originautnums", "originAutnums", "origin_autnums")
"""Where registries put the autonomous systems a network is announced by; RFC 9083 has no field for it."""


@dataclass(frozen=True, slots=True)
class Network:
    """A network: the addresses of ours within it, what the registry calls it, its holder, country, abuse address.

    `cdn` names the content-delivery network it belongs to, `ground` says by what that is known; both empty for a host's.
    """

    addresses: tuple[str, ...]
    handle: str = ""
    name: str = ""
    holder: str = ""
    country: str = ""
    abuse_email: str = ""
    autnum: int | None = None
    autnum_name: str = ""
    cdn: str = ""
    ground: str = ""

    @property
    def key(self) -> str:
        """What makes two networks the same one: its CDN, else its autonomous system, else its handle."""
        return self.cdn or (f"AS{self.autnum}" if self.autnum is not None else self.handle or self.name)

    @property
    def called(self) -> str:
        """It, in words: name, holder, autonomous system, country."""
        who = self.holder if self.holder and self.holder.casefold() != self.name.casefold() else ""
        number = f"AS{self.autnum}" if self.autnum is not None else ""
        parts = [self.cdn or self.name or self.handle, who, number, self.country]
        return ", ".join(part for part in parts if part)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self) | {"addresses": list(self.addresses)}

    @staticmethod
    def of(said: Mapping[str, Any]) -> Network:
        """The network that `as_dict` wrote."""
        return Network(**{**said, "addresses": tuple(said["addresses"])})


def read_network(
    answer: Mapping[str, Any],
    addresses: Sequence[str],
    *,
    autnum: int | None = None,
    system: Mapping[str, Any] | None = None,
    aliases: Iterable[str] = (),
) -> Network:
    """A network from RDAP's answer about one of its addresses, and about its autonomous system where there is one.

    `autnum` is where the address is announced, if that is known by other means; `aliases` are where the site's names lead.
    """
    number = autnum if autnum is not None else origin(answer)
    named, holder = str(answer.get("name") or ""), _holder(answer)
    system_name = str((system or {}).get("name") or "")
    cdn, ground = _cdn((named, holder, system_name), number, aliases)
    abuse = read_rdap(answer).abuse_email or (read_rdap(system).abuse_email if system else "")
    return Network(
        tuple(addresses),
        str(answer.get("handle") or ""),
        named,
        holder,
        str(answer.get("country") or (system or {}).get("country") or ""),
        abuse,
        number,
        system_name,
        cdn,
        ground,
    )


def origin(answer: Mapping[str, Any]) -> int | None:
    """The autonomous system a network is announced by, where the registry says so."""
    for name in ORIGINS:
        found = answer.get(name)
        for one in found if isinstance(found, list) else [found]:
            text = str(one).upper().removeprefix("AS")
            if text.isdecimal() and int(text) < 1 << 32:
                return int(text)
    return None


def is_network(answer: Any) -> bool:
    """Whether this is RDAP's answer about a network; older servers leave out what kind of object it is."""
    if not isinstance(answer, Mapping):
        return False
    kind = str(answer.get("objectClassName") or "").lower()
    return kind == "ip network" or (not kind and "startAddress" in answer)


def is_system(answer: Any) -> bool:
    """Whether this is RDAP's answer about an autonomous system."""
    return isinstance(answer, Mapping) and str(answer.get("objectClassName") or "").lower() == "autnum"


def _holder(answer: Mapping[str, Any]) -> str:
    """Who has it: the registrant's name, else the first of anybody but the abuse desk."""
    found = []
    entities = answer.get("entities")
    for entity in entities if isinstance(entities, list) else ():
        if isinstance(entity, Mapping):
            roles = entity.get("roles")
            abuse, owner = (isinstance(roles, list) and role in roles for role in ("abuse", "registrant"))
            said = card(entity)
            name = next((text.strip() for key in ("org", "fn") for text in said.get(key, ()) if text.strip()), "")
            if name and not abuse:
                found.append((0 if owner else 1, name))
    return min(found, key=lambda pair: pair[0])[1] if found else ""


def _cdn(names: Sequence[str], autnum: int | None, aliases: Iterable[str]) -> tuple[str, str]:
    """Which content-delivery network this is, and by what; empty for none."""
    plain = [name.casefold() for name in names if name]
    led = [alias.rstrip(".").lower() for alias in aliases]
    for rule in _rules():
        name = rule["name"]
        for alias in led:
            if any(alias == host or alias.endswith("." + host) for host in rule.get("hosts", ())):
                return name, f"its name leads to {alias}"
        if any(one.startswith(other) for one in plain for other in rule.get("besides", ())):
            continue
        if autnum is not None and autnum in rule.get("autnums", ()):
            return name, f"its network is AS{autnum}"
        found = next((one for one in plain for begin in rule.get("networks", ()) if one.startswith(begin)), "")
        if found:
            return name, f"its network is {found}"
    return "", ""


@lru_cache(maxsize=1)
def _rules() -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = tomllib.loads(files(__package__).joinpath("networks.toml").read_text("utf-8"))["cdn"]
    return rules

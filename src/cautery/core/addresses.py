"""Which addresses the house may connect to: only global unicast ones, however they are spelled.

The tables are IANA's registries of special-purpose addresses (RFC 6890 and its successors) as of November 2026, kept
here because Python's own differ from release to release. IPv6 is refused unless it lies in 2000::/3 or leads to an IPv4
address that may be connected to.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

LOOPBACK = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
MULTICAST = (IPv4Network("224.0.0.0/4"), IPv6Network("ff00::/8"))
PRIVATE_4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
    )
)  # fmt: skip
METADATA = frozenset({IPv4Address("168.63.129.16")})
"""Services of a cloud for its own guests that stand at a global address; the others lie in private networks."""
GLOBAL_6 = IPv6Network("2000::/3")
PRIVATE_6 = tuple(IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
PUBLIC_6 = tuple(
    IPv6Network(network)
    for network in ("2001:1::1/128", "2001:1::2/128", "2001:1::3/128", "2001:3::/32", "2001:4:112::/48", "2001:20::/28")
)
"""Parts of 2001::/23 that are global after all."""
NAT64 = IPv6Network("64:ff9b::/96")
TRANSLATED = IPv6Network("::ffff:0:0:0/96")
COMPATIBLE = IPv6Network("::/96")
LOWEST = 0xFFFFFFFF
ISATAP = 0x5EFE
NUMBER = re.compile(r"(?:0[xX][0-9a-fA-F]*|[0-9]+)")
RESERVED_NAMES = frozenset(
    {"alt", "arpa", "corp", "example", "home", "internal", "invalid", "lan", "local", "localdomain", "localhost"}
    | {"onion", "private", "test"}
)
"""Last labels that no public name server knows (RFC 6761, RFC 6762, RFC 8375, RFC 9476, and what routers use)."""


def refusal(address: str) -> str | None:
    """Why `address` (a literal IPv4 or IPv6) must not be connected to, in a stable word; None when it may.

    IPv4 inside IPv6 (mapped, translated, 6to4, Teredo, NAT64, ISATAP) is judged as the IPv4 it reaches.
    """
    try:
        ip = ip_address(address.split("%", 1)[0])
    except ValueError:
        return "not_an_address"
    if isinstance(ip, IPv4Address):
        return _refusal_4(ip)
    for inner in _embedded(ip):
        reason = _refusal_4(inner)
        if reason is not None:
            return reason
    return _refusal_6(ip)


def host_refusal(host: str) -> str | None:
    """Why `host`, a name or a literal as it stands in a URL, must not even be resolved; None when it may.

    A name whose last label is a number is an address to some resolvers (`0x7f.1`, `2130706433`): only the plain
    spelling of an address is taken for one.
    """
    if ":" in host:
        return refusal(host)
    last = host.rstrip(".").rpartition(".")[2]
    if not last:
        return "not_a_name"
    return refusal(host) if NUMBER.fullmatch(last) else None


def reserved_name(host: str) -> bool:
    """Whether `host` can only mean something inside a network: a single label, or a reserved last one."""
    labels = host.rstrip(".").lower().split(".")
    return len(labels) < 2 or labels[-1] in RESERVED_NAMES


def _embedded(ip: IPv6Address) -> list[IPv4Address]:
    """The IPv4 addresses that connecting to `ip` reaches or passes through."""
    if ip.ipv4_mapped is not None:
        return [ip.ipv4_mapped]
    if ip.sixtofour is not None:
        return [ip.sixtofour]
    if ip.teredo is not None:
        return list(ip.teredo)
    low = IPv4Address(int(ip) & LOWEST)
    if ip in NAT64 or ip in TRANSLATED or (ip in COMPATIBLE and int(ip) > 1):
        return [low]
    return [low] if int(ip) >> 32 & 0xFDFFFFFF == ISATAP else []


def _refusal_4(ip: IPv4Address) -> str | None:
    if ip in LOOPBACK[0]:
        return "loopback_address"
    if ip in MULTICAST[0]:
        return "multicast_address"
    return "private_address" if ip in METADATA or any(ip in network for network in PRIVATE_4) else None


def _refusal_6(ip: IPv6Address) -> str | None:
    if ip in LOOPBACK[1]:
        return "loopback_address"
    if ip in MULTICAST[1]:
        return "multicast_address"
    if ip.ipv4_mapped is not None or ip.sixtofour is not None or ip.teredo is not None or ip in NAT64:
        return None  # by the IPv4 inside
    if ip not in GLOBAL_6:
        return "private_address"
    private = any(ip in network for network in PRIVATE_6) and not any(ip in network for network in PUBLIC_6)
    return "private_address" if private else None

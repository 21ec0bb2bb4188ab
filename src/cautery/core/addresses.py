"""Which addresses the house may connect to: only global unicast ones, however they are spelled."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

NAT64 = IPv6Network("64:ff9b::/96")
NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")


def refusal(address: str) -> str | None:
    """Why `address` (a literal IPv4 or IPv6) must not be connected to, in a stable word; None when it may.

    IPv4 inside IPv6 (mapped, 6to4, Teredo, NAT64) is judged as the IPv4 it reaches.
    """
    try:
        ip = ip_address(address.split("%", 1)[0])
    except ValueError:
        return "not_an_address"
    if isinstance(ip, IPv6Address):
        inner = _embedded(ip)
        if inner is not None:
            return _refusal(inner)
    return _refusal(ip)


def _embedded(ip: IPv6Address) -> IPv4Address | None:
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    if ip.teredo is not None:
        return ip.teredo[1]
    if ip in NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


def _refusal(ip: IPv4Address | IPv6Address) -> str | None:
    if isinstance(ip, IPv6Address) and ip in NAT64_LOCAL:
        return "private_address"
    if ip.is_loopback:
        return "loopback_address"
    if ip.is_multicast:
        return "multicast_address"
    return None if ip.is_global else "private_address"

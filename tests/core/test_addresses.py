"""Which addresses may be connected to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cautery.core.addresses import refusal

PUBLIC = [
    "8.8.8.8",
    "193.0.6.139",
    "2001:67c:2e8:22::c100:68b",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
]
REFUSED = {
    "127.0.0.1": "loopback_address", "127.255.255.254": "loopback_address", "::1": "loopback_address", "::1%lo": "loopback_address",
    "::ffff:127.0.0.1": "loopback_address", "64:ff9b::7f00:1": "loopback_address", "2002:7f00:1::": "loopback_address",
    "10.0.0.1": "private_address", "172.16.0.1": "private_address", "192.168.1.1": "private_address", "100.64.0.1": "private_address",
    "0.0.0.1": "private_address", "::": "private_address", "255.255.255.255": "private_address", "240.0.0.1": "private_address",
    "169.254.169.254": "private_address", "::ffff:169.254.169.254": "private_address", "64:ff9b::a9fe:a9fe": "private_address",
    "fd00:ec2::254": "private_address", "fe80::1": "private_address", "fe80::1%eth0": "private_address", "fc00::1": "private_address",
    "64:ff9b:1::1": "private_address", "2002:a00:1::1": "private_address", "192.0.2.1": "private_address", "198.18.0.1": "private_address",
    "2001:db8::1": "private_address", "::ffff:10.0.0.1": "private_address",
    "224.0.0.1": "multicast_address", "239.1.1.1": "multicast_address", "ff02::1": "multicast_address", "::ffff:224.0.0.1": "multicast_address",
    "localhost": "not_an_address", "": "not_an_address", "2130706433": "not_an_address", "0x7f.1": "not_an_address",
    "127.1": "not_an_address", "0177.0.0.1": "not_an_address", "127.0.0.1.": "not_an_address", "[::1]": "not_an_address",
}  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_connected_to(address: str) -> None:
    assert refusal(address) is None


@pytest.mark.parametrize(("address", "reason"), REFUSED.items())
def test_any_other_is_refused_with_its_reason(address: str, reason: str) -> None:
    assert refusal(address) == reason


def test_teredo_is_judged_by_the_client_behind_it() -> None:
    assert refusal("2001:0:808:808::f7f7:f7f7") is None  # 8.8.8.8, inverted as Teredo writes it
    assert refusal("2001:0:808:808::80ff:fffe") == "loopback_address"


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_inside_ipv6(address: object) -> None:
    assert refusal(f"::ffff:{address}") == refusal(str(address))


@given(st.text(max_size=30))
def test_it_never_raises(text: str) -> None:
    assert refusal(text) is None or isinstance(refusal(text), str)

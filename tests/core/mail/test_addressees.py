"""To whom a notice goes."""

from __future__ import annotations

from cautery.core.mail.addressees import Basis, ContactPoint, Known, RdapContact, addressees

RDAP = [
    RdapContact("domain", "abuse@registrar.example", "R-1"),
    RdapContact("network", "abuse@host.example", "NET-1"),
]


def test_the_agreed_channel_comes_first_and_the_rest_of_the_directory_behind_it() -> None:
    chain = addressees(Known("p", "mail", "https://p.example/api", "abuse@p.example"), rdap=RDAP)
    assert [(a.way, a.basis) for a in chain] == [
        ("mail", Basis.CHANNEL),
        ("api", Basis.CHANNEL),
        ("mail", Basis.RDAP_NETWORK),
        ("mail", Basis.RDAP_DOMAIN),
    ]


def test_without_a_channel_the_published_contact_point_is_used_and_shown_as_one() -> None:
    chain = addressees(None, [ContactPoint("tco@p.example", "its terms, 1 June 2026")], RDAP)
    assert (chain[0].address, chain[0].basis) == ("tco@p.example", Basis.PUBLISHED)
    assert "its terms, 1 June 2026" in chain[0].shown


def test_who_hosts_comes_before_who_registered_and_both_are_shown_as_unconfirmed() -> None:
    host, registrar = addressees(None, [], RDAP)
    assert (host.address, registrar.address) == ("abuse@host.example", "abuse@registrar.example")
    assert "not confirmed" in host.shown
    assert "NET-1" in host.shown
    assert "not the provider" in registrar.shown


def test_an_address_is_named_once_by_its_best_basis() -> None:
    chain = addressees(None, [ContactPoint("Abuse@host.example", "its page")], RDAP)
    assert [a.basis for a in chain] == [Basis.PUBLISHED, Basis.RDAP_DOMAIN]


def test_addresses_nobody_reads_or_that_are_none_are_passed_over() -> None:
    bad = ["noreply@p.example", "x@privacyguard.example", "not an address", "", "a@b", "http://p.example/form"]
    assert addressees(Known("p", "mail", email="do-not-reply@p.example"), [ContactPoint(b, "s") for b in bad]) == ()
    assert addressees(None) == ()

"""Which RDAP service to ask: IANA's registries as they come, good and bad."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cautery.core.domains.bootstrap import Bootstrap, Registry, read_registry, shipped
from cautery.core.errors import FileRefused
from tests.shared import shared

A, B, C = "https://a.example/rdap/", "http://b.example", "https://c.example/"


def registry(*services: Any, publication: str = "2026-01-02T03:04:05Z") -> Registry:
    return read_registry(json.dumps({"version": "1.0", "publication": publication, "services": services}).encode())


def bootstrap(*services: Any) -> Bootstrap:
    return shipped().with_(registry(*services))


def test_what_is_shipped_is_whole_and_knows_who_answers() -> None:
    ours = shipped()
    assert [one.kind for one in ours] == ["dns", "ipv4", "ipv6", "asn"]
    assert not any(one.problems for one in ours)
    assert ours.dns.entries > 1_000
    assert ours.domain("specimen.com")[0].startswith("https://")
    assert ours.domain("Straße.ORG.")[0].endswith("/domain/xn--strae-oqa.org")
    assert all((ours.address("8.8.8.8"), ours.address("2606:4700::1111"), ours.autnum(13335)))
    assert ours.domain("specimen.test") == ours.address("10.0.0.1") == ours.autnum(0) == ()


def test_the_most_labels_the_longest_prefix_and_the_narrowest_range_win() -> None:
    names = bootstrap([["uk"], [A]], [["Co.UK."], [C]])
    assert names.domain("x.co.uk") == (f"{C}domain/x.co.uk",)
    assert names.domain("co.uk") == (f"{C}domain/co.uk",)
    assert names.domain("x.ac.uk") == (f"{A}domain/x.ac.uk",)
    assert names.domain("xco.uk") == (f"{A}domain/xco.uk",)
    networks = bootstrap([["41.0.0.0/8"], [A]], [["41.7.0.0/16"], [C]])
    assert networks.address("41.7.1.2") == networks.address("::ffff:41.7.1.2") == (f"{C}ip/41.7.1.2",)
    assert networks.address("41.8.1.2") == (f"{A}ip/41.8.1.2",)
    numbers = bootstrap([["1-100"], [A]], [["50-60", "7"], [C]])
    assert [numbers.autnum(n)[0][:18] for n in (1, 7, 55, 100)] == [A[:18], C[:18], C[:18], A[:18]]
    assert numbers.autnum(101) == ()


def test_a_root_entry_answers_for_what_nobody_else_does() -> None:
    both = bootstrap([[""], [A]], [["cz"], [C]])
    assert both.domain("x.cz")[0].startswith(C)
    assert both.domain("x.xyz")[0].startswith(A)


def test_https_is_asked_first_and_slashes_are_put_right() -> None:
    assert bootstrap([["cz"], [B, A]]).domain("x.cz") == (f"{A}domain/x.cz", f"{B}/domain/x.cz")


@pytest.mark.parametrize("name", ["", ".", "..", "a b.cz", "x/../y.cz", "x?.cz", "-" * 70 + ".cz", "\0.cz"])
def test_what_is_no_name_is_asked_nowhere(name: str) -> None:
    assert bootstrap([["cz"], [A]]).domain(name) == ()


@pytest.mark.parametrize(
    ("service", "why"),
    [
        ([["xx"], []], "it has no address"),
        ([["xx"]], "no pair"),
        ("xx", "no pair"),
        (None, "no pair"),
        ([["xx"], "https://a.example/"], "no pair"),
        ([[], [A]], "it has no entry"),
        ([["xx"], ["ftp://a.example/"]], "cannot be asked"),
        ([["xx"], ["https://u:p@a.example/"]], "cannot be asked"),
        ([["xx"], ["https://a.example/?q="]], "cannot be asked"),
        ([["xx"], ["https://a.example:99999/"]], "cannot be asked"),
        ([["xx"], [7]], "cannot be asked"),
        ([[7], [A]], "no entry of dns"),
        ([["a b"], [A]], "no entry of dns"),
        ([["cz"], [C]], "stands there twice"),
    ],
)
def test_a_service_that_cannot_be_read_is_named_and_the_others_stand(service: Any, why: str) -> None:
    read = registry([["cz"], [A]], service)
    assert [problem for problem in read.problems if problem.startswith("service 1: ") and why in problem]
    assert (read.services, read.names["cz"]) == (1, (A,))


@pytest.mark.parametrize(
    ("first", "entry"),
    [
        ("41.0.0.0/8", "41.0.0.1/8"),
        ("41.0.0.0/8", "2c00::/12"),
        ("2c00::/12", "10.0.0.0/8"),
        ("1-5", "9-3"),
        ("7", "x"),
    ],
)
def test_an_entry_of_another_kind_is_named(first: str, entry: str) -> None:
    read = registry([[first, entry], [A]])
    assert (read.entries, len(read.problems)) == (1, 1)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "malformed"),
        (b"<html>503</html>", "malformed"),
        (b'{"services": [[["cz"], ["https', "malformed"),
        (b"[" * 100_000, "malformed"),
        (b"[]", "not_bootstrap"),
        (b'{"publication": "2026-01-01T00:00:00Z"}', "not_bootstrap"),
        (b'{"publication": "2026-01-01T00:00:00Z", "services": []}', "no_services"),
        (b'{"publication": "2026-01-01T00:00:00Z", "services": [[["cz"], []]]}', "no_services"),
        (b'{"services": [[["cz"], ["https://a.example/"]]]}', "no_publication"),
        (b'{"publication": "soon", "services": [[["cz"], ["https://a.example/"]]]}', "no_publication"),
        (b" " * (5 << 20), "too_large"),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_registry(data)
    assert refused.value.reason == reason


def test_real_files_of_other_years_are_read_whole() -> None:
    folder = shared("rdap/bootstrap")
    whole = json.loads((folder / "whoisit_bootstrap_all.json").read_bytes())
    parts = [json.dumps(whole[kind]).encode() for kind in ("dns", "ipv4", "ipv6", "asn")]
    files = [(folder / f"openrdap_{kind}.json").read_bytes() for kind in ("dns", "ipv4", "ipv6", "asn")]
    for four in (parts, files):
        read = [read_registry(data) for data in four]
        assert [one.kind for one in read] == ["dns", "ipv4", "ipv6", "asn"]
        assert not any(one.problems for one in read)
        assert all(len(json.loads(data)["services"]) == one.services for data, one in zip(four, read, strict=True))
    full = read_registry((folder / "icann_conformance_dns_full.json").read_bytes())
    services = json.loads((folder / "icann_conformance_dns_full.json").read_bytes())["services"]
    assert set(full.names) == {name for names, _ in services for name in names}
    with pytest.raises(FileRefused):
        read_registry((folder / "openrdap_object-tags.json").read_bytes())

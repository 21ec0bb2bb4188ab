"""Real servers on loopback: a resolver, a site with a certificate, a WHOIS server; what each says is kept apart."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from cautery.core.domains import Certificate, Outcome, Presence, Told, Zone
from cautery.core.errors import CauteryError, FetchRefused, FileRefused, SettingInvalid, Unreachable
from cautery.fetch.dial import Dialler
from cautery.fetch.hosts import Guard, HostMap
from cautery.settings.domains import ASKS, domain_asks
from cautery.settings.environment import Environment
from cautery.watch.domains.asking.certificates import certificate_of
from cautery.watch.domains.asking.whois import MAX_BYTES, Whois
from cautery.watch.domains.asking.zones import Resolver, resolver
from tests.servers import Talk, free_port, raw_server
from tests.watch.domain_servers import Names, Signed, name_server, signed, tls_server

NAME = "specimenhouse.org"


@pytest.fixture
def names() -> Iterator[Names]:
    with name_server() as found:
        yield found


def zone(names: Names, name: str = NAME) -> Zone:
    return asyncio.run(Resolver([("127.0.0.1", names.port)], timeout_s=0.3).zone(name))


def test_all_kinds_of_records_are_read(names: Names) -> None:
    names.put(
        NAME,
        A=["198.18.0.2", "198.18.0.1"],
        AAAA=["2001:db8::1"],
        NS=["NS1.Harbour.example.", "ns2.harbour.example."],
        MX=["10 mail.harbour.example."],
        SOA=["ns1.harbour.example. host.harbour.example. 2026010101 1 2 3 4"],
        DS=["12345 13 2 " + "AB" * 32],
    )
    names.put("ns1.harbour.example", A=["198.18.0.9"])
    names.put("ns2.harbour.example", AAAA=["2001:db8::9"])
    found = zone(names)
    assert found.addresses == ("198.18.0.1", "198.18.0.2", "2001:db8::1")
    assert found.nameservers == ("ns1.harbour.example", "ns2.harbour.example")
    assert found.answers["MX"].values == ("mail.harbour.example",)
    assert found.answers["SOA"].values == ("ns1.harbour.example host.harbour.example",)
    assert found.answers["DS"].values[0].startswith("12345 13 2 abab")
    assert (found.answers["CNAME"].outcome, found.presence, found.dangling) == (Outcome.NO_DATA, Presence.PRESENT, ())
    assert Zone.of(json.loads(json.dumps(found.as_dict()))) == found


@pytest.mark.parametrize(
    ("trouble", "outcome"),
    [
        ("servfail", Outcome.SERVFAIL),
        ("refused", Outcome.REFUSED),
        ("notimp", Outcome.MALFORMED),
        ("silent", Outcome.TIMEOUT),
    ],
)
def test_trouble_and_silence_are_never_gone(names: Names, trouble: str, outcome: Outcome) -> None:
    names.trouble[NAME] = trouble
    found = zone(names)
    assert {told.outcome for told in found.answers.values()} == {outcome}
    assert (found.presence, found.has_addresses) == (Presence.UNKNOWN, None)
    assert set(found.unanswered) == set(found.answers)


def test_only_the_dns_s_own_word_says_that_a_name_is_not_there(names: Names) -> None:
    assert zone(names).presence is Presence.ABSENT
    names.put(NAME, NS=["ns1.harbour.example."])
    assert zone(names).presence is Presence.PRESENT
    assert zone(names).has_addresses is False


def test_nobody_at_the_resolver_s_port_is_no_answer() -> None:
    told = asyncio.run(Resolver([("127.0.0.1", free_port())], timeout_s=0.3).ask(NAME, "A"))
    assert told.outcome in {Outcome.UNREACHABLE, Outcome.TIMEOUT}


def test_the_second_resolver_is_asked_where_the_first_cannot_tell(names: Names) -> None:
    names.put(NAME, A=["198.18.0.1"])
    with name_server() as broken:
        broken.trouble[NAME] = "servfail"
        both = Resolver([("127.0.0.1", broken.port), ("127.0.0.1", names.port)], timeout_s=0.3)
        assert asyncio.run(both.ask(NAME, "A")) == Told(Outcome.ANSWERED, ("198.18.0.1",))


def test_what_does_not_fit_a_datagram_is_asked_over_a_stream(names: Names) -> None:
    names.put(NAME, A=[f"198.18.{n}.1" for n in range(30)])
    names.trouble[NAME] = "long"
    assert len(zone(names).addresses) == 30


def test_a_name_server_that_does_not_exist_is_told_and_one_in_trouble_is_not(names: Names) -> None:
    names.put(NAME, NS=["ns1.gone.example.", "ns2.tired.example."], A=["198.18.0.1"])
    names.trouble["ns2.tired.example"] = "servfail"
    assert zone(names).dangling == ("ns1.gone.example",)


def test_an_alias_that_leads_nowhere_is_there_and_dangles(names: Names) -> None:
    names.put(NAME, CNAME=["shop.gone.example"])
    found = zone(names)
    assert (found.presence, found.aliases, found.dangling) == (
        Presence.PRESENT,
        ("shop.gone.example",),
        ("shop.gone.example",),
    )


def test_where_an_address_is_announced_is_told_by_a_zone(names: Names) -> None:
    names.put("7.0.18.198.origin.example", TXT=['"64500 64501 | 198.18.0.0/15 | ZZ | specimen | 2026-01-01"'])
    asked = Resolver([("127.0.0.1", names.port)], timeout_s=0.3)
    assert asyncio.run(asked.origin("198.18.0.7", ["origin.example"])) == 64500
    assert asyncio.run(asked.origin("198.18.0.8", ["origin.example"])) is None
    assert asyncio.run(asked.origin("2001:db8::1", ["origin.example"])) is None


@pytest.mark.parametrize(
    ("text", "place"),
    [("9.9.9.9:5353", ("9.9.9.9", 5353)), ("9.9.9.9", ("9.9.9.9", 53)), ("[2620:fe::fe]:53", ("2620:fe::fe", 53))],
)
def test_a_resolver_is_set_by_address_and_port(text: str, place: tuple[str, int]) -> None:
    found = resolver(text, system=False)
    assert found is not None
    assert list(found.servers) == [place]


@pytest.mark.parametrize("text", ["resolver", "resolver:53", "9.9.9.9:dns", ":53"])
def test_what_is_no_resolver_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(SettingInvalid) as refused:
        resolver(text, system=False)
    assert refused.value.fields["setting"] == "CAUTERY_DNS"


def test_no_resolver_is_asked_where_none_is_set_and_the_system_s_may_not_be() -> None:
    assert resolver("", system=False) is None


def mute(line: socket.socket) -> None:
    """Listens, says nothing, and waits until the other side goes."""
    while line.recv(1 << 16):
        pass


def dialler(folder: Path, hosts: dict[str, int]) -> Dialler:
    """Leads these hosts to ports on loopback; with None the port stays as it is asked for."""
    file = folder / "hosts.json"
    file.write_text(json.dumps({host: f"127.0.0.1:{port}" for host, port in hosts.items()}))
    return Dialler(Guard(HostMap(file)))


def shown(folder: Path, certificates: dict[str, Signed], host: str = NAME) -> Certificate:
    with tls_server(certificates) as port:
        return asyncio.run(certificate_of(dialler(folder, {host: port}), host, 5))


def test_a_certificate_is_read_though_it_does_not_hold(tmp_path: Path) -> None:
    made = signed(tmp_path, [NAME, f"*.{NAME}", "Gardens.org"])
    found = shown(tmp_path, {NAME: made})
    assert (found.issuer, found.spki_sha256) == ("Specimen Authority", made.spki)
    assert found.names == (f"*.{NAME}", "gardens.org", NAME)
    assert "self-signed" in found.problem
    assert found.others(NAME) == ("gardens.org",)
    assert list(found.marks(NAME)) == [f"spki:{made.spki}", "san:gardens.org"]
    assert Certificate.of(json.loads(json.dumps(found.as_dict()))) == found


def test_an_expired_certificate_says_so_and_a_renewed_one_has_the_same_key(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    old = shown(tmp_path, {NAME: signed(tmp_path, [NAME], days=-1, key=key)})
    new = shown(tmp_path, {NAME: signed(tmp_path, [NAME], key=key)})
    assert old.not_after < datetime.now(UTC) < new.not_after
    assert (old.spki_sha256 == new.spki_sha256, old.sha256 == new.sha256) == (True, False)


def test_a_certificate_of_another_or_of_many_is_nobody_s_mark(tmp_path: Path) -> None:
    other = shown(tmp_path, {NAME: signed(tmp_path, ["gardens.org"])})
    many = shown(tmp_path, {NAME: signed(tmp_path, [NAME, *(f"customer{n}.org" for n in range(9))])})
    assert list(other.marks(NAME)) == list(many.marks(NAME)) == []
    assert other.others(NAME) == many.others(NAME) == ()


def problem(folder: Path, hosts: dict[str, int], host: str = NAME, timeout_s: float = 2) -> CauteryError:
    with pytest.raises(CauteryError) as found:
        asyncio.run(certificate_of(dialler(folder, hosts), host, timeout_s))
    return found.value


def test_a_site_without_tls_and_a_silent_one_are_told_apart(tmp_path: Path) -> None:
    with raw_server(lambda line: line.sendall(b"HTTP/1.1 400 No\r\n\r\n")) as plain:
        assert problem(tmp_path, {NAME: plain}).fields["reason"] == "tls"
    with raw_server(mute) as silent:
        assert problem(tmp_path, {NAME: silent}, timeout_s=0.4).fields["reason"] == "timeout"
    assert problem(tmp_path, {NAME: free_port()}).fields["reason"] == "no_connection"
    with tls_server({"another.org": signed(tmp_path, ["another.org"])}) as port:
        assert problem(tmp_path, {NAME: port}).fields["reason"] == "tls"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "0x7f.1"])
def test_certificates_inside_are_not_looked_at(tmp_path: Path, host: str) -> None:
    assert isinstance(problem(tmp_path, {}, host), FetchRefused | Unreachable)


RECORD = b"Domain Name: specimenhouse.org\r\nRegistrar: Harbour Names\r\nDomain Status: ok\r\n"


def ask(
    folder: Path, hosts: dict[str, int], servers: dict[str, str], name: str = NAME, timeout_s: float = 5
) -> tuple[bytes, str]:
    async def once() -> tuple[bytes, str]:
        return await Whois(dialler(folder, hosts), servers, timeout_s).ask(name)

    return asyncio.run(once())


def answering(said: dict[bytes, bytes], heard: list[bytes]) -> Talk:
    def talk(line: socket.socket) -> None:
        asked = line.recv(1_024)
        heard.append(asked)
        line.sendall(said.get(asked, b"No match"))

    return talk


def test_the_server_for_all_says_who_knows_a_zone_and_that_one_is_asked_once(tmp_path: Path) -> None:
    heard: list[bytes] = []
    said = {b"org\r\n": b"% IANA\r\n\r\nrefer:        whois.zone.test\r\n", b"specimenhouse.org\r\n": RECORD}
    with raw_server(answering(said, heard)) as port:
        hosts: dict[str, int] = {"whois.root.test": port, "whois.zone.test": port}
        assert ask(tmp_path, hosts, {"*": "whois.root.test"}) == (RECORD, "whois.zone.test")
    assert heard == [b"org\r\n", b"specimenhouse.org\r\n"]


def test_a_server_that_is_set_goes_before_and_the_longest_zone_first(tmp_path: Path) -> None:
    heard: list[bytes] = []
    with raw_server(answering({b"x.co.uk\r\n": RECORD}, heard)) as port:
        servers = {"uk": "nowhere.test", "co.uk": f"whois.zone.test:{port}"}
        assert ask(tmp_path, {"whois.zone.test": port}, servers, "x.co.uk")[0] == RECORD
    assert heard == [b"x.co.uk\r\n"]


def test_a_zone_nobody_knows_is_refused_by_name(tmp_path: Path) -> None:
    with raw_server(answering({}, [])) as port, pytest.raises(FileRefused) as refused:
        ask(tmp_path, {"whois.root.test": port}, {"*": "whois.root.test"})
    assert (refused.value.reason, ".org" in refused.value.message) == ("no_service", True)
    with pytest.raises(FileRefused):
        ask(tmp_path, {}, {})


def test_an_endless_answer_and_a_silent_server_end(tmp_path: Path) -> None:
    servers = {"org": "whois.zone.test"}
    with (
        raw_server(lambda line: line.sendall(line.recv(64) * MAX_BYTES)) as port,
        pytest.raises(FileRefused) as refused,
    ):
        ask(tmp_path, {"whois.zone.test": port}, servers)
    assert refused.value.reason == "too_large"
    with raw_server(mute) as port, pytest.raises(Unreachable) as late:
        ask(tmp_path, {"whois.zone.test": port}, servers, timeout_s=0.3)
    assert late.value.fields["reason"] == "timeout"


def test_a_referral_into_the_house_is_refused(tmp_path: Path) -> None:
    with raw_server(answering({b"org\r\n": b"refer: 127.0.0.1\r\n"}, [])) as port, pytest.raises(FetchRefused):
        ask(tmp_path, {"whois.root.test": port}, {"*": "whois.root.test"})


def test_a_resolver_that_is_gone_is_not_waited_for_by_every_name(names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cautery.watch.domains.asking.zones.GONE", 3)
    names.trouble = {f"x{n}.org": "silent" for n in range(40)}
    asked = Resolver([("127.0.0.1", names.port)], timeout_s=0.1)

    async def all_of() -> list[Outcome]:
        return [(await asked.ask(name, "A")).outcome for name in names.trouble]

    assert set(asyncio.run(all_of())) == {Outcome.TIMEOUT}
    assert len(names.asked) == 3


@pytest.mark.parametrize(
    ("set_", "rehearsal", "asks"),
    [
        ({}, False, ASKS),
        ({}, True, frozenset()),
        ({"CAUTERY_RDAP_BASE": "http://rdap.test"}, True, {"rdap"}),
        ({"CAUTERY_DNS": "127.0.0.1:53"}, True, {"dns"}),
        ({"CAUTERY_DOMAIN_ASKS": "none"}, False, frozenset()),
        ({"CAUTERY_DOMAIN_ASKS": "rdap, tls"}, False, {"rdap", "tls"}),
    ],
)
def test_a_rehearsal_asks_only_what_it_is_told_to(
    set_: dict[str, str], rehearsal: bool, asks: frozenset[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in set_.items():
        monkeypatch.setenv(name, value)
    assert domain_asks(Environment(), rehearsal=rehearsal) == asks


@pytest.mark.parametrize("words", ["everything", "rdap,http", "none,rdap"])
def test_what_cannot_be_asked_is_refused_by_name(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAUTERY_DOMAIN_ASKS", words)
    with pytest.raises(SettingInvalid):
        domain_asks(Environment(), rehearsal=False)

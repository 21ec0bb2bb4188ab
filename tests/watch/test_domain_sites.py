"""A watched domain over time with all that is asked of it: registry, DNS, certificate, networks; each change is told, trouble is none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec

from cautery.core.domains.bootstrap import shipped
from cautery.core.errors import FetchRefused, FileRefused
from cautery.fetch import Fetched, Fetcher, FetchFailed, Request
from cautery.report.register.domains import changes
from cautery.watch.actions import Asked, begin_watch
from cautery.watch.domains.asking import inquiry, services
from cautery.watch.domains.asking.rdap import Book, Rdap
from cautery.watch.domains.steps import look_at_domains
from cautery.watch.models import DomainEvent, DomainLook, Lead, Watch, What
from cautery.watch.queries import explained, known_of
from tests import factories as make
from tests.servers import fetcher_for, http_server
from tests.watch.domain_servers import Names, Signed, name_server, signed, tls_server

NAME = "specimenhouse.org"
ALL = frozenset({"rdap", "whois", "dns", "tls", "networks"})


def rdap(created: str = "2020-01-02", **more: Any) -> dict[str, Any]:
    events = [{"eventAction": "registration", "eventDate": f"{created}T00:00:00Z"}]
    return {"objectClassName": "domain", "ldhName": NAME, "status": ["active"], "events": events} | more


def network(name: str, number: int, holder: str = "Harbour Hosting") -> dict[str, Any]:
    def entity(role: str, who: str) -> dict[str, Any]:
        return {
            "roles": [role],
            "vcardArray": ["vcard", [["fn", {}, "text", who], ["email", {}, "text", f"{role}@{name.lower()}.example"]]],
        }

    return {
        "objectClassName": "ip network",
        "handle": f"NET-{name}",
        "name": name,
        "country": "NL",
        "arin_originas0_originautnums": [number],
        "entities": [entity("registrant", holder), entity("abuse", "Abuse desk")],
    }


class World:
    """The registry, the registries of addresses, the name server, the site's certificate."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.names = folder, Names()
        self.objects: dict[str, dict[str, Any]] = {f"/domain/{NAME}": rdap()}
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificates: dict[str, Signed] = {NAME: signed(folder, [NAME], key=self.key)}

    async def answer(self, request: web.Request) -> web.Response:
        found = self.objects.get(request.path)
        missing = {"errorCode": 404, "title": "none"}
        return web.Response(status=200 if found else 404, body=json.dumps(found or missing))

    def at(self, *addresses: str, **net: Any) -> None:
        """Let the site answer from these addresses, in this network."""
        self.names.put(NAME, A=addresses, NS=["ns1.harbour.example."])
        self.objects |= {f"/ip/{address}": network(**net) for address in addresses}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def fetcher(world: World, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fetcher]:
    monkeypatch.setattr(inquiry, "BOOK", Book())
    with ExitStack() as stack:
        world.names = stack.enter_context(name_server())
        world.names.put("ns1.harbour.example", A=["198.18.0.53"])
        hosts = {"rdap.test": stack.enter_context(http_server(world.answer))}
        hosts[NAME] = stack.enter_context(tls_server(world.certificates))
        settings.RDAP_BASE, settings.DOMAIN_ASKS = "http://rdap.test", ALL
        settings.DNS, settings.HOST_MAP = f"127.0.0.1:{world.names.port}", tmp_path / "hosts.json"
        yield stack.enter_context(fetcher_for(tmp_path, hosts))


@pytest.fixture
def watch(db: None) -> Watch:
    asked = Asked(What.DOMAIN, NAME, "why", "b", make.hours(9_000), ())
    return begin_watch(asked, asker="a", by=make.SYSTEM, at=make.hours(0))


def look(fetcher: Fetcher, after: float) -> list[str]:
    """Look at this hour; what changed."""
    Watch.objects.update(next_look_at=make.hours(after))
    look_at_domains(fetcher, fetcher, make.hours(after))
    return list(DomainEvent.objects.filter(at=make.hours(after)).order_by("what").values_list("what", flat=True))


def test_a_site_that_moves_is_told_part_by_part(world: World, fetcher: Fetcher, watch: Watch) -> None:
    world.at("198.18.0.1", name="HARBOUR-NET", number=64500)
    assert look(fetcher, 0) == ["state"]
    assert look(fetcher, 6) == []
    assert DomainLook.objects.count() == 1
    world.at("198.18.9.1", name="GARDEN-NET", number=64501, holder="Garden Hosting")
    world.certificates[NAME] = signed(world.folder, [NAME, "gardens.org"])
    assert look(fetcher, 12) == ["addresses", "certificate", "network"]
    said = dict(DomainEvent.objects.filter(at=make.hours(12)).values_list("what", "said"))
    assert said["network"] == "another network: GARDEN-NET, Garden Hosting, AS64501, NL"
    assert "198.18.9.1" in said["addresses"]
    assert said["certificate"] == "another certificate: another key; now for gardens.org"
    assert Lead.objects.get().reason == f"the certificate of {NAME} is for gardens.org too"


def test_trouble_with_names_and_certificates_is_no_change_and_is_kept_as_trouble(
    world: World, fetcher: Fetcher, watch: Watch
) -> None:
    world.at("198.18.0.1", name="HARBOUR-NET", number=64500)
    look(fetcher, 0)
    world.names.trouble[NAME] = "servfail"
    del world.certificates[NAME]
    assert look(fetcher, 6) == []
    known = known_of(watch)
    assert known is not None
    assert (known["dns"]["presence"], known["dns"]["addresses"]) == ("present", ["198.18.0.1"])
    assert set(known["problems"]) == {"dns", "certificate"}
    assert known["networks"][0]["name"] == "HARBOUR-NET"


def test_out_of_the_dns_and_back_and_into_a_sinkhole(world: World, fetcher: Fetcher, watch: Watch) -> None:
    world.at("198.18.0.1", name="HARBOUR-NET", number=64500)
    look(fetcher, 0)
    world.names.drop(NAME)
    assert look(fetcher, 6) == ["zone"]
    world.at("131.253.18.11", name="SINK-NET", number=64502)
    assert look(fetcher, 12) == ["network", "state", "zone"]
    assert DomainEvent.objects.filter(what="state").latest("at").value == "sinkholed"
    world.names.trouble[NAME] = "refused"
    assert look(fetcher, 18) == []


def test_other_addresses_of_one_network_are_no_news_and_a_name_server_that_is_gone_is(
    world: World, fetcher: Fetcher, watch: Watch
) -> None:
    world.at("198.18.0.1", name="CLOUDFLARENET", number=13335, holder="Cloudflare, Inc.")
    look(fetcher, 0)
    world.at("198.18.0.2", name="CLOUDFLARENET", number=13335, holder="Cloudflare, Inc.")
    assert look(fetcher, 6) == []
    world.names.drop("ns1.harbour.example")
    assert look(fetcher, 12) == ["delegation"]
    chain = known_of(watch)
    assert chain is not None
    assert [(step["role"], step["name"], step["email"]) for step in chain["write_to"]] == [
        ("host", "", ""),
        ("cdn", "Cloudflare", "abuse@cloudflarenet.example"),
    ]
    assert "AS13335" in chain["write_to"][1]["ground"]


def test_the_same_key_after_a_drop_is_the_same_mark(world: World, fetcher: Fetcher, watch: Watch) -> None:
    world.at("198.18.0.1", name="HARBOUR-NET", number=64500)
    look(fetcher, 0)
    had = world.objects.pop(f"/domain/{NAME}")
    gone = world.certificates.pop(NAME)
    assert look(fetcher, 6) == ["state"]
    world.objects[f"/domain/{NAME}"] = had | rdap("2026-08-01")
    world.certificates[NAME] = gone
    assert look(fetcher, 12) == ["state"]
    event = DomainEvent.objects.latest("at")
    assert (event.value, event.same_marks) == ("re_registered", True)


def test_another_key_alone_does_not_say_that_it_is_another(world: World, fetcher: Fetcher, watch: Watch) -> None:
    world.at("198.18.0.1", name="HARBOUR-NET", number=64500)
    look(fetcher, 0)
    world.objects[f"/domain/{NAME}"] = rdap("2026-08-01")
    world.certificates[NAME] = signed(world.folder, [NAME])
    look(fetcher, 6)
    assert DomainEvent.objects.get(value="re_registered").same_marks is None


def test_changes_come_to_the_desk_newest_first(world: World, fetcher: Fetcher, watch: Watch) -> None:
    world.at("198.18.0.1", name="HARBOUR-NET", number=64500)
    look(fetcher, 0)
    world.names.drop(NAME)
    look(fetcher, 6)
    rows = changes("specimen", "", {}, by=make.SYSTEM).rows
    assert [(row["what"], row["watch__subject"]) for row in rows] == [("zone", NAME), ("state", NAME)]
    assert [row["what"] for row in changes("", "", {"what": "zone"}, by=make.SYSTEM).rows] == ["zone"]
    assert changes("garden", "", {}, by=make.SYSTEM).rows == []
    assert [one["what"] for one in explained(watch)["events"]] == ["zone", "state"]


def test_a_zone_without_rdap_is_asked_by_whois_and_what_fails_stops_nothing(
    world: World, fetcher: Fetcher, settings: Any
) -> None:
    settings.RDAP_BASE, settings.WHOIS = "", {}
    world.at("198.18.0.1", name="HARBOUR-NET", number=64500)
    (seen,) = inquiry.inquire([NAME], inquiry.means(fetcher), make.hours(0))
    assert seen.record.ground == "No WHOIS server is known for .org."
    assert seen.site.certificate is not None
    assert seen.site.zone is not None
    assert set(seen.site.problems) == {"networks", "whois"}


def test_the_registry_is_asked_for_what_it_knows_of_a_name(world: World, fetcher: Fetcher, settings: Any) -> None:
    settings.DOMAIN_ASKS = frozenset({"rdap"})
    below, shared = inquiry.inquire([f"www.{NAME}", "specimen.github.io"], inquiry.means(fetcher), make.hours(0))
    assert (below.record.domain, str(below.record.state)) == (NAME, "registered")
    assert (str(shared.record.state), shared.record.ground) == ("unknown", inquiry.NOBODY_S)


class Lists:
    """A fetcher that has IANA's lists, or not."""

    def __init__(self, **lists: Fetched | FetchFailed) -> None:
        self.lists = lists

    def fetch_many(self, requests: list[Request]) -> list[Fetched | FetchFailed]:
        names = [request.url.rpartition("/")[2].removesuffix(".json") for request in requests]
        return [self.lists.get(name, FetchFailed(name, "timeout", "", sent=True)) for name in names]


def dns_list(publication: str = "2099-01-01T00:00:00Z") -> bytes:
    listed = [[["org"], ["https://rdap.newer.example/"]]]
    return json.dumps({"version": "1.0", "publication": publication, "services": listed}).encode()


@pytest.fixture
def lists(tmp_path: Path, settings: Any) -> Path:
    settings.DATA, settings.REHEARSAL = tmp_path, False
    return tmp_path / "rdap"


def test_a_newer_list_goes_before_the_shipped_one_and_an_older_never(lists: Path) -> None:
    assert services.in_use() == shipped()
    assert services.take(dns_list()).taken
    assert services.in_use().domain(NAME) == (f"https://rdap.newer.example/domain/{NAME}",)
    assert services.in_use().domain("x.com") == ()
    with pytest.raises(FileRefused) as refused:
        services.take(dns_list("2026-08-01T00:00:00Z"))
    assert refused.value.reason == "older"
    assert not services.take(dns_list()).taken
    assert [row["from"] for row in services.sources()] == [str(lists / "dns.json"), "shipped", "shipped", "shipped"]


def test_a_copy_that_was_spoiled_is_named_and_the_shipped_one_used(lists: Path) -> None:
    lists.mkdir()
    (lists / "dns.json").write_text("<html>")
    assert services.in_use() == shipped()
    assert "is not used" in services.sources()[0]["problems"][0]


def test_lists_are_fetched_where_that_is_allowed_each_on_its_own(lists: Path, settings: Any) -> None:
    came = Lists(
        dns=Fetched("u", 200, {}, dns_list()), ipv4=Fetched("u", 503, {}, b""), ipv6=Fetched("u", 200, {}, dns_list())
    )
    results = {one.kind: one for one in services.refresh(came)}  # type: ignore[arg-type]
    assert results["dns"].taken
    assert "503" in results["ipv4"].problem
    assert "not for ipv6" in results["ipv6"].problem
    assert "timeout" in results["asn"].problem
    settings.RDAP_REFRESH = True
    assert not services.is_stale(make.hours(0))
    settings.REHEARSAL = True
    with pytest.raises(FetchRefused) as refused:
        services.refresh(came)  # type: ignore[arg-type]
    assert refused.value.reason == "rehearsal"


def test_the_one_service_that_is_set_is_asked_about_everything() -> None:
    one, many = Rdap("http://rdap.test", shipped()), Rdap("", shipped())
    asked = (one.domain("x.zz"), one.address("8.8.8.8"), one.autnum(64500))
    assert [request.url for request in asked if request] == [
        "http://rdap.test/domain/x.zz",
        "http://rdap.test/ip/8.8.8.8",
        "http://rdap.test/autnum/64500",
    ]
    assert (many.domain("x.zz"), many.zone("a.b.org").url) == (None, "https://rdap.iana.org/domain/org")


def test_a_system_without_a_resolver_stops_nothing_else(world: World, fetcher: Fetcher, settings: Any) -> None:
    settings.DNS = "nowhere"
    (seen,) = inquiry.inquire([NAME], inquiry.means(fetcher), make.hours(0))
    assert str(seen.record.state) == "registered"
    assert seen.site.certificate is not None
    assert seen.site.problems == {"dns": "'nowhere' is no resolver: it has no port."}


def test_answers_with_what_no_database_keeps_are_kept_all_the_same(
    world: World, fetcher: Fetcher, watch: Watch
) -> None:
    world.at("198.18.0.1", name="HARBOUR\0NET", number=64500)
    world.objects[f"/domain/{NAME}"]["status"] = ["active\0\ud800"]
    assert look(fetcher, 0) == ["state"]
    assert look(fetcher, 6) == []
    assert DomainLook.objects.get().site["networks"][0]["name"] == "HARBOUR\ufffdNET"

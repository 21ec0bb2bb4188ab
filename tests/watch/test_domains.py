"""The domains under watch: what registries say over time, where front pages lead, who registered a like name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from cautery.core.domains import State
from cautery.fetch import Fetched, Fetcher, FetchFailed
from cautery.intake.models import Item
from cautery.watch.actions import Asked, begin_watch
from cautery.watch.domains.looking import told
from cautery.watch.domains.steps import begin_domains, look_at_domains, next_domain, observe
from cautery.watch.models import DomainEvent, DomainLook, Lead, Sighting, Watch, Way, What
from tests import factories as make
from tests.servers import fetcher_for, http_server

NAME = "specimenhouse.org"
JSON = {"Content-Type": "application/rdap+json"}


def rdap(name: str = NAME, **more: Any) -> dict[str, Any]:
    return {
        "objectClassName": "domain",
        "ldhName": name,
        "status": ["active"],
        "events": [
            {"eventAction": "registration", "eventDate": "2020-01-02T00:00:00Z"},
            {"eventAction": "expiration", "eventDate": "2027-01-02T00:00:00Z"},
        ],
        "entities": [{"roles": ["registrant"], "handle": "H1"}],
    } | more


class Registry:
    """What a registry, and the domain's own site, answer."""

    def __init__(self) -> None:
        self.known: dict[str, dict[str, Any]] = {NAME: rdap()}
        self.status = 200
        self.leads_to = ""

    async def handle(self, request: web.Request) -> web.Response:
        if request.host.startswith("rdap."):
            found = self.known.get(request.path.removeprefix("/domain/"))
            status = self.status if self.status != 200 else 200 if found else 404
            return web.Response(
                status=status, body=json.dumps(found or {"errorCode": 404, "title": "none"}), headers=JSON
            )
        if self.leads_to and request.host == NAME:
            raise web.HTTPFound(self.leads_to)
        return web.Response(text="<title>House</title>welcome", content_type="text/html")


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture
def fetcher(registry: Registry, tmp_path: Path, settings: Any) -> Iterator[Fetcher]:
    settings.RDAP_BASE, settings.DOMAIN_ASKS = "http://rdap.test", frozenset({"rdap"})
    with http_server(registry.handle) as port:
        hosts = dict.fromkeys(("rdap.test", NAME, "specimenhouse.net", "gardens.org"), port)
        with fetcher_for(tmp_path, hosts) as fetcher:
            yield fetcher


def watched(name: str = NAME, scope: tuple[Way, ...] = ()) -> Watch:
    asked = Asked(What.DOMAIN, name, "why", "b", make.hours(9_000), scope)
    return begin_watch(asked, asker="a", by=make.SYSTEM, at=make.hours(0))


def look(fetcher: Fetcher, after: float) -> None:
    Watch.objects.update(next_look_at=make.hours(after))
    look_at_domains(fetcher, fetcher, make.hours(after))


def said() -> list[str]:
    return list(DomainEvent.objects.order_by("at", "pk").values_list("said", flat=True))


@pytest.mark.django_db
def test_each_change_is_an_event_at_the_next_look_and_trouble_is_none(registry: Registry, fetcher: Fetcher) -> None:
    watched()
    look(fetcher, 0)
    registry.status = 429
    look(fetcher, 6)
    registry.status = 200
    look(fetcher, 12)
    registry.known[NAME] = rdap(status=["server hold"])
    look(fetcher, 18)
    registry.known[NAME] = rdap(status=["redemption period"])
    look(fetcher, 24)
    del registry.known[NAME]
    look(fetcher, 30)
    registry.known[NAME] = rdap(
        events=[{"eventAction": "registration", "eventDate": "2026-08-01T00:00:00Z"}],
        entities=[{"roles": ["registrant"], "handle": "H1"}],
    )
    look(fetcher, 36)
    events = list(DomainEvent.objects.order_by("at").values_list("value", "same_marks"))
    assert [value for value, _ in events] == ["registered", "server_hold", "redemption", "dropped", "re_registered"]
    assert events[-1] == ("re_registered", True)
    hold = DomainEvent.objects.get(value="server_hold")
    assert (hold.after, hold.at) == (make.hours(12), make.hours(18))
    assert DomainLook.objects.filter(state=State.UNKNOWN).count() == 1


@pytest.mark.django_db
def test_what_says_the_same_is_one_span_and_renewal_and_new_servers_are_told(
    registry: Registry, fetcher: Fetcher
) -> None:
    watched()
    for hour in (0, 6, 12):
        look(fetcher, hour)
    span = DomainLook.objects.get()
    assert (span.at, span.until) == (make.hours(0), make.hours(12))
    registry.known[NAME] = rdap(
        events=[
            {"eventAction": "registration", "eventDate": "2020-01-02T00:00:00Z"},
            {"eventAction": "expiration", "eventDate": "2028-01-02T00:00:00Z"},
        ],
        nameservers=[{"ldhName": "ns1.cheap.example"}],
    )
    look(fetcher, 18)
    registry.known[NAME]["nameservers"] = [{"ldhName": "ns1.sedoparking.com"}]
    look(fetcher, 24)
    assert "renewed: it expires on 2028-01-02" in said()
    assert any("sedoparking" in one for one in said())
    assert DomainEvent.objects.filter(what="state").latest("at").value == "on_sale"


@pytest.mark.django_db
def test_a_front_page_that_leads_elsewhere_and_a_like_name_of_the_same_marks_are_handed_to_a_person(
    registry: Registry, fetcher: Fetcher
) -> None:
    host = make.provider("hostkit", hosts=["hostkit.example"])
    frame = make.operation()
    episodes = make.flagged(frame, [f"https://{NAME}/"])
    make.identified(episodes, host=host)
    make.matched(episodes)
    make.decided(frame)
    make.signed(frame)
    make.composed(host)
    make.released(frame)
    make.sent(host)
    make.probed([one.pk for one in episodes])
    assert begin_domains(make.hours(25)) == 1
    assert begin_domains(make.hours(25)) == 0
    due = next_domain()
    assert due is not None
    registry.known["specimenhouse.net"] = rdap("specimenhouse.net")
    registry.known["specimenhouse.com"] = rdap(
        "specimenhouse.com",
        events=[{"eventAction": "registration", "eventDate": "1999-01-01T00:00:00Z"}],
        entities=[],
    )
    registry.leads_to = "http://gardens.org/"
    look(fetcher, 26)
    leads = dict(Lead.objects.values_list("domain", "reason"))
    assert set(leads) == {"specimenhouse.net", "gardens.org"}
    assert "same marks" in leads["specimenhouse.net"]
    sighting = Sighting.objects.get()
    assert (sighting.way, sighting.item.url) == (Way.DOMAIN, "https://specimenhouse.net/")
    assert sighting.predecessor == Item.objects.get(url=f"https://{NAME}/")
    assert any("leads to gardens.org" in one for one in said())


@pytest.mark.django_db
def test_a_scope_without_lists_asks_for_no_like_names(registry: Registry, fetcher: Fetcher) -> None:
    watched(scope=(Way.SAME_PLACE,))
    registry.known["specimenhouse.net"] = rdap("specimenhouse.net")
    registry.leads_to = "http://gardens.org/"
    look(fetcher, 0)
    assert not Lead.objects.exists()


@pytest.mark.django_db
def test_an_answer_somebody_else_obtained_is_kept_in_the_same_timeline() -> None:
    watch = watched()
    first = told(NAME, Fetched("u", 200, {}, json.dumps(rdap()).encode()))
    assert "registered" in observe(watch, first, "whois.txt", make.hours(1))[0]
    assert observe(watch, first, "whois.txt", make.hours(2)) == []


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (FetchFailed("u", "timeout", "", sent=True), State.UNKNOWN),
        (Fetched("u", 429, {}, b'{"errorCode": 404}'), State.UNKNOWN),
        (Fetched("u", 503, {}, b""), State.UNKNOWN),
        (Fetched("u", 200, {}, b"<html>404 not found</html>"), State.UNKNOWN),
        (Fetched("u", 404, {}, b"<html>not found</html>"), State.UNKNOWN),
        (Fetched("u", 200, {}, b'{"objectClassName": "dom'), State.UNKNOWN),
        (Fetched("u", 404, {}, b""), State.AVAILABLE),
        (Fetched("u", 404, {}, b'{"errorCode": 404, "title": "Not Found"}'), State.AVAILABLE),
        (Fetched("u", 200, {}, json.dumps(rdap("other.org")).encode()), State.UNKNOWN),
        (Fetched("u", 200, {}, json.dumps(rdap()).encode()), State.REGISTERED),
    ],
)
def test_only_a_registry_s_own_word_says_that_nobody_has_it(answer: Any, state: State) -> None:
    assert told(NAME, answer).state is state

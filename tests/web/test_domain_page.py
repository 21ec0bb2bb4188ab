"""A watched domain's page shows what its site shows and who answers for it; the desk lists what changed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from cautery.core.domains import Certificate, DomainRecord, Network, Outcome, Site, State, Told, Zone
from cautery.watch.actions import Asked, begin_watch
from cautery.watch.domains.actions import Look, keep_looks
from cautery.watch.models import What
from tests import factories as make

NAME = "specimenhouse.org"
DAY = datetime(2027, 1, 1, tzinfo=UTC)


def site(address: str, network: str) -> Site:
    zone = Zone({"A": Told(Outcome.ANSWERED, (address,)), "NS": Told(Outcome.ANSWERED, ("ns1.gone.example",))})
    certificate = Certificate("Specimen Authority", "", (NAME,), DAY, DAY, "ab" * 32, "cd" * 32, "it has expired")
    return Site(zone, certificate, (Network((address,), network, network, abuse_email="abuse@net.example"),))


@pytest.mark.django_db
def test_a_watched_domain_without_items_has_its_page_and_its_changes_are_listed() -> None:
    client = Client()
    client.force_login(make.officer("a reader", "lead"))
    assert client.get(f"/domains/{NAME}/").status_code == 404
    asked = Asked(What.DOMAIN, NAME, "why", "b", make.hours(9_000), ())
    watch = begin_watch(asked, asker="a", by=make.SYSTEM, at=make.hours(0))
    record = DomainRecord(NAME, State.REGISTERED, "status ok", registrar="Harbour Names")
    for hour, shown in ((1, site("198.18.0.1", "HARBOUR-NET")), (2, site("198.18.9.1", "<b>GARDEN</b>"))):
        keep_looks([Look(watch, record, "rdap", "", shown)], by=make.SYSTEM, at=make.hours(hour))
    page = client.get(f"/domains/{NAME}/").content.decode()
    for words in ("What its site shows", "198.18.9.1", "it has expired", "abuse@net.example", "Harbour Names"):
        assert words in page, words
    assert "<b>GARDEN</b>" not in page
    listed = client.get("/lists/domain-changes/").content.decode()
    assert listed.index("another network") < listed.index("it is registered")
    assert "it is registered" not in client.get("/lists/domain-changes/?what=network").content.decode()

"""Whose network a site answers from: the registry's words, whatever their shape; who only stands before the host."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cautery.core.domains import DomainRecord, State, abuse_chain, read_network
from cautery.core.domains.networks import Network, is_network, origin
from cautery.core.domains.registered import registered
from tests.shared import shared


def answer(name: str = "HARBOUR-NET", **more: Any) -> dict[str, Any]:
    return {"objectClassName": "ip network", "handle": "NET-1", "name": name, "country": "NL"} | more


def entity(roles: Any, name: str, email: str = "") -> dict[str, Any]:
    card = [["fn", {}, "text", name], *([["email", {}, "text", email]] if email else [])]
    return {"roles": roles, "vcardArray": ["vcard", card]}


def test_holder_country_and_abuse_address_are_read_wherever_they_stand() -> None:
    nested = entity(["registrant"], "Harbour Hosting") | {
        "entities": [entity(["abuse"], "Desk", "Abuse@harbour.example")]
    }
    found = read_network(answer(entities=[entity(["technical"], "A. Technician"), nested]), ["198.18.0.1"])
    assert (found.holder, found.country, found.abuse_email) == ("Harbour Hosting", "NL", "abuse@harbour.example")
    assert found.called == "HARBOUR-NET, Harbour Hosting, NL"
    assert Network.of(json.loads(json.dumps(found.as_dict()))) == found


@pytest.mark.parametrize(
    "entities", [None, {}, "x", [None, 7, "x"], [{"roles": 7, "vcardArray": 3}], [entity("abuse", "x")]]
)
def test_what_is_malformed_is_left_out_and_the_rest_read(entities: Any) -> None:
    assert read_network(answer(entities=entities, country=None), ["198.18.0.1"]).name == "HARBOUR-NET"


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ({"arin_originas0_originautnums": [64500]}, 64500),
        ({"originAutnums": ["AS64501"]}, 64501),
        ({"arin_originas0_originautnums": []}, None),
        ({"arin_originas0_originautnums": ["none", 99999999999]}, None),
        ({}, None),
    ],
)
def test_where_it_is_announced_is_read_where_a_registry_says_so(said: dict[str, Any], number: int | None) -> None:
    assert origin(answer(**said)) == number


@pytest.mark.parametrize(
    ("words", "cdn"),
    [
        ({"answer": answer("CLOUDFLARENET")}, "Cloudflare"),
        ({"answer": answer("X-NET", entities=[entity(["registrant"], "Fastly, Inc.")])}, "Fastly"),
        ({"answer": answer(), "autnum": 13335}, "Cloudflare"),
        ({"answer": answer(), "aliases": ["d1.cloudfront.net"]}, "Amazon CloudFront"),
        ({"answer": answer("AKAMAI")}, "Akamai"),
        ({"answer": answer("AKAMAI-LINODE-AP")}, ""),
        ({"answer": answer(), "aliases": ["notcloudfront.net"]}, ""),
        ({"answer": answer("MY-CLOUDFLARE-FAN")}, ""),
        ({"answer": answer(), "autnum": 64500}, ""),
    ],
)
def test_who_stands_before_a_host_is_known_by_its_marks_and_says_by_which(words: dict[str, Any], cdn: str) -> None:
    found = read_network(words["answer"], ["198.18.0.1"], autnum=words.get("autnum"), aliases=words.get("aliases", ()))
    assert (found.cdn, bool(found.ground)) == (cdn, bool(cdn))


def test_the_chain_names_the_host_where_only_part_stands_behind_a_network() -> None:
    cdn = read_network(answer("CLOUDFLARENET"), ["198.18.0.1"])
    host = read_network(answer(handle="NET-2"), ["198.18.0.2"])
    record = DomainRecord("specimen.example", State.REGISTERED, "", registrar="Harbour Names")
    both = abuse_chain(record, networks=[cdn, host])
    assert [(step.role, step.name) for step in both] == [
        ("host", "HARBOUR-NET"),
        ("cdn", "Cloudflare"),
        ("registrar", "Harbour Names"),
    ]
    hidden = abuse_chain(record, networks=[cdn])[0]
    assert (hidden.role, hidden.ground) == ("host", "behind Cloudflare, which knows it")


@pytest.mark.parametrize(
    ("name", "whose"),
    [
        ("a.b.specimen.co.uk", "specimen.co.uk"),
        ("specimen.org", "specimen.org"),
        ("specimen.github.io", ""),
        ("a.specimen.blogspot.com", ""),
        ("github.io", "github.io"),
        ("x.specimen.zz", "specimen.zz"),
    ],
)
def test_the_registry_s_part_of_a_name_is_not_a_customer_s(name: str, whose: str) -> None:
    assert registered(name) == whose


def test_real_answers_about_networks_are_read() -> None:
    files = sorted(shared("rdap/json").glob("ipwhois__*.json"))
    found = [read_network(said, ["198.18.0.1"]) for one in files if is_network(said := json.loads(one.read_bytes()))]
    assert len(found) == len(files) > 3
    assert all(one.handle and (one.name or one.holder) for one in found)
    assert sum(bool(one.country) for one in found) > len(found) / 2

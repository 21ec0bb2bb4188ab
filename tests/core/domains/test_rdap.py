"""RDAP answers: nested entities, cards that are not quite cards, errors, and what real servers sent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cautery.core.domains import FREE, State, parse, read_rdap
from cautery.core.errors import FileRefused
from tests.shared import shared

ANSWER: dict[str, Any] = {
    "objectClassName": "domain",
    "ldhName": "SPECIMEN.EXAMPLE.",
    "status": ["client hold"],
    "events": [
        {"eventAction": "registration", "eventDate": "2020-03-04T05:06:07Z"},
        {"eventAction": "expiration", "eventDate": "2027-03-04T05:06:07.000+0000"},
        {"eventAction": "x"},
    ],
    "nameservers": [{"ldhName": "NS1.HARBOUR.EXAMPLE"}, {"unicodeName": "ns2.harbour.example."}, {}],
    "entities": [
        {
            "roles": ["registrar"],
            "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Harbour Names"]]],
            "entities": [
                {
                    "roles": ["abuse"],
                    "vcardArray": ["vcard", [["fn", {}, "text", ""], ["email", {}, "text", "Abuse@harbour.example"]]],
                }
            ],
        }
    ],
}


def test_it_reads_nested_entities() -> None:
    found = read_rdap(ANSWER)
    assert (found.domain, found.state, found.registrar, found.abuse_email) == (
        "specimen.example",
        State.CLIENT_HOLD,
        "Harbour Names",
        "abuse@harbour.example",
    )
    assert (str(found.created)[:10], str(found.expires)[:10]) == ("2020-03-04", "2027-03-04")
    assert found.nameservers == ("ns1.harbour.example", "ns2.harbour.example")


@pytest.mark.parametrize(
    "card",
    [
        None,
        [],
        ["vcard"],
        ["vcard", [["fn"]]],
        ["vcard", [[["deep"]]]],
        ["vcard", "x"],
        "x",
        {"a": 1},
        ["vcard", [["email", {}, "text", ["a@b.example", ["c"]]]]],
    ],
)
def test_a_bad_card_costs_only_itself(card: Any) -> None:
    found = read_rdap(ANSWER | {"entities": [{"roles": ["registrar"], "handle": "H1", "vcardArray": card}]})
    assert (found.registrar, found.domain) == ("H1", "specimen.example")


@pytest.mark.parametrize(
    ("code", "state"),
    [(404, State.AVAILABLE), (429, State.UNKNOWN), (403, State.UNKNOWN), (500, State.UNKNOWN), (400, State.UNKNOWN)],
)
def test_only_not_found_is_available(code: int, state: State) -> None:
    assert read_rdap({"errorCode": code, "title": "Not so"}).state is state


def test_what_is_no_domain_is_unknown() -> None:
    assert read_rdap({"objectClassName": "autnum", "handle": "AS64496", "status": ["active"]}).state is State.UNKNOWN
    assert read_rdap({}).state is State.UNKNOWN


@pytest.mark.parametrize("data", [b'{"objectClassName": "domain", "ldhNa', b'["vcard", []]', b"{" * 100_000])
def test_an_answer_cut_off_is_refused_and_frees_nothing(data: bytes) -> None:
    with pytest.raises(FileRefused):
        parse(data)


def test_a_card_in_the_newer_form_is_read() -> None:
    entity = {
        "roles": ["registrar"],
        "jscard": {"name": {"full": "Harbour Names"}, "emails": {"a": {"address": "abuse@harbour.example"}}},
    }
    found = read_rdap(ANSWER | {"entities": [entity]})
    assert (found.registrar, found.abuse_email) == ("Harbour Names", "abuse@harbour.example")


def test_real_answers_are_read() -> None:
    rows = [json.loads(line) for line in shared("rdap/rdap_index.ndjson").read_text().splitlines()]
    hits = []
    for row in rows:
        facts = row.get("facts") or {}
        if facts.get("objectClassName") != "domain":
            continue
        found = parse(shared(f"rdap/{row['file']}").read_bytes())
        assert found.state not in FREE or "deleted" in row["file"]
        hits += [found.domain == facts["ldhName"].lower(), sorted(found.status) == sorted(facts.get("status", []))]
        hits += [(found.created is not None) == ("registration" in facts.get("events", {}))]
        hits += [sorted(found.nameservers) == sorted(name.lower() for name in facts.get("nameservers", []))]
    assert sum(hits) / len(hits) >= 0.98
    for file in (shared("rdap/json")).iterdir():
        try:
            assert parse(file.read_bytes()).state is not State.AVAILABLE, file.name
        except FileRefused:
            continue

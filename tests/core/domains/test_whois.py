"""WHOIS answers of many shapes: our own specimens, and what registries really answered."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cautery.core.domains import FREE, State, parse
from tests.shared import shared

SHAPES = {
    "starred": "** Domain Name: specimen.example\n"
    "Domain Status: suspended\n\n"
    "** Registrar:\n"
    "NIC Handle\t\t: hrb12\n"
    "Organization Name\t: Harbour Names\n"
    "Abuse E-mail\t\t: abuse@harbour.example\n\n"
    "** Domain Servers:\n"
    "ns1.harbour.example\n"
    "ns2.harbour.example 192.0.2.1\n\n"
    "** Additional Info:\n"
    "Created on..............: 2020-Mar-04.\n"
    "Expires on..............: 2027-Mar-04.\n",
    "key and value": "Domain Name: SPECIMEN.EXAMPLE\n"
    "Registrar: Harbour Names\n"
    "Creation Date: 2020-03-04T05:06:07Z\n"
    "Registry Expiry Date: 2027-03-04T05:06:07Z\n"
    "Domain Status: clientHold https://icann.org/epp#clientHold\n"
    "Name Server: NS1.HARBOUR.EXAMPLE\n"
    "Name Server: ns2.harbour.example\n"
    "Registrar Abuse Contact Email: Abuse@Harbour.example\n",
    "dotted": "domain.............: specimen.example\n"
    "status.............: on-hold\n"
    "created............: 4.3.2020 05:06:07\n"
    "expires............: 4.3.2027\n"
    "\n"
    "nserver............: ns1.harbour.example [OK]\n"
    "nserver............: ns2.harbour.example [OK]\n"
    "\n"
    "registrar..........: Harbour Names\n"
    "abuse-email........: abuse@harbour.example\n",
    "bracketed": "[Domain Name]  SPECIMEN.EXAMPLE\n"
    "[Registrar]   Harbour Names\n"
    "[Created on]  2020/03/04\n"
    "[Expires on]  2027/03/04\n"
    "[Status]  Suspended\n"
    "p. [Name Server]   ns1.harbour.example\n"
    "p. [Name Server]   ns2.harbour.example\n"
    "[Abuse Email] abuse@harbour.example\n",
    "indented": "    Domain name:\n"
    "        specimen.example\n"
    "\n"
    "    Registrar:\n"
    "        Harbour Names\n"
    "        URL: https://harbour.example\n"
    "\n"
    "    Relevant dates:\n"
    "        Registered on: 04-Mar-2020\n"
    "        Expiry date:  04-Mar-2027\n"
    "\n"
    "    Registration status:\n"
    "        Suspended by the registry.\n"
    "\n"
    "    Name servers:\n"
    "        ns1.harbour.example\n"
    "        ns2.harbour.example  192.0.2.1\n"
    "\n"
    "    Abuse contact:\n"
    "        abuse@harbour.example\n",
    "localised": "Nombre de dominio: specimen.example\n"
    "Agente registrador: Harbour Names\n"
    "Fecha de creación: 4 de marzo de 2020\n"
    "Fecha de vencimiento: 4 de marzo de 2027\n"
    "Estado: suspendido\n"
    "Servidores de nombres: ns1.harbour.example, ns2.harbour.example\n"
    "Correo de abuso: abuse@harbour.example\n",
    "blocks": "% a comment\n"
    "domain:   specimen.example\n"
    "registrar: Harbour Names\n"
    "created:  20200304\n"
    "expires:  20270304\n"
    "status: suspended\n"
    "nserver: ns1.harbour.example 192.0.2.1\n"
    "nserver: ns2.harbour.example\n"
    "abuse-mailbox: abuse@harbour.example\n"
    "\n"
    "person: Somebody\n"
    "created: 20110101\n"
    "status: ok\n"
    "e-mail: somebody@elsewhere.example\n",
}
BUSY = [
    "WHOIS LIMIT EXCEEDED - SEE WWW.HARBOUR.EXAMPLE FOR DETAILS",
    "Your connection limit exceeded. Please slow down and try again later.",
    "% Query rate limit reached",
    "ERROR:201: access denied for 192.0.2.1",
    "Too many queries from your IP address",
    "The maximum number of queries per hour has been exceeded.",
    "Server is busy now, please try again later.",
    "Your IP has been blacklisted",
    "",
    "   \n\n",
    "<html><body>No match</body></html>",
    "Превышен лимит запросов",
    "Timeout.",
    "quota exceeded, domain not found in cache",
]
FREED = [
    'No match for "SPECIMEN.EXAMPLE".',
    "NOT FOUND",
    "Domain specimen.example has status: AVAILABLE",
    "Domain not found.",
    "% No entries found for the selected source(s).",
    "Status: free",
    "specimen.example is available for registration",
    "The queried object does not exist",
    "No Data Found",
    "%ERROR:101: no entries found",
    "Domain Status: Available",
    "El dominio no existe",
    "Домен не найден",
]


@pytest.mark.parametrize("shape", SHAPES)
def test_it_reads_the_same_from_every_shape(shape: str) -> None:
    found = parse(SHAPES[shape].encode())
    assert found.domain == "specimen.example"
    assert found.registrar == "Harbour Names"
    assert found.abuse_email == "abuse@harbour.example"
    assert str(found.created).startswith("2020-03-04")
    assert str(found.expires).startswith("2027-03-04")
    assert found.nameservers == ("ns1.harbour.example", "ns2.harbour.example")
    assert found.state in {State.CLIENT_HOLD, State.SERVER_HOLD}


@pytest.mark.parametrize("text", BUSY)
def test_a_server_that_does_not_answer_frees_no_domain(text: str) -> None:
    assert parse(text.encode()).state is State.UNKNOWN


@pytest.mark.parametrize("text", FREED)
def test_a_plain_no_match_is_available(text: str) -> None:
    assert parse(text.encode()).state is State.AVAILABLE


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("clientTransferProhibited", State.REGISTERED),
        ("ok", State.REGISTERED),
        ("clientHold", State.CLIENT_HOLD),
        ("serverHold", State.SERVER_HOLD),
        ("redemptionPeriod", State.REDEMPTION),
        ("pendingDelete", State.PENDING_DELETE),
        ("pendingDelete redemptionPeriod", State.REDEMPTION),
        ("in quarantine", State.REDEMPTION),
        ("REGISTERED, NOT DELEGATED", State.SERVER_HOLD),
        ("to be deleted", State.PENDING_DELETE),
        ("autoRenewPeriod", State.REGISTERED),
        ("active", State.REGISTERED),
    ],
)
def test_a_status_means_a_state(status: str, state: State) -> None:
    text = f"Domain Name: specimen.example\nRegistrar: Harbour Names\nDomain Status: {status}\n"
    assert parse(text.encode()).state is state


def test_name_servers_may_say_more_than_the_status() -> None:
    text = "Domain Name: specimen.example\nRegistrar: Harbour Names\nDomain Status: ok\nName Server: {}\n"
    assert parse(text.format("ns1.sedoparking.com").encode()).state is State.ON_SALE
    assert parse(text.format("ns1.sinkhole.example").encode()).state is State.SINKHOLED


def test_an_american_date_shows_in_the_whole_answer() -> None:
    text = "Domain Name: specimen.example\nRegistrar: X\nCreated: 11/29/2016\nExpires: 01/03/2022\n"
    assert str(parse(text.encode()).expires).startswith("2022-01-03")
    assert str(parse(text.replace("11/29", "29/11").encode()).expires).startswith("2022-03-01")


@given(st.binary(max_size=600))
def test_no_bytes_free_a_domain_by_raising(data: bytes) -> None:
    if not data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"{", b"[")):
        parse(data)


def test_real_answers_are_read() -> None:
    rows = [json.loads(line) for line in shared("rdap/whois_index.ndjson").read_text().splitlines()]
    hits, states, falsely_free = [], [], []
    for row in rows:
        found = parse(shared(f"rdap/{row['file']}").read_bytes())
        states.append(
            (found.state is State.AVAILABLE) == (row["state"] == "available") and found.state is not State.UNKNOWN
        )
        falsely_free += [row["file"]] if row["state"] == "registered" and found.state in FREE else []
        expected = row["expected"].get("domain") if row["expected"] else None
        if isinstance(expected, dict):
            hits.append(found.domain == expected["domain"])
            hits.append(sorted(found.nameservers) == sorted(expected.get("name_servers", [])))
            for moment, wanted in ((found.created, "created_date_in_time"), (found.expires, "expiration_date_in_time")):
                if wanted in expected:
                    hits.append(str(moment)[:10] == expected[wanted][:10])
    assert falsely_free == []
    assert sum(states) / len(states) >= 0.95
    assert sum(hits) / len(hits) >= 0.98

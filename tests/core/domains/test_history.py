"""The life of a domain: what the looks say together, what it may come back as, whom to write to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cautery.core.domains import (
    DomainRecord,
    Observed,
    State,
    abuse_chain,
    expiring,
    lookalikes,
    read_network,
    registry_contact,
    timeline,
)

DAY = timedelta(days=1)
START = datetime(2026, 1, 1, tzinfo=UTC)
BORN = datetime(2020, 1, 1, tzinfo=UTC)


def look(day: int, state: State, born: datetime | None = BORN, marks: tuple[str, ...] = ("handle:a",)) -> Observed:
    return Observed(START + day * DAY, DomainRecord("specimen.example", state, "", created=born, marks=marks))


def test_a_life_is_told_by_its_changes_and_when_each_was_not_yet() -> None:
    seen = [
        look(0, State.REGISTERED),
        look(1, State.SERVER_HOLD),
        look(2, State.UNKNOWN),
        look(3, State.REDEMPTION),
        look(9, State.AVAILABLE, None, ()),
    ]
    changes = timeline(seen)
    assert [change.state for change in changes] == [
        State.REGISTERED,
        State.SERVER_HOLD,
        State.REDEMPTION,
        State.DROPPED,
    ]
    # What could not be told says nothing: the redemption began after the hold was last seen.
    assert (changes[2].after, changes[2].by) == (START + DAY, START + 3 * DAY)


def test_a_look_that_could_not_tell_changes_nothing() -> None:
    assert len(timeline([look(0, State.REGISTERED), look(1, State.UNKNOWN), look(2, State.REGISTERED)])) == 1
    assert timeline([]) == ()


def test_registered_anew_says_whether_by_the_same_marks() -> None:
    free, later = look(5, State.AVAILABLE, None, ()), START + 6 * DAY
    same = timeline([look(0, State.REGISTERED), free, look(7, State.REGISTERED, later)])
    other = timeline([look(0, State.REGISTERED), free, look(7, State.REGISTERED, later, ("handle:b",))])
    hidden = timeline([look(0, State.REGISTERED), free, look(7, State.REGISTERED, later, ())])
    assert [changes[-1].state for changes in (same, other, hidden)] == [State.REGISTERED_ANEW] * 3
    assert [changes[-1].same_marks for changes in (same, other, hidden)] == [True, False, None]


def test_a_later_birthday_tells_of_a_drop_nobody_saw() -> None:
    changes = timeline(
        [
            look(0, State.REGISTERED),
            look(7, State.REGISTERED, START + 5 * DAY),
            look(8, State.REGISTERED, START + 5 * DAY),
        ]
    )
    assert [change.state for change in changes] == [State.REGISTERED, State.REGISTERED_ANEW]


def test_the_calendar_has_the_next_first() -> None:
    soon, late = (
        DomainRecord(name, State.REGISTERED, "", expires=START + days * DAY)
        for name, days in (("b.example", 3), ("a.example", 40))
    )
    assert expiring([late, soon], now=START, within=30 * DAY) == [soon]


def test_lookalikes_are_ascii_and_come_once() -> None:
    found = list(lookalikes("dawn2.example"))
    names = [one.domain for one in found]
    assert len(names) == len(set(names))
    assert all(name.isascii() for name in names)
    assert {"dawn2.com", "dawn3.example", "dawn.example", "da-wn2.example", "dwan2.example"} <= set(names)
    assert any(name.startswith("xn--") for name in names)


def test_only_names_that_are_taken_where_a_list_is_given() -> None:
    taken = ["dawn2.org", "DAWN3.example", "unrelated.example"]
    assert {one.domain for one in lookalikes("dawn2.example", taken=taken)} == {"dawn2.org", "dawn3.example"}


def test_the_chain_goes_from_host_to_registry() -> None:
    network = {
        "handle": "NET-1",
        "name": "HARBOUR-NET",
        "entities": [{"roles": ["abuse"], "vcardArray": ["vcard", [["email", {}, "text", "abuse@net.example"]]]}],
    }
    record = DomainRecord(
        "specimen.example", State.REGISTERED, "", registrar="Harbour Names", abuse_email="abuse@harbour.example"
    )
    chain = abuse_chain(
        record,
        networks=[read_network(network, ["8.8.8.8"])],
        registry=registry_contact({"ldhName": "example"}),
    )
    assert [(step.role, step.email) for step in chain] == [
        ("host", "abuse@net.example"),
        ("registrar", "abuse@harbour.example"),
        ("registry", ""),
    ]

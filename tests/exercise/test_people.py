"""Scripted officers against a small platform over real HTTP: complete, correct, the same with and without deaths."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from cautery.exercise.people import (
    FlagRow,
    People,
    PeopleEvent,
    PlatformClient,
    PlatformGone,
    PlatformRefused,
    observer,
)
from tests.exercise.fake_platform import FakePlatform

UNITS = 3
OBJECTS = 400
DECOYS = {7: "journalism", 11: "art", 13: "mistake", 17: "public_debate"}
SCENARIO: Mapping[str, Any] = {
    "operation": {"slug": "op", "starts_at": "2027-03-01T06:00:00Z", "flags_until": 0.30, "t0": 0.40},
    "run": {"days": 1, "flags": 1000},
    "people": {"review_error": 0.05, "signature_refused": 0.05},
}


def url(number: int) -> str:
    return f"http://chirp.test/a/status/{number}"


def truth(address: str) -> tuple[str, str] | None:
    number = int(address.rpartition("/")[2])
    return (f"o{number}", DECOYS.get(number % 20, "propaganda")) if number < OBJECTS else None


def flags(unit: int, hour: int) -> list[FlagRow]:
    """Each hour a slice of the objects that overlaps with the other units', one bad row, one object nobody knows."""
    numbers = [number for number in range(OBJECTS) if number % 7 == hour and (number + unit) % 4]
    rows = [FlagRow(line, url(n), "2027-03-01T07:00:00Z", "en", f"o{n}") for line, n in enumerate(numbers, 1)]
    rows.append(FlagRow(len(rows) + 1, "javascript:0", "2027-03-01T07:00:00Z", "en", None))
    if hour == 0:
        rows.append(FlagRow(len(rows) + 1, url(OBJECTS + 5), "2027-03-01T07:00:00Z", "en", None))
    return rows


def directory() -> dict[str, Any]:
    units = [{"slug": f"unit-{index}", "name": f"Unit {index}", "state": "AT"} for index in range(UNITS)]
    officers = [
        {
            "id": f"{role}-{index}-{turn}",
            "name": "N",
            "unit": f"unit-{index}",
            "roles": [role],
            "token": f"t-{role}-{index}-{turn}",
        }
        for index in range(UNITS)
        for role, count in (("flag", 3), ("review", 2), ("sign", 1))
        for turn in range(count)
    ]
    leads = [
        {"id": f"lead-{turn}", "name": "N", "unit": "centre", "roles": ["lead"], "token": f"t-lead-{turn}"}
        for turn in range(2)
    ]
    watcher = {"id": "observer", "name": "N", "unit": "centre", "roles": ["observe"], "token": "t-observe"}
    return {"units": [*units, {"slug": "centre", "name": "C", "state": "EU"}], "officers": [*officers, *leads, watcher]}


def people_of(out: Path, **more: Any) -> People:
    return People(
        seed=7,
        out=out,
        directory=directory(),
        scenario=SCENARIO,
        flags_for=flags,
        late_flags=lambda unit, since, until: [],
        holds_for=lambda unit: [url(unit)] if unit else [],
        truth=truth,
        **more,
    )


def platform_in(out: Path, **more: Any) -> FakePlatform:
    return FakePlatform(out, officers={officer["token"]: officer["id"] for officer in directory()["officers"]}, **more)


def run_all(people: People) -> list[tuple[PeopleEvent, bool]]:
    return [(event, people.perform(event, event.at)) for event in people.events()]


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[FakePlatform]:
    with platform_in(tmp_path) as running:
        yield running


def test_a_whole_operation_is_flagged_reviewed_signed_held_and_released(platform: FakePlatform) -> None:
    people = people_of(platform.out)
    done = run_all(people)
    people.close()
    assert len(platform.items) == OBJECTS + 1
    assert {item["state"] for item in platform.items.values()} == {"signed", "dismissed"}
    assert platform.keys == {"lead-0", "lead-1"}
    assert set(platform.holds) == {url(1), url(2)}
    counts = people.counts()
    assert counts["decisions"] == OBJECTS + 1
    assert counts["signed"] == sum(item["state"] == "signed" for item in platform.items.values())
    assert counts["holds"] == 2
    assert counts["unknown_urls"] == 1
    assert counts["batches"] == len(platform.batches) == UNITS * 7
    assert {event.kind for event, called in done if called} >= {"flags", "holds", "keys", "review", "sign"}


def test_decisions_follow_the_truth_except_for_the_keyed_errors(platform: FakePlatform) -> None:
    people = people_of(platform.out)
    run_all(people)
    people.close()
    wrong = 0
    for item in platform.items.values():
        decision = platform.decided[str(item["episode_id"])]
        known = truth(item["url"])
        if known is None:
            assert (decision["outcome"], decision["protected_purpose"]) == ("dismissed", "mistake")
            continue
        right = (decision["outcome"] == "confirmed") == (known[1] == "propaganda")
        wrong += not right
        assert decision["reason"]
        assert bool(decision["limbs"]) == (decision["outcome"] == "confirmed")
        assert (decision["protected_purpose"] == "none") == (decision["outcome"] == "confirmed")
        if right and decision["outcome"] == "dismissed":
            assert decision["protected_purpose"] == known[1]
    assert wrong == people.counts()["errors"]
    assert 5 <= wrong <= 40


def test_signers_refuse_now_and_then_with_a_reason_and_nobody_signs_what_they_reviewed(platform: FakePlatform) -> None:
    people = people_of(platform.out)
    run_all(people)
    people.close()
    refused = [row for row in platform.decisions.values() if row["act"] == "refuse"]
    assert len(refused) == people.counts()["refused"] > 3
    assert all(row["reason"] for row in refused)
    assert all(row["by"].startswith("sign") for row in platform.decisions.values())
    assert all(row["by"].startswith("review") for row in platform.decided.values())


def test_what_moved_meanwhile_is_left_to_the_next_session_but_a_batch_is_never_dropped(
    platform: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = people_of(platform.out)
    moved = {"error": {"code": "moved_meanwhile", "message": "Somebody was first.", "fields": {}}}
    monkeypatch.setattr(PlatformClient, "post", lambda self, path, token, body: moved)
    first = {event.kind: event for event in reversed(list(people.events()))}
    assert people.perform(first["review"], 0.0) is False
    assert people.perform(first["sign"], 0.0) is False
    with pytest.raises(PlatformRefused, match="Somebody was first"):
        people.perform(first["flags"], 0.0)


def test_a_session_with_nothing_to_do_reports_that_nothing_was_recorded(platform: FakePlatform) -> None:
    people = people_of(platform.out)
    duty = next(event for event in people.events() if event.kind == "duty-review")
    assert people.perform(duty, duty.at) is False
    late = next(event for event in people.events() if event.kind == "late-flags")
    calls = platform.calls
    assert people.perform(late, late.at) is False
    assert platform.calls == calls
    people.close()


def test_deaths_of_the_platform_in_the_middle_of_calls_change_nothing(tmp_path: Path) -> None:
    calm, stormy = tmp_path / "calm", tmp_path / "stormy"
    books = []
    for out, dies_at in ((calm, frozenset[int]()), (stormy, frozenset({2, 5, 12, 23, 30, 41, 47, 52, 59}))):
        out.mkdir()
        with platform_in(out, dies_at=dies_at) as platform:
            people = people_of(out)
            run_all(people)
            people.close()
        assert platform.deaths == len(dies_at)
        states = {address: item["state"] for address, item in platform.items.items()}
        books.append((states, platform.batches, platform.holds, people.counts()))
    assert books[0] == books[1]


def test_the_world_dying_and_doing_an_event_again_changes_nothing(tmp_path: Path) -> None:
    with platform_in(tmp_path) as platform:
        kept: dict[str, str] = {}
        told = list(people_of(tmp_path).events())
        for event in told:
            for _life in range(2):
                people = people_of(tmp_path, load=lambda: kept, save=kept.update)
                people.perform(event, event.at)
                people.close()
        counts = people_of(tmp_path, load=lambda: kept).counts()
        states = {address: item["state"] for address, item in platform.items.items()}
    again = tmp_path / "again"
    again.mkdir()
    with platform_in(again) as platform:
        people = people_of(again)
        run_all(people)
        people.close()
    assert counts == people.counts()
    assert states == {address: item["state"] for address, item in platform.items.items()}


@pytest.mark.parametrize("sent", [False, True])
def test_the_world_dying_in_the_middle_of_an_event_changes_nothing(
    platform: FakePlatform, monkeypatch: pytest.MonkeyPatch, *, sent: bool
) -> None:
    real, calls, kept = PlatformClient.post, itertools.count(1), dict[str, str]()

    def dying(client: PlatformClient, path: str, token: str, body: Mapping[str, Any]) -> dict[str, Any]:
        fatal = next(calls) % 5 == 0
        answer = real(client, path, token, body) if sent or not fatal else {}
        if fatal:
            raise KeyboardInterrupt
        return answer

    monkeypatch.setattr(PlatformClient, "post", dying)
    events = list(people_of(platform.out).events())
    while events:
        people = people_of(platform.out, load=lambda: kept, save=kept.update)
        try:
            people.perform(events[0], events[0].at)
        except KeyboardInterrupt:
            continue
        finally:
            people.close()
        events.pop(0)
    counts = people_of(platform.out, load=lambda: kept).counts()
    states = Counter(item["state"] for item in platform.items.values())
    assert counts["decisions"] == len(platform.decided) == OBJECTS + 1
    assert counts["signed"] == states["signed"]
    assert counts["refused"] == sum(row["act"] == "refuse" for row in platform.decisions.values())


def test_a_platform_that_is_not_ready_yet_is_waited_for(platform: FakePlatform) -> None:
    platform.unavailable = 3
    people = people_of(platform.out)
    first = next(iter(people.events()))
    assert people.perform(first, first.at) is True
    people.close()
    assert platform.seen["/api/v1/intake/batches"] == 4
    assert len(platform.batches) == 1


def test_a_call_that_the_platform_calls_wrong_raises_with_its_words(platform: FakePlatform) -> None:
    client = PlatformClient(platform.out)
    with pytest.raises(PlatformRefused, match="Who are you") as caught:
        client.get("/register?limit=1", "nobody's token")
    client.close()
    assert caught.value.status == 401


def test_a_result_that_the_platform_refuses_raises(platform: FakePlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    people = people_of(platform.out)
    answers: dict[str, dict[str, Any]] = {
        "/review/claims": {"items": [{"episode_id": 1, "url": url(1)}]},
        "/review/decisions": {"results": [{"episode_id": 1, "status": "refused", "detail": "limbs"}]},
    }
    monkeypatch.setattr(PlatformClient, "post", lambda self, path, token, body: answers[path])
    review = next(event for event in people.events() if event.kind == "review")
    with pytest.raises(PlatformRefused, match="limbs"):
        people.perform(review, review.at)


def test_a_session_ends_where_a_chunk_brings_nothing_forward(
    platform: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = people_of(platform.out)
    answers: dict[str, dict[str, Any]] = {
        "/review/claims": {"items": [{"episode_id": 1, "url": url(1)}]},
        "/review/decisions": {"results": [{"episode_id": 1, "status": "conflict", "detail": "decided meanwhile"}]},
    }
    monkeypatch.setattr(PlatformClient, "post", lambda self, path, token, body: answers[path])
    review = next(event for event in people.events() if event.kind == "review-all")
    assert people.perform(review, review.at) is False


def test_patience_ends_where_it_was_given_an_end(tmp_path: Path) -> None:
    (tmp_path / "platform.json").write_text(json.dumps({"api": "http://127.0.0.1:9"}))
    with pytest.raises(PlatformGone, match=r"0\.2 s"):
        PlatformClient(tmp_path, patience_s=0.2).get("/health", "t")


def test_a_unit_without_a_signer_is_refused(tmp_path: Path) -> None:
    lacking = directory()
    lacking["officers"] = [officer for officer in lacking["officers"] if officer["id"] != "sign-1-0"]
    with pytest.raises(ValueError, match="unit-1"):
        People(
            seed=7,
            out=tmp_path,
            directory=lacking,
            scenario=SCENARIO,
            flags_for=flags,
            late_flags=lambda unit, since, until: [],
            holds_for=lambda unit: [],
            truth=truth,
        )


def test_the_observer_is_found_in_the_directory() -> None:
    assert observer(directory()) == "t-observe"
    with pytest.raises(ValueError, match="observer"):
        observer({"units": [], "officers": []})

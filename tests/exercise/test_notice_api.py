from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cautery.exercise.objects import PROPAGANDA, WebObject
from cautery.exercise.providers.notices import NoticeApi, Reply
from cautery.exercise.state import State
from tests.exercise.worlds import a_notice, small_state

TOKEN = "t"
BEARER = f"Bearer {TOKEN}"


def api_of(state: State, slug: str) -> NoticeApi:
    return NoticeApi(state, state.scenario.providers[slug], TOKEN)


def things_of(state: State, slug: str) -> list[WebObject]:
    """The outlet's objects at a provider, as far as they are there from the start."""
    things = state.population.by_provider[slug]
    return [thing for thing in things if thing.truth == PROPAGANDA and thing.appeared_at <= state.scenario.start]


def post(api: NoticeApi, notices: list[dict[str, Any]]) -> Reply:
    return api.reply("POST", "/notices", {}, json.dumps({"notices": notices}).encode(), BEARER)


def get(api: NoticeApi, path: str, **query: str) -> Reply:
    return api.reply("GET", path, query, b"", BEARER)


def whys(state: State) -> list[tuple[int, str]]:
    return [(refusal.status, refusal.why) for refusal in state.books.refusals()]


def test_a_call_is_taken_once_and_its_receipt_can_be_asked_for(tmp_path: Path) -> None:
    state = small_state(tmp_path)
    api, thing = api_of(state, "vidora"), things_of(state, "vidora")[0]
    first = post(api, [a_notice("k1", thing.url)])
    assert first.document is not None
    [result] = first.document["results"]
    assert (result["status"], result["received_at"]) == ("received", "2027-03-01T06:00:00Z")
    state.advance(state.now + 30)
    again = post(api, [a_notice("k1", thing.url)]).document
    assert again is not None
    assert again["results"] == [{**result, "status": "duplicate"}]
    receipt = get(api, "/notices/k1")
    assert receipt.document == {
        "idempotency_key": "k1",
        "received_at": result["received_at"],
        "provider_ref": result["provider_ref"],
        "state": "received",
    }
    assert get(api, "/notices/k2").status == 404


def test_answers_come_at_their_time_and_the_cursor_goes_on_from_there(tmp_path: Path) -> None:
    state = small_state(tmp_path, "[providers.vidora]\nremoved = 1.0\n")
    api, things = api_of(state, "vidora"), things_of(state, "vidora")[:6]
    post(api, [a_notice(f"k{number}", thing.url) for number, thing in enumerate(things)])
    assert get(api, "/answers", after="").document == {"answers": [], "next": "0"}
    state.advance(state.scenario.end)
    first = get(api, "/answers", after="", limit="4").document
    assert first is not None
    rest = get(api, "/answers", after=first["next"]).document
    assert rest is not None
    answers = [*first["answers"], *rest["answers"]]
    assert len(first["answers"]) == 4
    assert {answer["idempotency_key"] for answer in answers} == {f"k{number}" for number in range(6)}
    assert [answer["at"] for answer in answers] == sorted(answer["at"] for answer in answers)
    assert get(api, "/answers", after=rest["next"]).document == {"answers": [], "next": rest["next"]}
    answered = get(api, "/notices/k0").document
    assert answered is not None
    assert answered["state"] == "answered"


def test_a_wrong_token_a_wrong_path_and_a_wrong_body_are_refused(tmp_path: Path) -> None:
    state = small_state(tmp_path)
    api = api_of(state, "vidora")
    assert api.reply("GET", "/capabilities", {}, b"", "Bearer other").status == 401
    assert get(api, "/nothing").status == 404
    assert get(api, "/answers", after="x").status == 400
    for body in (b"", b"{", b"[]", b'{"notices": 3}', b'{"notices": ["x"]}', b"\xff"):
        assert api.reply("POST", "/notices", {}, body, BEARER).status == 400


def test_more_than_a_batch_is_refused_as_a_whole(tmp_path: Path) -> None:
    state = small_state(tmp_path)
    things = things_of(state, "cloudlet")
    assert post(api_of(state, "cloudlet"), [a_notice(f"k{t.id}", t.url) for t in things[:2]]).status == 413
    assert not state.deliveries
    assert whys(state) == [(413, "too_many")]


def test_past_its_rate_a_provider_says_when_to_come_back_in_simulated_time(tmp_path: Path) -> None:
    state = small_state(tmp_path, "[providers.chirp]\nrate_per_minute = 10\nmax_batch = 8\n")
    api, things = api_of(state, "chirp"), things_of(state, "chirp")
    state.advance(state.now + 15)
    first = [a_notice(f"a{t.id}", t.url) for t in things[:8]]
    second = [a_notice(f"b{t.id}", t.url) for t in things[8:16]]
    assert post(api, first).status == 200
    refused = post(api, second)
    assert (refused.status, refused.headers) == (429, {"Retry-After": "45"})
    assert post(api, first).status == 200
    state.advance(state.now + 45)
    assert post(api, second).status == 200
    assert whys(state) == [(429, "rate")]


def test_a_call_refused_twice_at_one_moment_is_one_refusal(tmp_path: Path) -> None:
    state = small_state(tmp_path)
    notices = [a_notice(f"k{thing.id}", thing.url) for thing in things_of(state, "cloudlet")[:2]]
    for _ in range(3):
        post(api_of(state, "cloudlet"), notices)
    assert len(state.books.refusals()) == 1


def test_a_burst_answers_503_until_its_window_is_over_and_never_right_after_t0(tmp_path: Path) -> None:
    state = small_state(tmp_path, "[providers.courier]\nburst_every_minutes = 30.0\nburst_minutes = 29.0\n")
    api = api_of(state, "courier")
    seen = []
    for minute in range(31):
        state.advance(state.scenario.start + minute * 60)
        seen.append(get(api, "/capabilities").status)
    assert seen.count(503) >= 28
    assert 200 in seen
    state.advance(state.scenario.t0 + 300)
    assert get(api, "/capabilities").status == 200


def test_a_failing_call_fails_again_until_some_minutes_have_passed_and_takes_nothing(tmp_path: Path) -> None:
    state = small_state(
        tmp_path, "[providers.courier]\nerror_share = 1.0\nerror_minutes = 4.0\nburst_every_minutes = 0.0\n"
    )
    api, thing = api_of(state, "courier"), things_of(state, "courier")[0]
    statuses = []
    for minute in range(6):
        state.advance(state.scenario.t0 + minute * 60)
        statuses.append(post(api, [a_notice("k", thing.url)]).status)
    assert statuses[4:] == [200, 200]
    assert all(500 <= status < 600 for status in statuses[:4])
    assert len(state.deliveries) == 1


@pytest.mark.parametrize(("taken", "kept"), [(1.0, 1), (0.0, 0)])
def test_a_call_hangs_once_and_its_notices_may_have_been_taken(tmp_path: Path, taken: float, kept: int) -> None:
    state = small_state(tmp_path, f"[providers.agora]\nhang_share = 1.0\nhang_taken = {taken}\n")
    api, thing = api_of(state, "agora"), things_of(state, "agora")[0]
    assert post(api, [a_notice("k", thing.url)]).hang
    assert len(state.deliveries) == kept
    assert get(api, "/notices/k").status == (200 if kept else 404)
    assert post(api, [a_notice("k", thing.url)]).status == 200
    assert len(state.deliveries) == 1


def test_garbage_is_no_json_and_comes_once(tmp_path: Path) -> None:
    state = small_state(
        tmp_path, "[providers.dropfile]\ngarbage_share = 1.0\nerror_share = 0.0\nburst_every_minutes = 0.0\n"
    )
    api, thing = api_of(state, "dropfile"), things_of(state, "dropfile")[0]
    reply = post(api, [a_notice("k", thing.url)])
    assert reply.status == 200
    with pytest.raises(ValueError):
        json.loads(reply.raw)
    assert post(api, [a_notice("k", thing.url)]).document is not None


def test_a_provider_reached_by_mail_has_no_api(tmp_path: Path) -> None:
    state = small_state(tmp_path)
    assert get(api_of(state, "pastely"), "/capabilities").status == 404

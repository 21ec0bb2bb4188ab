from __future__ import annotations

from pathlib import Path

import pytest

from cautery.exercise.books import Books, BooksError
from cautery.exercise.export import world_json
from cautery.exercise.objects import PROPAGANDA, WebObject
from cautery.exercise.state import State
from tests.exercise.worlds import a_notice, small_scenario, small_state

CERTAIN = "removed = 1.0\nremoval_minutes = 30.0\ndeclined = 0.0\n"
EVERYTHING_GOES = "".join(f"[providers.{slug}]\n{CERTAIN}" for slug in ("vidora", "courier", "chirp", "lumigram"))
NOTHING_COMES_BACK = (
    "[adversary]\nsame_place = 0.0\nsame_bytes = 0.0\naltered_bytes = 0.0\nsuccessor = 0.0\ndomain_moves = false\n"
)
SOON = "delay_max_minutes = 60.0\ndomain_moves = false\n"
ALL_SAME_PLACE = f"[adversary]\nsame_place = 1.0\nsame_bytes = 0.0\naltered_bytes = 0.0\n{SOON}"
NOBODY_DELETES = "[content]\nowner_deletes = 0.0\n"


def some_object(state: State, provider: str = "chirp", *, account: bool = False) -> WebObject:
    return next(
        thing
        for thing in state.population.by_provider[provider]
        if thing.is_account is account and thing.truth == PROPAGANDA and thing.owner_deletes_at is None
    )


def send(state: State, thing: WebObject, key: str) -> str:
    [receipt] = state.receive(thing.provider, [a_notice(key, thing.url)], call=key)
    return receipt.status


def test_a_removal_takes_effect_at_its_moment_whoever_looks_and_when(tmp_path: Path) -> None:
    state = small_state(tmp_path, EVERYTHING_GOES + NOTHING_COMES_BACK)
    thing = some_object(state)
    state.advance(state.scenario.t0)
    assert send(state, thing, "k1") == "received"
    delivery = state.deliveries["chirp", "k1"]
    gone_at = thing.episodes[-1].end
    assert gone_at is not None
    assert thing.is_up(gone_at - 1)
    assert not thing.is_up(gone_at)
    assert not state.feeds["chirp"]
    state.advance(state.scenario.end)
    assert state.feeds["chirp"] == [delivery]
    assert (delivery.answer, delivery.times_effective) == ("removed", 1)
    assert thing.episodes[-1].removed_by == "k1"


def test_the_same_key_again_changes_nothing_but_its_count(tmp_path: Path) -> None:
    state = small_state(tmp_path, EVERYTHING_GOES)
    thing = some_object(state)
    state.advance(state.scenario.t0)
    send(state, thing, "k1")
    gone_at = thing.episodes[-1].end
    state.advance(state.scenario.t0 + 60)
    assert send(state, thing, "k1") == "duplicate"
    delivery = state.deliveries["chirp", "k1"]
    assert (delivery.times_received, delivery.times_effective) == (2, 1)
    assert delivery.received_at == state.scenario.t0
    assert thing.episodes[-1].end == gone_at


def test_a_second_key_for_the_same_episode_is_recorded_and_has_no_effect_of_its_own(tmp_path: Path) -> None:
    state = small_state(tmp_path, EVERYTHING_GOES)
    thing = some_object(state)
    state.advance(state.scenario.t0)
    send(state, thing, "k1")
    gone_at = thing.episodes[-1].end
    assert send(state, thing, "k2") == "received"
    second = state.deliveries["chirp", "k2"]
    assert (second.times_effective, second.answer) == (0, "removed")
    assert (thing.episodes[-1].end, thing.episodes[-1].removed_by) == (gone_at, "k1")


def test_what_returns_at_its_place_opens_an_episode_that_a_new_notice_can_end(tmp_path: Path) -> None:
    state = small_state(tmp_path, EVERYTHING_GOES + ALL_SAME_PLACE)
    thing = some_object(state)
    state.advance(state.scenario.t0)
    send(state, thing, "k1")
    state.advance(state.scenario.end)
    assert len(thing.episodes) == 2
    back = thing.episodes[1].start
    assert thing.is_up(back)
    assert not thing.is_up(back - 1)
    assert send(state, thing, "k1") == "duplicate"
    assert thing.episodes[1].end is None
    assert send(state, thing, "k2") == "received"
    assert thing.episodes[1].removed_by == "k2"
    assert state.deliveries["chirp", "k2"].times_effective == 1


def test_a_notice_about_something_gone_is_answered_so(tmp_path: Path) -> None:
    state = small_state(tmp_path, "[content]\nowner_deletes = 1.0\n")
    thing = next(t for t in state.population.by_provider["vidora"] if t.truth == PROPAGANDA)
    assert thing.owner_deletes_at is not None
    state.advance(thing.owner_deletes_at + 1)
    send(state, thing, "k1")
    assert state.deliveries["vidora", "k1"].answer == "already_gone"
    assert (thing.episodes[-1].cause, thing.episodes[-1].removed_by) == ("owner", None)


def test_an_author_who_deletes_first_is_not_a_removal(tmp_path: Path) -> None:
    state = small_state(tmp_path, "[content]\nowner_deletes = 1.0\n" + EVERYTHING_GOES)
    thing = next(t for t in state.population.by_provider["vidora"] if t.truth == PROPAGANDA)
    assert thing.owner_deletes_at is not None
    state.advance(thing.owner_deletes_at - 2)
    send(state, thing, "k1")
    assert thing.episodes[-1].cause == "owner"
    assert state.deliveries["vidora", "k1"].answer == "already_gone"


def test_a_notice_about_nothing_is_rejected_and_listed(tmp_path: Path) -> None:
    state = small_state(tmp_path)
    elsewhere = some_object(state, "vidora")
    notices = [a_notice("k1", "https://chirp.test/nobody"), a_notice("k2", elsewhere.url), {"url": "x"}]
    receipts = state.receive("chirp", notices, call="c")
    assert [receipt.error for receipt in receipts] == ["unknown_object", "unknown_object", "malformed"]
    refusals = {(refusal.why, refusal.notices) for refusal in state.books.refusals()}
    assert refusals == {("unknown_object", 2), ("malformed", 1)}
    assert not state.deliveries


def test_what_will_only_come_back_later_is_not_known_yet(tmp_path: Path) -> None:
    state = small_state(
        tmp_path, EVERYTHING_GOES + NOBODY_DELETES + f"[adversary]\nsuccessor = 1.0\nsame_place = 0.0\n{SOON}"
    )
    thing = some_object(state, account=True)
    state.advance(state.scenario.t0)
    send(state, thing, "k1")
    before = set(state.population.objects)
    state.advance(state.scenario.end)
    [successor] = [state.population.objects[name] for name in set(state.population.objects) - before if "-r" in name]
    assert (successor.predecessor, successor.origin) == (thing.id, "return:successor")
    assert successor.handle != thing.handle
    assert successor.truth == thing.truth
    assert not successor.is_up(successor.appeared_at - 1)
    assert state.population.resolve(successor.url) is successor


def announced(folder: Path, watched: str = "") -> tuple[State, str, WebObject]:
    """A successor and the channel that announces it; a notice about `watched` had come, and it is up still."""
    folder.mkdir()
    figures = f"[adversary]\nsuccessor = 1.0\nsame_place = 0.0\nannounced = 1.0\n{SOON}"
    deaf = "[providers.courier]\nremoved = 0.0\n"
    state = small_state(folder, f"[providers.chirp]\n{CERTAIN}{deaf}{NOBODY_DELETES}{figures}")
    thing = some_object(state, account=True)
    state.advance(state.scenario.t0)
    send(state, thing, "k1")
    if watched:
        send(state, state.population.objects[watched], "k2")
    state.advance(state.scenario.end)
    [(channel, [(at, successor)])] = state.announcements.items()
    assert state.population.objects[channel].is_up(at)
    assert successor.appeared_at == at
    return state, channel, successor


def test_an_announced_successor_can_be_reached_when_it_appears_where_the_channel_is_watched(tmp_path: Path) -> None:
    _, channel, successor = announced(tmp_path / "first")
    assert successor.reachable_at == successor.listed_at > successor.appeared_at
    _, same, successor = announced(tmp_path / "second", channel)
    assert (same, successor.reachable_at) == (channel, successor.appeared_at)


def test_a_reposted_copy_shows_the_same_bytes_under_another_account(tmp_path: Path) -> None:
    figures = f"[adversary]\nsame_bytes = 1.0\naltered_bytes = 0.0\nsame_place = 0.0\n{SOON}"
    state = small_state(tmp_path, EVERYTHING_GOES + NOBODY_DELETES + figures)
    thing = some_object(state, "lumigram")
    state.advance(state.scenario.t0)
    send(state, thing, "k1")
    state.advance(state.scenario.end)
    [copy] = [other for other in state.population.objects.values() if other.predecessor == thing.id]
    assert copy.url != thing.url
    assert copy.owner != thing.owner
    assert state.media.name(copy) == state.media.name(thing)


def test_the_site_moves_to_a_new_domain_and_says_so_in_a_channel(tmp_path: Path) -> None:
    state = small_state(tmp_path)
    state.advance(state.scenario.end)
    site = state.population.resolve("https://greyharbour-online.test/")
    assert site is not None
    assert (site.origin, site.kind) == ("return:domain", "site")
    assert site.appeared_at > state.scenario.t0
    assert any(new is site for said in state.announcements.values() for _, new in said)


def test_after_a_restart_the_same_books_give_the_same_state(tmp_path: Path) -> None:
    state = small_state(tmp_path)
    things = [thing for thing in state.population.objects.values() if thing.truth == PROPAGANDA]
    for hour in range(12):
        state.advance(state.scenario.t0 + hour * 3600)
        for thing in things[hour::12]:
            send(state, thing, f"k-{thing.id}")
    before = world_json(state, {})
    state.books.close()
    again = small_state(tmp_path)
    assert world_json(again, {}) == before
    assert (again.now, again.removed, again.returned) == (state.now, state.removed, state.returned)
    assert [d.idempotency_key for d in again.feeds["vidora"]] == [d.idempotency_key for d in state.feeds["vidora"]]


def test_the_order_of_arrival_within_a_moment_does_not_matter(tmp_path: Path) -> None:
    books = []
    for order in (1, -1):
        folder = tmp_path / str(order)
        folder.mkdir()
        state = small_state(folder)
        state.advance(state.scenario.t0)
        for thing in [t for t in state.population.objects.values() if t.truth == PROPAGANDA][::order]:
            send(state, thing, f"k-{thing.id}")
        state.advance(state.scenario.end)
        world = world_json(state, {})
        for delivery in world["deliveries"]:
            del delivery["received_wall"]
        books.append(world)
    assert books[0] == books[1]


def test_the_export_tells_nothing_that_only_the_future_knows(tmp_path: Path) -> None:
    state = small_state(tmp_path, EVERYTHING_GOES)
    thing = some_object(state)
    state.advance(state.scenario.t0)
    send(state, thing, "k1")
    row = next(row for row in world_json(state, {})["objects"] if row["id"] == thing.id)
    assert (row["gone_at"], row["removed_by"], row["episodes"][-1]["to"]) == (None, None, None)
    [delivery] = world_json(state, {})["deliveries"]
    assert delivery["answer"] is None


def test_books_of_another_run_are_refused(tmp_path: Path) -> None:
    small_state(tmp_path).books.close()
    other = small_scenario(tmp_path, "[adversary]\nsuccessor = 0.5\n")
    with pytest.raises(BooksError, match="another run"):
        Books(tmp_path / "world.sqlite3", other.identity)


def test_two_worlds_cannot_keep_the_same_books(tmp_path: Path) -> None:
    state = small_state(tmp_path)
    with pytest.raises(BooksError, match="another world"):
        Books(tmp_path / "world.sqlite3", state.scenario.identity, patience_s=0)
    state.books.close()
    small_state(tmp_path).books.close()

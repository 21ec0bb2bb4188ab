from __future__ import annotations

from pathlib import Path

import pytest

from cautery.exercise.moments import to_iso
from cautery.exercise.objects import PROPAGANDA, WebObject
from cautery.exercise.providers import search as search_module
from cautery.exercise.providers.pages import Pages
from cautery.exercise.providers.phrases import BY_AUTHOR, MOVED, REMOVED
from cautery.exercise.providers.search import Search
from cautery.exercise.state import State
from tests.exercise.worlds import a_notice, small_state

CERTAIN = "removed = 1.0\nremoval_minutes = 10.0\n"
SOON = "delay_max_minutes = 60.0\ndomain_moves = false\n"


def removed_account(state: State, slug: str) -> WebObject:
    """An account that the provider removes on a notice at T0."""
    state.advance(state.scenario.t0)
    account = next(a for a in state.population.outlet_accounts(slug) if a.owner_deletes_at is None)
    state.receive(slug, [a_notice("k", account.url)], call="c")
    return account


def test_a_channel_announces_a_successor_when_it_is_there_and_not_before(tmp_path: Path) -> None:
    figures = f"[adversary]\nsuccessor = 1.0\nsame_place = 0.0\nannounced = 1.0\n{SOON}"
    state = small_state(tmp_path, f"[providers.chirp]\n{CERTAIN}{figures}")
    pages, account = Pages(state), removed_account(state, "chirp")
    before = {thing.id: pages.of(thing) for thing in state.population.outlet_accounts("courier")}
    assert not any(MOVED[state.population.objects[name].language] in page for name, page in before.items())
    state.advance(state.scenario.end)
    [(channel, [(_, successor)])] = state.announcements.items()
    thing = state.population.objects[channel]
    page = pages.of(thing)
    assert f'{MOVED[thing.language]}: <a href="{successor.url}">' in page
    assert successor.predecessor == account.id


def test_an_account_shows_its_newest_posts_that_are_up(tmp_path: Path) -> None:
    state = small_state(tmp_path)
    pages, [account, *_] = Pages(state), state.population.outlet_accounts("chirp")
    shown = [post for post in state.population.by_owner[account.id] if post.url in pages.of(account)]
    assert shown
    assert all(post.is_up(state.now) for post in shown)
    oldest = min(post.appeared_at for post in shown)
    left = [p for p in state.population.by_owner[account.id] if p not in shown and p.is_up(state.now)]
    assert all(post.appeared_at <= oldest for post in left)


def test_people_run_several_accounts_and_say_whom_to_write_to(tmp_path: Path) -> None:
    state = small_state(tmp_path)
    pages = Pages(state)
    accounts = [a for slug in state.population.accounts for a in state.population.outlet_accounts(slug)]
    admins = {state.population.admin_of(account) for account in accounts}
    assert len(admins) < len(accounts)
    assert all(f"@{state.population.admin_of(account)}" in pages.of(account) for account in accounts)


def test_messages_are_forwarded_from_other_channels(tmp_path: Path) -> None:
    state = small_state(tmp_path)
    pages = Pages(state)
    posts = [thing for thing in state.population.by_provider["courier"] if not thing.is_account]
    forwarded = sum('class="forwarded"' in pages.of(post) for post in posts)
    assert 0.1 < forwarded / len(posts) < 0.5


def test_a_text_put_up_again_with_other_bytes_keeps_most_of_its_words(tmp_path: Path) -> None:
    figures = f"[adversary]\nsame_bytes = 0.0\naltered_bytes = 1.0\nsame_place = 0.0\n{SOON}"
    state = small_state(tmp_path, f"[providers.chirp]\n{CERTAIN}{figures}")
    pages = Pages(state)
    state.advance(state.scenario.t0)
    lost = next(
        t
        for t in state.population.by_provider["chirp"]
        if t.medium == "text" and not t.is_account and t.truth == PROPAGANDA and t.owner_deletes_at is None
    )
    state.receive("chirp", [a_notice("k", lost.url)], call="c")
    state.advance(state.scenario.end)
    [again] = [thing for thing in state.population.objects.values() if thing.predecessor == lost.id]
    old, new = pages.plain(lost).split(), pages.plain(again).split()
    assert old != new
    assert len(set(old) & set(new)) > 0.7 * len(set(old))


def test_a_search_shows_what_came_back_once_it_is_listed_and_newest_first(tmp_path: Path) -> None:
    figures = f"[adversary]\nsuccessor = 1.0\nsame_place = 0.0\n{SOON}"
    state = small_state(tmp_path, f"[providers.chirp]\n{CERTAIN}{figures}")
    search = Search(state, Pages(state))
    account = removed_account(state, "chirp")
    assert account in search.find("chirp", account.handle)
    state.advance(state.scenario.end)
    [successor] = [thing for thing in state.population.objects.values() if thing.predecessor == account.id]
    stem = account.handle.partition("_")[0].upper()
    found = search.find("chirp", stem)
    assert successor in search.find("chirp", successor.handle)
    assert account not in search.find("chirp", account.handle)
    assert [thing.appeared_at for thing in found] == sorted((t.appeared_at for t in found), reverse=True)
    state.now = successor.listed_at - 1
    assert successor not in search.find("chirp", successor.handle)


def test_a_search_whose_hits_are_all_gone_finds_what_is_up_again_at_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_module, "GONE", 0)
    state = small_state(tmp_path)
    search, now = Search(state, Pages(state)), state.scenario.end
    state.now = now
    stem = state.population.outlet_accounts("courier")[0].handle.partition("_")[0]
    assert len(search.find("courier", stem)) > 1
    for thing in state.population.by_provider["courier"]:
        thing.episodes[-1].end = now
    assert search.find("courier", stem) == search.find("courier", stem) == []
    state.now = now + 1
    lost = next(thing for thing in state.population.by_provider["courier"] if stem in thing.handle)
    state.population.reopen(lost, now + 1)
    assert search.find("courier", stem) == [lost]


def test_the_ground_is_said_in_the_pages_own_language(tmp_path: Path) -> None:
    state = small_state(tmp_path)
    pages = Pages(state)
    for thing in list(state.population.objects.values())[:80]:
        provider = state.scenario.providers["vidora"]
        assert REMOVED[thing.language] in pages.instead(thing, "provider", provider)[1]
        assert BY_AUTHOR[thing.language].split("'")[0] in pages.instead(thing, "owner", provider)[1]
        assert f'datetime="{to_iso(thing.appeared_at)}"' in pages.of(thing)

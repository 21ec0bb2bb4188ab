"""Is it back: at the same place, under a like name, announced elsewhere, with the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from aiohttp import web

from cautery.core.availability import Verdict
from cautery.core.errors import NotAllowed, NotFound
from cautery.core.lifecycle import EpisodeState
from cautery.directory.models import Provider
from cautery.fetch import Fetcher
from cautery.identify.models import Capture as Captured
from cautery.intake.models import Episode, Flag, Item, Operation
from cautery.refer.models import Notice
from cautery.track.actions import save_links
from cautery.track.models import Tracking
from cautery.track.redress.actions import Step, record_step
from cautery.watch.actions import Asked, begin_watch, keep_leads
from cautery.watch.memory import Memory
from cautery.watch.models import Ended, Search, Sighting, Watch, Way, What
from cautery.watch.queries import domains_like, explained, lineage, watched_domains
from cautery.watch.searching import look_at_shown, plan_searches, search_due
from cautery.watch.steps import end_over, look_at_reflagged, notice_returns, read_announcements
from cautery.watch.tracing import trace_lineage
from tests import factories as make
from tests.servers import fetcher_for, http_server

pytestmark = pytest.mark.django_db
CHANNEL = "https://t.me/specimenhouse"
LATER = make.hours(30)


class Site:
    """A provider's own search."""

    def __init__(self) -> None:
        self.links: list[str] = []
        self.asked: list[str] = []

    async def handle(self, request: web.Request) -> web.Response:
        self.asked.append(request.query.get("q", ""))
        return web.Response(text="".join(f"<a href='{link}'>x</a>" for link in self.links), content_type="text/html")


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def fetcher(site: Site, tmp_path: Path) -> Iterator[Fetcher]:
    with http_server(site.handle) as port, fetcher_for(tmp_path, {"search.test": port}) as fetcher:
        yield fetcher


@pytest.fixture
def host() -> Provider:
    return make.provider("telegram", hosts=["search.test"])


def referred(host: Provider, *urls: str) -> Operation:
    """Notices on these, delivered at T0 and followed."""
    frame = make.operation()
    episodes = make.flagged(frame, list(urls))
    make.identified(episodes, host=host)
    make.matched(episodes)
    make.decided(frame)
    make.signed(frame)
    make.composed(host)
    make.released(frame)
    make.sent(host)
    return frame


def go_down(url: str = CHANNEL) -> Tracking:
    found = Tracking.objects.get(item__url=url)
    make.probed([found.pk], Verdict.REMOVED, at=make.hours(26))
    return found


def test_up_again_opens_exactly_one_new_episode_with_its_sighting(host: Provider) -> None:
    referred(host, CHANNEL)
    down = go_down()
    make.probed([down.pk], Verdict.UP, at=make.hours(40))
    assert notice_returns(make.hours(40)) == 1
    assert notice_returns(make.hours(40)) == 0
    old, new = Episode.objects.order_by("number")
    assert (old.state, new.state, new.number, new.opened_by) == (EpisodeState.CLOSED, EpisodeState.FLAGGED, 2, "probe")
    sighting = Sighting.objects.get()
    assert (sighting.episode, sighting.way, sighting.predecessor, sighting.looked_before_at) == (
        new,
        Way.SAME_PLACE,
        old.item,
        make.hours(26),
    )


def search(fetcher: Fetcher, site: Site, *links: str) -> None:
    go_down()
    site.links = list(links)
    assert plan_searches(Memory(), make.hours(26)) == 1
    assert plan_searches(Memory(), make.hours(26)) == 0
    due = Search.objects.get().next_at
    assert due is not None
    assert search_due(fetcher, Memory(), due) == 1


def test_a_like_handle_found_by_search_is_a_sighting_with_its_predecessor(
    host: Provider, fetcher: Fetcher, site: Site
) -> None:
    referred(host, CHANNEL)
    search(fetcher, site, "https://t.me/specimenhouse2", "https://t.me/specimenhouse2", CHANNEL)
    sighting = Sighting.objects.get()
    assert (sighting.item.url, sighting.way, sighting.predecessor) == (
        "https://t.me/specimenhouse2",
        Way.SEARCH,
        Item.objects.get(url=CHANNEL),
    )
    assert sighting.episode.state == EpisodeState.FLAGGED
    assert Flag.objects.filter(batch__source="watch").count() == 1


def test_what_a_search_shows_again_is_looked_at_at_once_and_ever_more_rarely(
    host: Provider, fetcher: Fetcher, site: Site
) -> None:
    referred(host, CHANNEL)
    search(fetcher, site, CHANNEL)
    down = Tracking.objects.get()
    assert down.next_probe_at == Search.objects.get().last_at, "shown again: looked at as soon as it was asked"
    make.probed([down.pk], Verdict.REMOVED, at=make.hours(40))
    looked = Tracking.objects.get().next_probe_at
    assert look_at_shown([down.item.identity], make.hours(41)) == 0, "away for 14 hours: no sooner than after 14 / 8"
    assert Tracking.objects.get().next_probe_at == looked
    assert look_at_shown([down.item.identity], make.hours(41.8)) == 1
    assert not Sighting.objects.exists()


def test_what_is_up_and_what_nobody_sent_a_notice_about_is_not_looked_at_again(host: Provider) -> None:
    referred(host, CHANNEL)
    followed = Tracking.objects.get()
    make.probed([followed.pk], Verdict.UP, at=make.hours(25))
    assert look_at_shown([followed.item.identity, "telegram:channel:other"], make.hours(30)) == 0
    make.probed([followed.pk], Verdict.LOGIN_WALL, at=make.hours(31))
    assert look_at_shown([followed.item.identity], make.hours(33)) == 1, "a wall says nothing; search says it is there"


def test_an_unlike_handle_another_kind_and_another_provider_are_none(
    host: Provider, fetcher: Fetcher, site: Site
) -> None:
    referred(host, CHANNEL)
    search(
        fetcher,
        site,
        "https://t.me/gardeningdaily",
        "https://t.me/specimenhouse2/5",
        "https://www.youtube.com/@specimenhouse",
        "javascript:x",
        "/help",
    )
    assert not Sighting.objects.exists()
    assert Item.objects.count() == 1


def test_the_same_words_are_asked_of_a_provider_once_and_less_and_less_often(
    host: Provider, fetcher: Fetcher, site: Site
) -> None:
    referred(host, CHANNEL, "https://t.me/specimenhouse_tv")
    go_down()
    go_down("https://t.me/specimenhouse_tv")
    plan_searches(Memory(), make.hours(26))
    assert Search.objects.count() == 1
    gaps = []
    while (due := Search.objects.get().next_at) is not None:
        assert search_due(fetcher, Memory(), due) == 1
        following = Search.objects.get().next_at
        gaps.append(following - due if following else None)
    known = [gap for gap in gaps if gap is not None]
    assert known == sorted(known) or len(known) > 3
    assert len(set(site.asked)) == 1


def test_a_provider_without_a_host_to_ask_is_not_searched(fetcher: Fetcher) -> None:
    referred(make.provider("telegram", hosts=[]), CHANNEL)
    go_down()
    assert plan_searches(Memory(), make.hours(26)) == 1
    assert not Search.objects.exists()


def test_what_a_page_began_to_link_to_after_t0_is_a_sighting_and_before_is_none(host: Provider) -> None:
    referred(host, CHANNEL)
    item = Item.objects.get()
    save_links([(item.pk, "https://t.me/oldfriend")], make.hours(20))
    save_links([(item.pk, "https://t.me/oldfriend"), (item.pk, "https://t.me/newplace"), (item.pk, CHANNEL)], LATER)
    assert read_announcements(Memory(), LATER) > 0
    assert read_announcements(Memory(), LATER) == 0
    sighting = Sighting.objects.get()
    assert (sighting.item.url, sighting.way, sighting.predecessor) == ("https://t.me/newplace", Way.OUT_LINK, None)
    assert sighting.looked_before_at is None
    assert "first looked at" in sighting.reason


def test_an_announced_name_like_a_removed_one_names_it_as_predecessor(host: Provider) -> None:
    referred(host, CHANNEL, "https://t.me/gardeningdaily")
    go_down()
    other = Tracking.objects.get(item__url="https://t.me/gardeningdaily")
    make.probed([other.pk], Verdict.UP, at=make.hours(27))
    save_links([(other.item_id, "https://t.me/specimenhouse_new")], LATER)
    read_announcements(Memory(), LATER)
    sighting = Sighting.objects.get()
    assert sighting.predecessor is not None
    assert (sighting.predecessor.url, sighting.looked_before_at) == (CHANNEL, make.hours(27))


def test_the_bytes_of_something_referred_on_a_new_item_are_a_return_by_copy(host: Provider) -> None:
    frame = referred(host, CHANNEL)
    new = make.flagged(frame, ["https://t.me/gardeningdaily"], at=LATER, key="late")
    make.identified(new, host=host, at=LATER)
    assert trace_lineage(Memory(), LATER) > 0
    assert trace_lineage(Memory(), LATER) == 0
    sighting = Sighting.objects.get()
    assert (sighting.way, sighting.item, sighting.predecessor) == (Way.COPY, new[0].item, Item.objects.get(url=CHANNEL))


def test_other_bytes_under_another_title_are_none_and_under_the_same_are_a_likeness(host: Provider) -> None:
    frame = referred(host, "https://t.me/specimenhouse/7")
    for number, title in enumerate(("How to plant a tree", "A specimen")):
        new = make.flagged(frame, [f"https://t.me/gardening/{number}"], at=LATER, key=f"late{number}")
        make.identified(new, host=host, image=b"others", title=title, at=LATER)
    assert trace_lineage(Memory(), LATER) == 2
    sighting = Sighting.objects.get()
    assert (sighting.way, sighting.item.url) == (Way.LIKENESS, "https://t.me/gardening/1")
    assert sighting.predecessor == Item.objects.get(url="https://t.me/specimenhouse/7")


def test_a_removal_becomes_a_watch_on_the_signed_decision_that_ends_with_its_term(host: Provider) -> None:
    frame = referred(host, CHANNEL)
    go_down()
    plan_searches(Memory(), make.hours(26))
    watch = Watch.objects.get()
    assert (watch.subject, watch.signature_id) == (Item.objects.get().identity, frame.notices.get().signature_id)
    assert end_over(watch.expires_at - timedelta(hours=1)) == 0
    memory = Memory()
    memory.refresh(LATER)
    assert memory.posted_by("telegram", ["specimenhouse"]) is not None
    assert end_over(watch.expires_at) == 1
    memory.refresh(watch.expires_at + timedelta(minutes=10))
    assert memory.posted_by("telegram", ["specimenhouse"]) is None
    watch.refresh_from_db()
    assert (watch.ended_why, Search.objects.get(item__isnull=False).next_at) == ("expired", None)


def test_a_watch_needs_a_ground_and_a_second_person_and_an_object(host: Provider) -> None:
    referred(host, CHANNEL)
    until = make.hours(500)
    for asked, error in (
        (Asked(What.DOMAIN, "example.org", " ", "b", until), NotAllowed),
        (Asked(What.DOMAIN, "example.org", "why", "a", until), NotAllowed),
        (Asked(What.ITEM, "nobody", "why", "b", until), NotFound),
    ):
        with pytest.raises(error):
            begin_watch(asked, asker="a", by=make.SYSTEM, at=LATER)
    first = begin_watch(Asked(What.DOMAIN, "example.org", "why", "b", until), asker="a", by=make.SYSTEM, at=LATER)
    again = begin_watch(Asked(What.DOMAIN, "example.org", "other", "c", until), asker="a", by=make.SYSTEM, at=LATER)
    assert (again.pk, again.ground, Watch.objects.count()) == (first.pk, "why", 1)


def test_names_of_a_list_that_look_like_a_watched_domain_are_leads_once(host: Provider) -> None:
    until = make.hours(500)
    begin_watch(Asked(What.DOMAIN, "specimenhouse.org", "why", "b", until), asker="a", by=make.SYSTEM, at=LATER)
    names = [
        "garden.org",
        "specimenhouse2.org",
        "mail.specimenhouse.net",
        "specimenhouse-live.top",
        "www.specimenhouse.org",
    ]
    found = list(domains_like(names, watched_domains()))
    assert [one.domain for one in found] == ["specimenhouse2.org", "mail.specimenhouse.net", "specimenhouse-live.top"]
    assert all("specimenhouse.org" in one.reason for one in found)
    assert keep_leads(found, source="list", by=make.SYSTEM, at=LATER) == 3
    assert keep_leads(found, source="list", by=make.SYSTEM, at=LATER) == 0


def test_a_file_under_watch_is_sighted_by_its_bytes(host: Provider) -> None:
    frame = referred(host, CHANNEL)
    subject = sha256(b"others").hexdigest()
    begin_watch(Asked(What.FILE, subject, "why", "b", make.hours(500)), asker="a", by=make.SYSTEM, at=LATER)
    new = make.flagged(frame, ["https://t.me/gardening/9"], at=LATER, key="late")
    make.identified(new, host=host, image=b"others", title="How to plant a tree", at=LATER)
    trace_lineage(Memory(), LATER + timedelta(minutes=10))
    sighting = Sighting.objects.get()
    assert (sighting.way, sighting.predecessor, "under watch" in sighting.reason) == (Way.COPY, None, True)
    assert sighting.watch == Watch.objects.get()


def test_the_lineage_names_generations_and_lives(host: Provider, fetcher: Fetcher, site: Site) -> None:
    frame = referred(host, CHANNEL)
    search(fetcher, site, "https://t.me/specimenhouse2")
    told = lineage(frame)
    assert (told["generations"], len(told["links"])) == (2, 1)
    assert {node["url"]: node["generation"] for node in told["nodes"]} == {CHANNEL: 0, "https://t.me/specimenhouse2": 1}


def test_what_is_flagged_again_while_we_think_it_down_is_looked_at_at_once(host: Provider) -> None:
    frame = referred(host, CHANNEL)
    look_at_reflagged(make.hours(25))
    down = go_down()
    make.flagged(frame, [CHANNEL], at=LATER, key="again")
    assert look_at_reflagged(LATER) == 1
    down.refresh_from_db()
    assert down.next_probe_at == LATER


def test_a_sighting_is_an_item_to_review_like_any_other_and_sights_nothing_twice(
    host: Provider, fetcher: Fetcher, site: Site
) -> None:
    referred(host, CHANNEL)
    search(fetcher, site, "https://t.me/specimenhouse2")
    item = Item.objects.get(url=CHANNEL)
    save_links([(item.pk, "https://t.me/specimenhouse2")], LATER)
    read_announcements(Memory(), LATER)
    assert (Sighting.objects.count(), Item.objects.count()) == (1, 2)


def test_an_account_that_is_not_in_the_register_is_watched_by_its_name(host: Provider) -> None:
    frame = referred(host, CHANNEL)
    asked = Asked(What.ITEM, "telegram:chat:gardenhouse", "Decision 12", "b", make.hours(500))
    watch = begin_watch(asked, asker="a", by=make.SYSTEM, at=make.hours(25))
    new = make.flagged(frame, ["https://t.me/s/garden_house_2"], at=LATER, key="late")
    make.identified(new, host=host, image=b"others", title="", at=LATER)
    trace_lineage(Memory(), LATER)
    sighting = Sighting.objects.get()
    assert (sighting.watch, sighting.predecessor) == (watch, None)
    assert "garden_house_2 is like gardenhouse" in sighting.reason
    assert explained(watch)["found"][0]["url"] == sighting.item.url


def narrowed(*ways: Way) -> Watch:
    item = Item.objects.get(url=CHANNEL)
    Watch.objects.update(ended_at=make.hours(26), ended_why=Ended.PERSON)
    asked = Asked(What.ITEM, item.identity, "Decision 12", "b", make.hours(500), ways)
    return begin_watch(asked, asker="a", by=make.SYSTEM, at=make.hours(26))


def test_a_scope_without_search_neither_asks_nor_takes_what_another_s_search_shows(
    host: Provider, fetcher: Fetcher, site: Site
) -> None:
    referred(host, CHANNEL)
    narrowed(Way.OUT_LINK)
    site.links = ["https://t.me/specimenhouse2"]
    go_down()
    plan_searches(Memory(), make.hours(26.5))
    assert not Search.objects.filter(item__isnull=False).exists()
    Search.objects.create(
        operation=Operation.objects.get(), provider=host, words="specimen", began_at=LATER, next_at=LATER
    )
    search_due(fetcher, Memory(), LATER)
    assert not Sighting.objects.filter(predecessor__isnull=False).exists()


def test_a_scope_without_the_same_place_opens_nothing_there(host: Provider) -> None:
    referred(host, CHANNEL)
    down = go_down()
    narrowed(Way.SEARCH)
    make.probed([down.pk], Verdict.UP, at=make.hours(40))
    assert notice_returns(make.hours(40)) == 0
    assert Episode.objects.count() == 1


@pytest.mark.parametrize(
    "fall",
    [
        lambda notice: step(notice, "withdrawal"),
        lambda notice: step(notice, "reinstatement"),
        lambda notice: step(notice, "court_decision", "overturned"),
        lambda notice: make.answered([notice], "reinstated", at=make.hours(38)),
    ],
)
def test_what_is_put_right_ends_the_watch_and_up_again_is_then_no_return(
    host: Provider, fall: Callable[[Notice], object]
) -> None:
    frame = referred(host, CHANNEL)
    down = go_down()
    plan_searches(Memory(), make.hours(26))
    fall(frame.notices.get())
    assert end_over(make.hours(39)) == 1
    watch = Watch.objects.get()
    assert (watch.ended_why, Search.objects.get(item__isnull=False).next_at) == (Ended.REDRESS, None)
    make.probed([down.pk], Verdict.UP, at=make.hours(40))
    assert notice_returns(make.hours(40)) == 0
    assert Episode.objects.count() == 1
    memory = Memory()
    memory.refresh(make.hours(40))
    assert memory.posted_by("telegram", ["specimenhouse"]) is None


def test_a_decision_that_is_upheld_ends_nothing(host: Provider) -> None:
    frame = referred(host, CHANNEL)
    go_down()
    plan_searches(Memory(), make.hours(26))
    step(frame.notices.get(), "court_decision", "upheld")
    assert end_over(make.hours(39)) == 0


def test_an_account_of_another_name_is_known_by_what_it_says_of_itself_and_by_its_links(host: Provider) -> None:
    frame = referred(host, CHANNEL)
    about = "Daily bulletins of the specimen house, all statements in six languages, join us"
    Captured.objects.update(about=about)
    links = ["https://specimenhouse.example/", "https://x.com/specimenhouse", "https://www.tiktok.com/@specimenhouse"]
    save_links([(Item.objects.get(url=CHANNEL).pk, link) for link in links], make.hours(20))
    for number, (said, linked) in enumerate(((about, []), ("Gardens", links), ("Gardens", []))):
        new = make.flagged(frame, [f"https://t.me/{'meadow' * (number + 1)}"], at=LATER, key=f"late{number}")
        make.identified(new, host=host, image=b"others", title=f"Meadow {number}", at=LATER)
        Captured.objects.filter(episode__in=new).update(about=said, links=linked, author=f"meadow {number}")
    trace_lineage(Memory(), LATER)
    reasons = dict(Sighting.objects.values_list("item__key", "reason"))
    assert set(reasons) == {"meadow", "meadowmeadow"}
    assert "what it says of itself is like" in reasons["meadow"]
    assert "3 rare links in common" in reasons["meadowmeadow"]


def step(notice: Notice, kind: str, ruling: str = "") -> None:
    record_step(Step(notice.reference, kind, ruling, reason="why"), by=make.SYSTEM, at=make.hours(38))

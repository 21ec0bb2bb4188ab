"""A new operation in the desk, and when one runs: by who may, in the reader's zone and language, each refusal in words."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from cautery.authorise.models import OperationKey
from cautery.custody.models import Entry
from cautery.directory.models import Unit
from cautery.intake.models import Operation
from cautery.web.views.room import PANEL, shown
from tests import factories as make
from tests.web.conftest import CHROMIUM, As
from tests.web.test_looks import looked_at

pytestmark = pytest.mark.django_db
NEW = {"name": "Été 2026", "slug": "", "starts_at": "2026-06-15T08:00", "zone": "Europe/Berlin"}
MOST_QUERIES = 12


@pytest.fixture(autouse=True)
def nothing_drawn_yet() -> None:
    """The room of another test's register is not this one's."""
    PANEL.forget_all()


@pytest.fixture
def leader(client: Client) -> Client:
    """Signed in as a leader of Pharos."""
    client.force_login(make.officer("lena", "lead"))
    return client


@pytest.fixture
def frame() -> Operation:
    """An operation without T0, of Pharos."""
    made = make.operation()
    make.officer("of pharos")
    Operation.objects.update(t0=None, unit=Unit.objects.get(slug="fr-pharos"))
    made.refresh_from_db()
    return made


def test_a_leader_makes_one_by_their_own_clock(leader: Client) -> None:
    Unit.objects.update(handling="amber")
    assert b"Amber" in leader.get("/new-operation/").content
    answer = leader.post("/new-operation/make/", NEW | {"t0": "16.06.2026 08:00", "ends_at": "2026-06-19T08:00"})
    assert (answer.status_code, answer["Location"]) == (302, "/operations/ete-2026/")
    made = Operation.objects.get()
    assert (made.name, made.handling, made.unit and made.unit.slug) == ("Été 2026", "amber", "fr-pharos")
    assert (made.starts_at, made.t0, made.ends_at) == (make.START, make.hours(24), make.hours(96))
    assert Entry.objects.filter(event="intake:operation:created", actor__startswith="officer:").count() == 1


def test_without_a_start_it_begins_now_and_t0_waits(leader: Client) -> None:
    assert leader.post("/new-operation/make/", {"name": "Plain", "slug": "own_word-1"}).status_code == 302
    made = Operation.objects.get()
    assert (made.slug, made.t0, made.ends_at) == ("own_word-1", None, None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"name": " "}, "small letters, digits"),
        ({"name": " ", "slug": "a"}, "a name of at most 200 letters"),
        ({"name": "n" * 201, "slug": "a"}, "a name of at most 200 letters"),
        ({"slug": "Not A Slug"}, "small letters, digits"),
        ({"slug": "../etc"}, "small letters, digits"),
        ({"slug": "summer"}, "This short name is taken"),
        ({"ends_at": "2026-06-15T08:00"}, "The end must come after the start"),
        ({"t0": "2026-06-15T07:59"}, "T0 cannot come before the start"),
        ({"t0": "2026-06-18T08:00", "ends_at": "2026-06-17T08:00"}, "T0 cannot come after the end"),
        ({"t0": "04/05/2026x"}, "T0, notices leave: “04/05/2026x” is no date"),
        ({"ends_at": "2026-03-29T02:30"}, "Ends: The clocks leave out"),
    ],
)
def test_each_refusal_is_said_in_words_and_what_was_typed_stays(
    leader: Client, words: dict[str, str], said: str
) -> None:
    make.operation("summer")
    answer = leader.post("/new-operation/make/", NEW | words)
    assert (answer.status_code, said in answer.content.decode()) == (422, True), answer.content.decode()
    assert 'value="2026-06-15T08:00"' in answer.content.decode()
    assert Operation.objects.count() == 1


def test_the_button_is_there_for_who_may(leader: Client) -> None:
    assert b'href="/new-operation/"' in leader.get("/operations/").content
    leader.force_login(make.officer("rita", "review"))
    assert b'href="/new-operation/"' not in leader.get("/operations/").content
    assert leader.get("/new-operation/").status_code == 403


def test_t0_is_set_where_the_desk_says_that_it_is_not(frame: Operation, leader: Client) -> None:
    for page in ("/operations/", "/operations/summer/", "/operations/summer/room/"):
        text = leader.get(page).content.decode()
        assert '<a href="/operations/summer/times/">Set T0</a>' in text, page
    assert 'data-moment="2026-06-19T' in leader.get("/operations/summer/times/").content.decode()
    OperationKey.objects.create(operation=frame, officer=make.officer("leo", "lead"), turned_at=make.START)
    form = {"t0": "2026-06-16T08:00", "ends_at": "2026-06-19T08:00", "zone": "Europe/Berlin", "shown": shown(frame)}
    assert leader.post("/operations/summer/times/set/", form)["Location"] == "/operations/summer/"
    assert (Operation.objects.get().t0, OperationKey.objects.count()) == (make.hours(24), 0)
    assert "Set T0" not in leader.get("/operations/summer/").content.decode()
    assert leader.post("/operations/summer/times/set/", form | {"t0": "2026-06-17T08:00"}).status_code == 409
    assert Operation.objects.get().t0 == make.hours(24)


def test_the_seconds_a_field_does_not_show_are_no_change(leader: Client, frame: Operation) -> None:
    odd = make.hours(90).replace(second=17)
    Operation.objects.update(ends_at=odd)
    frame.refresh_from_db()
    form = {"t0": "", "ends_at": odd.strftime("%Y-%m-%dT%H:%M"), "zone": "UTC", "shown": shown(frame)}
    leader.post("/operations/summer/times/set/", form)
    assert Operation.objects.get().ends_at == odd
    assert not Entry.objects.filter(event="intake:operation:timed").exists()


def test_times_that_cannot_be_are_refused_and_stay_in_the_form(leader: Client, frame: Operation) -> None:
    form = {"t0": "2026-06-20T08:00", "ends_at": "2026-06-19T08:00", "shown": shown(frame)}
    answer = leader.post("/operations/summer/times/set/", form)
    text = answer.content.decode()
    assert (answer.status_code, "T0 cannot come after the end." in text) == (422, True)
    assert 'value="2026-06-20T08:00"' in text


def test_a_released_operation_says_that_its_times_stand(leader: Client, frame: Operation) -> None:
    make.released(frame)
    assert b"its times stand" in leader.get("/operations/summer/times/").content
    assert b"Change times" not in leader.get("/operations/summer/").content
    answer = leader.post("/operations/summer/times/set/", {"t0": "2026-06-16T08:00"})
    assert (answer.status_code, b"its times stand" in answer.content) == (422, True)


def test_who_may_not_is_told_whom_to_ask(leader: Client, frame: Operation) -> None:
    for name, role, unit in (("rita", "review", "fr-pharos"), ("otto", "lead", "de-meldestelle")):
        client = Client()
        client.force_login(make.officer(name, role, unit=unit))
        assert b">Whom to ask for it</a>" in client.get("/operations/summer/").content
        text = client.get("/operations/summer/times/").content.decode()
        assert "These may change it: Lena" in text or "These may change it: lena" in text
        assert '<form method="post" action="/operations/summer/times/' not in text
        assert client.post("/operations/summer/times/set/", {"shown": shown(frame)}).status_code == 403


def test_where_nobody_may_an_administrator_is_named(client: Client, frame: Operation) -> None:
    client.force_login(make.officer("rita", "review"))
    assert b"an administrator can let one of them lead" in client.get("/operations/summer/times/").content


@pytest.mark.parametrize("page", ["/new-operation/", "/operations/summer/times/"])
def test_it_costs_few_questions(
    page: str, leader: Client, frame: Operation, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(MOST_QUERIES):
        assert leader.get(page).status_code == 200


def test_in_german_too(leader: Client, frame: Operation) -> None:
    leader.cookies["django_language"] = "de"
    make.operation("other")
    said = leader.get("/new-operation/", headers={"Accept-Language": "de"}).content.decode()
    assert "Neue Operation" in said
    answer = leader.post("/new-operation/make/", NEW | {"slug": "other"}, headers={"Accept-Language": "de"})
    assert "vergeben" in answer.content.decode()
    assert "T0 setzen" in leader.get("/operations/summer/", headers={"Accept-Language": "de"}).content.decode()


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"Chromium is not at {CHROMIUM}")
def test_a_leader_makes_one_and_sets_its_t0_in_the_browser(transactional_db: None, as_officer: As) -> None:
    make.officer("lena", "lead")
    problems: list[str] = []
    page = as_officer("lena")
    page.goto("/operations/")
    page.get_by_role("link", name="New operation").click()
    page.get_by_label("Name", exact=True).fill("Été: 2026, second")
    expect(page.get_by_label("Short name")).to_have_value("ete-2026-second")
    expect(page.locator("#t0-zone")).to_contain_text("Europe/Berlin")
    page.get_by_label("Start").fill("2026-06-15T08:00")
    looked_at(page, "operation-new", problems)
    page.get_by_role("button", name="Make the operation").click()
    page.get_by_role("link", name="Set T0").click()
    page.get_by_label("T0, notices leave").fill("2026-06-14T08:00")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("alert")).to_contain_text("T0 cannot come before the start.")
    expect(page.get_by_label("T0, notices leave")).to_have_value("2026-06-14T08:00")
    looked_at(page, "operation-times", problems)
    page.get_by_label("T0, notices leave").fill("2026-06-16T08:00")
    page.get_by_role("button", name="Keep").click()
    page.get_by_role("link", name="Change times").click()
    expect(page.get_by_label("T0, notices leave")).to_have_value("2026-06-16T08:00")
    assert (Operation.objects.get().t0, problems) == (make.hours(24), [])

"""Stories in a real browser, each as those who live it go through it; the first day is tests/web/people/test_browser.py."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from cautery.refer.models import Notice
from cautery.review.models import Assessment
from cautery.track.models import Answer, Proceeding
from tests import factories as make
from tests.web.conftest import CHROMIUM, As, Story, Work

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"Chromium is not at {CHROMIUM}"),
]
MANY = 2_000


def test_two_leaders_turn_two_keys_and_the_room_says_so(people: str, work: Work, as_officer: As) -> None:
    make.officer("leo", "lead", unit="de-meldestelle")
    pages = [as_officer("lena"), as_officer("leo")]
    for page in pages:
        page.goto("/operations/autumn/room/")
        expect(page.get_by_text("Not released")).to_be_visible()
        page.get_by_label(re.compile("to turn your key")).fill("autumn")
        page.get_by_role("button", name="Turn my key").click()
    expect(pages[1].get_by_text("Released", exact=True)).to_be_visible()
    expect(pages[1].get_by_role("button", name="Turn my key")).to_have_count(0)
    expect(pages[1].get_by_text(re.compile("Leo, Meldestelle"))).to_be_visible()
    expect(pages[1].get_by_role("timer")).to_be_visible()


def test_a_day_in_the_queue_in_german_and_by_night(people: str, work: Work, as_officer: As) -> None:
    page = as_officer("rita", "dark")
    page.goto("/my-day/")
    page.get_by_text("Display").click()
    page.get_by_role("button", name="Deutsch").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mein Tag")
    expect(page.locator("html")).to_have_css("background-color", "rgb(17, 22, 28)")
    page.goto("/operations/autumn/review/")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Objekt")
    page.wait_for_load_state()  # keys are heard once its script has run
    first = page.get_by_role("heading", level=1).inner_text()
    page.keyboard.press("2")
    page.keyboard.press("r")
    page.keyboard.type("Eine Zeitung berichtet darüber.")
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    expect(page.get_by_role("status")).to_contain_text("Entscheidung festgehalten: nicht zu melden.")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(first)
    assert Assessment.objects.latest("pk").purpose == "journalism"


@pytest.fixture
def many(db: None) -> list[Notice]:
    """Two thousand notices that reached one provider."""
    frame, host = make.operation("winter"), make.provider("youtube", name="Video House", max_batch=5_000)
    episodes = make.flagged(frame, [f"https://www.youtube.com/watch?v=many{n:07}" for n in range(MANY)], key="many")
    make.identified(episodes, host=host)
    make.matched(episodes)
    for _ in range(MANY // 500):
        make.decided(frame)
        make.signed(frame)
    notices = make.composed(host)
    make.released(frame)
    assert make.sent(host) == MANY
    return notices


def test_a_provider_answers_two_thousand_notices_at_once(many: list[Notice], as_provider: As) -> None:
    page: Page = as_provider("youtube")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Video House")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    assert len(download.value.path().read_text().splitlines()) == MANY + 1
    page.locator("#answer").select_option("removed")
    page.get_by_role("button", name="Answer all of this list").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{MANY:,} answers taken")
    assert Answer.objects.filter(answer="removed").count() == MANY


def test_a_complaint_leads_to_reinstatement(people: str, story: Story, as_officer: As, as_provider: As) -> None:
    notice = story.returned.notices.get()
    page = as_provider("youtube")
    page.get_by_label(f"Choose {notice.reference}").check()
    page.locator("#answer").select_option("complaint")
    page.locator("#reason").fill("The uploader says it is a news report.")
    page.get_by_role("button", name="Answer those chosen").click()
    desk = as_officer("lena")
    desk.goto("/lists/answers/")
    expect(desk.get_by_text("The uploader says it is a news report.")).to_be_visible()
    for step, ruling in (("complaint", ""), ("scrutiny_decision", "overturned"), ("reinstatement", "")):
        desk.goto(f"/redress/{notice.reference}/")
        desk.locator("#kind").select_option(step)
        desk.locator("#ruling").select_option(ruling)
        desk.locator("#reason").fill("A news report, and a protected purpose.")
        desk.get_by_role("button", name="Record it").click()
    expect(desk.locator(".timeline")).to_contain_text("Reinstated")
    assert list(Proceeding.objects.order_by("pk").values_list("kind", flat=True)) == [
        "complaint",
        "scrutiny_decision",
        "reinstatement",
    ]
    assert Client().get(f"/redress/{notice.reference}/").status_code == 302

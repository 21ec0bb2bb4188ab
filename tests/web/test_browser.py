"""The first story in a real browser: sign in, open the operation, an item, the report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from tests import factories as make
from tests.web.conftest import Story

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"Chromium is not at {CHROMIUM}"),
]


@pytest.fixture
def unsafe_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Playwright's loop runs in the thread in which the test asks the database."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def desk(unsafe_is_meant: None, transactional_db: None, story: Story, live_server: LiveServer) -> Iterator[Page]:
    """A page of a browser of its own: the plugin's lives for the session, and its loop with it, in every later test."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(base_url=live_server.url)
        page.set_default_timeout(10_000)
        yield page
        browser.close()


def test_an_officer_signs_in_and_reads_an_operation_an_item_and_the_report(
    desk: Page, story: Story, settings: Settings, tmp_path: Path
) -> None:
    complaints: list[str] = []
    desk.on("console", lambda message: complaints.append(message.text))
    folder = tmp_path / "reports" / story.operation.slug
    folder.mkdir(parents=True)
    (folder / "report.html").write_text("<!DOCTYPE html><style>p{color:red}</style><p>The report itself</p>")
    settings.DATA = tmp_path
    make.officer("vera", "observe", password=make.PASSWORD)

    desk.goto("/operations/")
    expect(desk).to_have_title("Sign in – Cautery")
    desk.get_by_label("User name").fill("vera")
    desk.get_by_label("Password").fill(make.PASSWORD)
    desk.keyboard.press("Enter")
    desk.get_by_role("link", name="Summer").click()
    expect(desk.get_by_role("row", name=re.compile("Video House"))).to_be_visible()
    desk.get_by_role("link", name="Items").click()
    desk.get_by_role("link", name=f"Item {story.returned.pk}", exact=True).click()
    expect(desk.get_by_text("Answered: says removed")).to_be_visible()
    desk.get_by_role("link", name="Summer").first.click()
    desk.get_by_role("link", name="Report").click()
    frame = desk.frame_locator("iframe")
    expect(frame.get_by_text("The report itself")).to_be_visible()
    expect(frame.get_by_text("The report itself")).to_have_css("color", "rgb(255, 0, 0)")
    desk.get_by_role("button", name="Sign out").click()
    expect(desk).to_have_title("Sign in – Cautery")
    assert complaints == []


def test_no_page_is_wider_than_a_phone(desk: Page, story: Story) -> None:
    make.officer("vera", "observe", password=make.PASSWORD)
    desk.set_viewport_size({"width": 390, "height": 844})
    at = f"/operations/{story.operation.slug}/"
    desk.goto(f"/sign-in/?next={at}")
    desk.get_by_label("User name").fill("vera")
    desk.get_by_label("Password").fill(make.PASSWORD)
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Summer")
    for where in ("/operations/", at, f"{at}items/", f"{at}report/", f"/items/{story.returned.pk}/"):
        desk.goto(where)
        assert desk.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), where

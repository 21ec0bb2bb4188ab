"""Every page in a real browser: no barrier axe can find, no page wider than a phone, and a day in the queue by keyboard alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from cautery.review.models import Assessment, Quarantine
from tests import factories as make
from tests.web.conftest import Story, Work

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"Chromium is not at {CHROMIUM}"),
]
SIZES = {"desk": (1440, 900), "tablet": (1024, 768), "phone": (390, 844)}
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
SHOTS = os.environ.get("DESK_SHOTS", "")
"""A folder where each page is kept as a picture, where somebody wants to look at them."""

As = Callable[[str], Page]


@pytest.fixture
def browser_of_ours(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """Chromium; Playwright's loop runs in the thread in which the test asks the database."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def as_officer(transactional_db: None, browser_of_ours: Browser, live_server: LiveServer) -> As:
    """A page signed in as an officer who is there; its console must stay silent."""

    def sign_in(username: str, scheme: str = "light") -> Page:
        client = Client()
        client.force_login(make.Officer.objects.get(username=username))
        context = browser_of_ours.new_context(base_url=live_server.url, color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    return sign_in


def places(story: Story, item: str) -> dict[str, dict[str, str]]:
    """By officer the pages they see: name and address."""
    at, autumn = f"/operations/{story.operation.slug}/", "/operations/autumn/"
    return {
        "lena": {
            "operations": "/operations/",
            "overview": at,
            "room": f"{at}room/",
            "release": f"{autumn}room/",
            "items": f"{at}items/",
            "item": f"/items/{story.returned.pk}/",
            "report": f"{at}report/",
            "exposure": "/exposure/",
            "closed": "/closed/",
            "forbidden": f"{autumn}review/",
            "missing": "/nowhere/",
        },
        "rita": {"queue": f"{autumn}review/", "queue-item": item, "my-day": "/my-day/"},
        "sven": {"signing": f"{at}signing/", "signing-batch": f"{autumn}signing/"},
    }


@pytest.fixture
def people(story: Story, work: Work) -> str:
    """A leader, a reviewer with an item before her, a signer with a batch; the item's address."""
    for name, role, unit in (
        ("lena", "lead", "fr-pharos"),
        ("rita", "review", "fr-pharos"),
        ("sven", "sign", "de-meldestelle"),
    ):
        make.officer(name, role, unit=unit)
    make.decided(work.operation, limit=2)
    clients = {name: Client() for name in ("rita", "sven", "lena")}
    for name, client in clients.items():
        client.force_login(make.Officer.objects.get(username=name))
    clients["sven"].post("/operations/autumn/signing/take/")
    clients["lena"].post(f"/items/{story.waiting.pk}/stop/")
    return clients["rita"].post("/operations/autumn/review/next/")["Location"]


def looked_at(page: Page, name: str, where: str, size: str, scheme: str, problems: list[str]) -> None:
    """Go there, look, and note what is wrong."""
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.goto(where)
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        problems.append(f"{name}: wider than {width}")
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{scheme}.png", full_page=True)


def heard(problems: list[str], message: ConsoleMessage) -> None:
    """What a page complains of; that a page is missing or forbidden is what two of them are for."""
    if "404" not in message.text and "403" not in message.text:
        problems.append(message.text)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page_and_none_is_wider_than_a_phone(
    scheme: str, people: str, story: Story, as_officer: As
) -> None:
    problems: list[str] = []
    for officer, pages in places(story, people).items():
        page = as_officer(officer, scheme)
        page.on("console", partial(heard, problems))
        for name, where in pages.items():
            for size in SIZES if SHOTS else ("phone", "desk"):
                looked_at(page, name, where, size, scheme, problems)
            found = Axe().run(page, options=RULES).response["violations"]
            problems += [f"{name}: {v['id']} {[node['html'][:120] for node in v['nodes'][:3]]}" for v in found]
    assert problems == []


def test_a_day_in_the_queue_by_keyboard_alone(people: str, work: Work, as_officer: As) -> None:
    page = as_officer("rita")
    page.goto("/operations/autumn/review/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Item")
    first = page.get_by_role("heading", level=1).inner_text()
    page.keyboard.press("a")
    page.keyboard.press("r")
    page.keyboard.type("It glorifies the act, in so many words.")
    page.keyboard.press("Escape")
    page.keyboard.press("y")
    expect(page.get_by_role("button", name="Take it back")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).not_to_have_text(first)
    assert Assessment.objects.latest("pk").reason == "It glorifies the act, in so many words."
    page.keyboard.press("u")
    expect(page.get_by_role("heading", level=1)).to_have_text(first)
    page.keyboard.press("!")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(first)
    assert Quarantine.objects.filter(officer__username="rita").count() == 1


def test_a_reader_chooses_night_and_contrast_and_it_is_kept(people: str, as_officer: As) -> None:
    page = as_officer("lena")
    page.goto("/operations/")
    page.get_by_text("Display").click()
    page.get_by_role("button", name="Night").click()
    expect(page.locator("html")).to_have_css("background-color", "rgb(17, 22, 28)")
    page.goto("/closed/")
    expect(page.locator("html")).to_have_css("background-color", "rgb(17, 22, 28)")


def test_times_are_the_readers_with_utc_beside(people: str, browser_of_ours: Browser, live_server: LiveServer) -> None:
    client = Client()
    client.force_login(make.Officer.objects.get(username="lena"))
    context = browser_of_ours.new_context(base_url=live_server.url, timezone_id="Asia/Tokyo")
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.goto("/operations/summer/")
    expect(page.locator("time").first).to_contain_text("15 Jun 2026 15:00:00")
    expect(page.locator("time").first).to_contain_text("06:00:00 UTC")

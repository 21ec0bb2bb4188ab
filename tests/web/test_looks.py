"""Every page in a real browser: no barrier axe can find, no page wider than a phone, and a day in the queue by keyboard alone."""

from __future__ import annotations

import io
import os
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from babel.messages.pofile import read_po
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer
from scripts.messages import compiled

from cautery.directory.models import Officer
from cautery.directory.roles import PERMISSIONS
from cautery.review.models import Assessment, Quarantine
from cautery.web.access import NEEDS
from cautery.web.views.lists import LISTINGS
from tests import factories as make
from tests.web.conftest import CHROMIUM, STAFF, As, Story, Work
from tests.web.test_access import PATTERNS, READING, address

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"Chromium is not at {CHROMIUM}"),
]
SIZES = {"desk": (1440, 900), "tablet": (1024, 768), "phone": (390, 844)}
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
SHOTS = os.environ.get("DESK_SHOTS", "")
"""A folder where each page is kept as a picture, where somebody wants to look at them."""

CONTRAST = {"runOnly": ["color-contrast"]}
HANDS = {
    "day": {"theme": "light"},
    "night": {"theme": "dark"},
    "day-more": {"theme": "light", "contrast": "more"},
    "night-more": {"theme": "dark", "contrast": "more"},
}
SAMPLE = {"account", "item", "overview", "queue-item", "register", "release", "signing-batch"}
"""Pages with every part of the hand between them: looked at with more contrast, and from right to left."""

STICKS_OUT = """() => [...document.querySelectorAll("main *")].filter((node) => {
  const box = node.getBoundingClientRect();
  return box.width && (box.left < -1 || box.right > document.documentElement.clientWidth + 1) && !node.closest(".scroll");
}).slice(0, 4).map((node) => node.outerHTML.slice(0, 120))"""
"""What of a page stands outside its window, where nothing scrolls it."""

ARABIC = Path(__file__).parent / "arabic.po"
"""A part of the desk in Arabic, so that its pages have real letters from right to left."""


def places(story: Story, item: str) -> dict[str, dict[str, str]]:
    """By officer the pages they see: name and address. Every route that answers with a page is in it."""
    at, autumn = f"/operations/{story.operation.slug}/", "/operations/autumn/"
    known = {
        "lena": {"release": f"{autumn}room/", "forbidden": f"{autumn}review/", "missing": "/nowhere/"},
        "rita": {"queue": f"{autumn}review/", "queue-item": item, "my-day": "/my-day/", "account": "/me/"},
        "sven": {"signing": f"{at}signing/", "signing-batch": f"{autumn}signing/"},
    }
    for name, listing in LISTINGS.items():
        who = "lena" if listing.permission in PERMISSIONS["lead"] else "ada"
        known.setdefault(who, {})[f"list {name}"] = f"/lists/{name}/"
    for name in sorted(set(READING) - {"queue-item", "listing", "report-raw"}):
        needed = getattr(PATTERNS[name].callback, NEEDS)
        officer = next(officer for officer, role in STAFF.items() if needed in PERMISSIONS[role])
        client = Client()
        client.force_login(Officer.objects.get(username=officer))
        answer = client.get(address(name, story))
        if not answer.streaming and answer.status_code == 200 and answer.content.startswith(b"<!DOCTYPE html>"):
            known.setdefault(officer, {}).setdefault(name, address(name, story))
    return known


def fits(page: Page, name: str, size: str, problems: list[str], shot: str = "") -> None:
    """Look at the page at this size, and note where it is wider than its window."""
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        problems.append(f"{name}: wider than {width}: {page.evaluate(STICKS_OUT)}")
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{shot}.png", full_page=True)


def barriers(page: Page, name: str, options: dict[str, Any]) -> list[str]:
    """What axe finds."""
    found = Axe().run(page, options=options).response["violations"]
    return [f"{name}: {one['id']} {[node['html'][:120] for node in one['nodes'][:3]]}" for one in found]


def heard(problems: list[str], message: ConsoleMessage) -> None:
    """What a page complains of; that a page is missing or forbidden is what two of them are for."""
    if "404" not in message.text and "403" not in message.text:
        problems.append(message.text)


def looked_at(page: Page, name: str, problems: list[str]) -> None:
    """Look at the page that is there: all rules by day, contrast by night and where more of it is wanted, and its width."""
    for hand, tokens in HANDS.items():
        if "more" in hand and name not in SAMPLE and not SHOTS:
            continue
        page.evaluate("hand => Object.assign(document.documentElement.dataset, hand)", tokens)
        problems += barriers(page, f"{name}, {hand}", RULES if hand == "day" else CONTRAST)
        if SHOTS:
            for size in SIZES:
                fits(page, name, size, problems, hand)
    for size in ("phone", "desk"):
        fits(page, name, size, problems, "night")


def test_axe_finds_nothing_on_any_page_in_any_light_and_none_is_wider_than_a_phone(
    people: str, story: Story, as_officer: As
) -> None:
    problems: list[str] = []
    for officer, pages in places(story, people).items():
        page = as_officer(officer)
        page.on("console", partial(heard, problems))
        for name, where in pages.items():
            page.goto(where)
            looked_at(page, name, problems)
    assert problems == []


def test_the_provider_desk_has_no_barrier_and_fits_a_phone(people: str, story: Story, as_provider: As) -> None:
    problems: list[str] = []
    page = as_provider("youtube")
    reference = story.returned.notices.get().reference
    for name, where in {
        "notices": "/provider/",
        "notice": f"/provider/notices/{reference}/",
        "enter": "/provider/enter/",
    }.items():
        page.goto(where)
        looked_at(page, f"provider-{name}", problems)
    assert problems == []


def test_from_right_to_left_everything_turns_and_nothing_sticks_out(
    people: str, story: Story, as_officer: As, settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "ar/LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.mo").write_bytes(compiled(read_po(io.BytesIO(ARABIC.read_bytes()), locale="ar")))
    settings.LOCALE_PATHS, settings.LANGUAGES = [tmp_path], [*settings.LANGUAGES, ("ar", "العربية")]
    Officer.objects.update(language="ar")
    problems: list[str] = []
    for officer, pages in places(story, people).items():
        page = as_officer(officer)
        for name, where in pages.items():
            if name not in SAMPLE:
                continue
            page.goto(where)
            assert page.locator("html").get_attribute("dir") == "rtl", name
            for size in ("phone", "desk"):
                fits(page, name, size, problems, "rtl")
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto("/me/")
        brand, who = page.locator(".brand").bounding_box(), page.locator(".who").bounding_box()
        assert brand is not None
        assert who is not None
        assert brand["x"] > who["x"]
    assert problems == []


def test_a_day_in_the_queue_by_keyboard_alone(people: str, work: Work, as_officer: As) -> None:
    page = as_officer("rita")
    page.goto("/operations/autumn/review/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Item")
    page.wait_for_load_state()  # keys are heard once its script has run
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

"""The first day in a real browser, from the token of the terminal to a passkey: axe finds nothing on any of its pages."""

from __future__ import annotations

import os
import time
from base64 import b32decode
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from cautery.core import otp
from cautery.directory.people import first
from cautery.directory.people.models import Passkey
from tests.web.conftest import CHROMIUM
from tests.web.test_looks import RULES, SIZES

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"Chromium is not at {CHROMIUM}"),
]
SHOTS = os.environ.get("DESK_SHOTS", "")
PASSWORD = "specimen pass phrase"


@dataclass
class Looking:
    """Looks at each page by day and by night: axe, its width on a phone, and what the console says."""

    problems: list[str] = field(default_factory=list)

    def at(self, page: Page, name: str) -> None:
        """Look at the page that is there."""
        page.wait_for_load_state("networkidle")
        for size in SIZES if SHOTS else ("phone", "desk"):
            width, height = SIZES[size]
            page.set_viewport_size({"width": width, "height": height})
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                self.problems.append(f"{name}: wider than {width}")
            for scheme in ("dark", "light") if SHOTS else ():
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{scheme}.png", full_page=True)
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page, options=RULES).response["violations"]
            nodes = [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in found]
            self.problems += [f"{name}, {scheme}: {problem}" for problem in nodes]


def person(browser: Browser, server: LiveServer, looking: Looking) -> Page:
    """A person at a browser of their own, with an authenticator that keeps passkeys and knows them."""
    context: BrowserContext = browser.new_context(base_url=server.url, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.on("console", lambda message: looking.problems.append(message.text))
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def set_up(page: Page, token: str, looking: Looking) -> list[str]:
    """Walk through the set-up; the links of the two people."""
    page.goto("/")
    looking.at(page, "set-up-door")
    page.get_by_label("Token of the terminal").fill(token)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Set it up").wait_for()
    looking.at(page, "set-up")
    page.get_by_role("link", name="Begin").click()
    looking.at(page, "set-up-unit")
    page.get_by_label("Name", exact=True).fill("Specimen Unit")
    page.get_by_label("State, two letters").fill("fr")
    page.get_by_role("button", name="Continue").click()
    looking.at(page, "set-up-people")
    for place, name in (("First key", "ada"), ("Second key", "bo")):
        part = page.get_by_role("group", name=place)
        part.get_by_label("Name", exact=True).fill(name.title())
        part.get_by_label("User name").fill(name)
    page.get_by_role("button", name="Make their links").click()
    page.get_by_role("heading", name="A link for each").wait_for()
    looking.at(page, "set-up-links")
    links = page.locator(".link-once").all_inner_texts()
    for step in ("Providers", "Mail", "Keys", "Done"):
        page.get_by_role("link", name="Continue").click()
        page.get_by_role("heading", name=step, level=1).wait_for()
        looking.at(page, f"set-up-{step.lower()}")
    page.get_by_role("button", name="Close the set-up").click()
    page.get_by_role("heading", name="Sign in").wait_for()
    looking.at(page, "sign-in")
    return links


def come_in(page: Page, link: str, looking: Looking) -> None:
    """Follow the link, choose a password, add a passkey as one must."""
    page.goto(link)
    looking.at(page, "welcome")
    page.get_by_label("Password, at least").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Come in").click()
    page.goto("/operations/")
    expect(page.get_by_role("alert")).to_contain_text("add a second factor")
    looking.at(page, "account-lacking")
    page.get_by_label("Name for a new one").fill("work laptop")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    looking.at(page, "recovery-codes")
    page.get_by_role("link", name="I have them on paper").click()
    expect(page.get_by_text("work laptop", exact=True)).to_be_visible()
    looking.at(page, "account")


def with_a_passkey(page: Page, looking: Looking) -> None:
    """Out; in with the passkey alone; out; in with password and passkey."""
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("heading", name="Operations").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("User name").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Second step").wait_for()
    looking.at(page, "second-step")
    page.get_by_role("button", name="Use your passkey").click()
    page.get_by_role("heading", name="Operations").wait_for()


def add_an_app(page: Page, looking: Looking) -> None:
    """An app that makes codes, whose key is typed off the page."""
    page.goto("/me/")
    page.get_by_role("button", name="Set up an app").click()
    page.get_by_role("heading", name="Set up an app").wait_for()
    looking.at(page, "code-app")
    page.get_by_text("Type the key instead").click()
    key = b32decode("".join(page.locator(".key-letters code").all_inner_texts()))
    page.get_by_label("Code", exact=True).fill(otp.code_of(key, otp.step_at(time.time())))
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_text("Signing in asks for a code of your app.")).to_be_visible()
    page.goto("/me/log/")
    looking.at(page, "own-log")


def test_the_first_day_from_the_terminals_token_to_a_passkey(
    browser_of_ours: Browser,
    transactional_db: None,
    live_server: LiveServer,
    settings: Settings,
    tmp_path: Path,
) -> None:
    settings.DATA, settings.SECOND_FACTOR = tmp_path, "keys"
    looking = Looking()
    token = first.offer()
    assert token is not None
    links = set_up(person(browser_of_ours, live_server, looking), token, looking)
    page = person(browser_of_ours, live_server, looking)
    come_in(page, links[0], looking)
    with_a_passkey(page, looking)
    add_an_app(page, looking)
    assert looking.problems == []
    assert Passkey.objects.get(officer__username="ada").used_at is not None

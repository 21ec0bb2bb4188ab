"""An operation with one item of every kind of story, and people who may or may not see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from cautery.core.availability import Verdict
from cautery.directory.actions import give_provider_key
from cautery.directory.models import Provider
from cautery.fetch import clock
from cautery.intake.models import Episode, Item, Operation
from cautery.match.models import BankEntry
from cautery.track.models import Tracking
from cautery.watch.actions import Candidate, reopen_returned, sight
from cautery.watch.models import Way
from tests import factories as make

VIDEO = "https://www.youtube.com/watch?v={:011d}"
CHROMIUM = Path("/usr/bin/chromium")
TRICKY = "<script>alert(1)</script> \u202egpj.exe"


@dataclass(frozen=True)
class Story:
    """What there is: the operation, an item that was removed and came back, one dismissed, one just flagged."""

    operation: Operation
    returned: Item
    dismissed: Item
    waiting: Item


@pytest.fixture
def story(db: None) -> Story:
    """One operation through all its stages, by the actions."""
    frame, host = make.operation(), make.provider(name="Video House")
    note = "=cmd|' /C calc'!A0"
    (dismissed,) = make.flagged(frame, [VIDEO.format(1)], note=note, key="first")
    (returned,) = make.flagged(frame, [VIDEO.format(2)], note=note, key="second")
    make.identified([dismissed, returned], host=host, title=TRICKY, text=f"{TRICKY}\nhttps://elsewhere.example/")
    make.matched([dismissed, returned], label="Specimen film")
    make.decided(frame, outcome="dismissed", limit=1, reason="A newspaper reports.")
    make.decided(frame)
    make.signed(frame)
    notices = make.composed(host)
    make.released(frame)
    make.sent(host)
    make.answered(notices)
    make.probed([returned.pk], at=make.hours(26))
    make.probed([returned.pk], Verdict.UP, at=make.hours(50))
    again = list(Tracking.objects.filter(returned_at__isnull=False).select_related("item"))
    reopen_returned(frame, again, by=make.SYSTEM, at=make.hours(50))
    found = Candidate(VIDEO.format(3), "youtube:video:00000000003", Way.SEARCH, 0.9, "a similar title", returned.item)
    sight(frame, [found], by=make.SYSTEM, at=make.hours(52))
    return Story(frame, returned.item, dismissed.item, Item.objects.get(identity=found.identity))


@pytest.fixture
def reader(story: Story, client: Client) -> Client:
    """Signed in as an officer who may read."""
    client.force_login(make.officer("observer", "observe"))
    return client


@pytest.fixture
def outsider(story: Story) -> Client:
    """Signed in as an officer without any role."""
    client = Client()
    client.force_login(make.officer("outsider"))
    return client


SPECIMEN = "https://www.youtube.com/watch?v={:011d}"


@dataclass(frozen=True)
class Work:
    """What waits: episodes in review, two of them copies of one thing, one like known content of the highest degree."""

    operation: Operation
    plain: Episode
    copies: list[Episode]
    known: Episode


@pytest.fixture
def work(db: None) -> Work:
    """An operation with five items in review and nobody at work yet."""
    frame, host = make.operation("autumn", t0=make.hours(24)), make.provider(name="Video House")
    episodes = make.flagged(frame, [SPECIMEN.format(n) for n in range(100, 105)], key="work")
    for number, episode in enumerate(episodes):
        image = b"copies" if number in {1, 2} else f"own {number}".encode()
        make.identified([episode], host=host, title=f"Specimen {number}", text=TRICKY, image=image)
    make.matched(episodes[:4])
    make.matched(episodes[4:], label="Specimen film of degree four", image=b"own 4")
    BankEntry.objects.update(severity=4)
    return Work(frame, episodes[0], episodes[1:3], episodes[4])


@pytest.fixture
def reviewer(work: Work, client: Client) -> Client:
    """Signed in as a reviewer."""
    client.force_login(make.officer("rita", "review"))
    return client


As = Callable[..., Page]
"""A page in the browser, by whose it is and the colours its system wishes."""

STAFF = {"lena": "lead", "rita": "review", "sven": "sign", "olga": "observe", "ada": "administer"}
"""Officers of the pages, with their role."""


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
        context = browser_of_ours.new_context(
            base_url=live_server.url,
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
            timezone_id="Europe/Berlin",
        )
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    return sign_in


@pytest.fixture
def as_provider(transactional_db: None, browser_of_ours: Browser, live_server: LiveServer) -> As:
    """A page of the provider desk, entered with a key of this provider."""

    def enter(slug: str, scheme: str = "light") -> Page:
        secret = give_provider_key(Provider.objects.get(slug=slug), "desk", by=make.SYSTEM, at=clock().now())
        context = browser_of_ours.new_context(
            base_url=live_server.url,
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto("/provider/enter/")
        page.get_by_label("Your key").fill(secret)
        page.get_by_role("button", name="Enter").click()
        return page

    return enter


@pytest.fixture
def people(story: Story, work: Work) -> str:
    """A leader, a reviewer with an item before her, a signer with a batch; the item's address."""
    for name, role in STAFF.items():
        make.officer(name, role, unit="de-meldestelle" if name == "sven" else "fr-pharos")
    make.decided(work.operation, limit=2)
    clients = {name: Client() for name in ("rita", "sven", "lena")}
    for name, client in clients.items():
        client.force_login(make.Officer.objects.get(username=name))
    clients["sven"].post("/operations/autumn/signing/take/")
    clients["lena"].post(f"/items/{story.waiting.pk}/stop/")
    return clients["rita"].post("/operations/autumn/review/next/")["Location"]

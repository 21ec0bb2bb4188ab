"""An operation with one item of every kind of story, and people who may or may not see it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client

from cautery.core.availability import Verdict
from cautery.intake.models import Episode, Item, Operation
from cautery.match.models import BankEntry
from cautery.track.models import Tracking
from cautery.watch.actions import Candidate, reopen_returned, sight
from cautery.watch.models import Way
from tests import factories as make

VIDEO = "https://www.youtube.com/watch?v={:011d}"
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

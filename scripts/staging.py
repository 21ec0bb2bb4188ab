"""Work for the pictures of `make screens`: a second operation with harmless specimens that wait, and who is signed in."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from random import Random

from django.test import Client
from tests import factories as make

from cautery.fetch import clock
from cautery.intake.models import Item, Operation
from cautery.match.models import BankEntry
from cautery.refer.models import Notice
from cautery.track.models import OutLink, Tracking

WORDS = (
    (
        "Specimen film, part four",
        "Harmless words of the rehearsal that stand for a call.\nThey are here so that the page has something to show.",
    ),
    ("عينة من التدريب", "كلمات غير ضارة من التدريب، تقف مكان دعوة.\nHarmless words in two directions."),
    ("Ein Übungsstück", "Harmlose Worte der Übung."),
)
LINK = "https://www.youtube.com/watch?v=scr{:08d}"
ACCOUNTS = ("https://x.com/specimen{}", "https://t.me/specimen{}", "https://www.instagram.com/specimen{}")
HUBS, AROUND, BETWEEN, SEED = 9, 22, 40, 7
"""Accounts many link to, accounts around each, and links between any two of these."""


def stage() -> dict[str, str]:
    """Add the operation `autumn`; where things are, and the session of each role."""
    rehearsed = Operation.objects.order_by("pk").first()
    if rehearsed is None:
        raise LookupError("the register holds no operation: rehearse first")
    now = clock().now()
    frame, host = make.operation("autumn", t0=now + timedelta(hours=26)), make.provider(name="Video House")
    episodes = make.flagged(frame, [LINK.format(n) for n in range(9)], key="screens", at=now)
    for number, episode in enumerate(episodes):
        title, text = WORDS[number % len(WORDS)]
        image = b"screens copies" if number in {0, 3, 6} else f"screens {number}".encode()
        make.identified([episode], host=host, title=title, text=text, image=image, at=now)
    copies = [episodes[n] for n in (0, 3, 6)]
    make.matched([e for e in episodes if e not in copies], at=now)
    make.matched(copies, label="Specimen film", image=b"screens copies", at=now)
    BankEntry.objects.filter(label="Specimen film").update(severity=3)
    make.decided(frame, limit=4, reason="It calls for the act, in so many words.", at=now)
    officers = {
        "lead": make.officer("lena", "lead"),
        "review": make.officer("rita", "review"),
        "sign": make.officer("sven", "sign", unit="de-meldestelle"),
    }
    _linked(now)
    known = {"slug": rehearsed.slug, "provider": _written_to(rehearsed)}
    returned = Tracking.objects.filter(returned_at__isnull=False).first() or Tracking.objects.first()
    known["returned"] = str(returned.item_id if returned else episodes[0].item_id)
    for role, officer in officers.items():
        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(officer)
        known[f"session {role}"] = client.cookies["sessionid"].value
        if role == "review":
            known["item"] = client.post("/operations/autumn/review/next/")["Location"]
        if role == "sign":
            client.post("/operations/autumn/signing/take/")
    return known


def _written_to(operation: Operation) -> str:
    """The provider most notices of an operation went to."""
    counted = Counter(Notice.objects.filter(operation=operation).values_list("provider__slug", flat=True))
    return str(counted.most_common(1)[0][0])


def _linked(now: datetime) -> None:
    """The operation `winter`: accounts that link to one another, some of them confirmed and some before people."""
    chance = Random(SEED)  # noqa: S311 (links of a picture)
    frame = make.operation("winter", t0=now + timedelta(days=9))
    names = [chance.choice(ACCOUNTS).format(f"{n:03}") for n in range(HUBS * (AROUND + 1))]
    for key, part in (("confirmed", names[::2]), ("waiting", names[1::2])):
        episodes = make.flagged(frame, part, key=key, at=now)
        make.identified(episodes, at=now)
        make.matched(episodes, at=now)
        if key == "confirmed":
            make.decided(frame, at=now)
    items = list(Item.objects.filter(episodes__operation=frame).order_by("pk"))
    hubs, others = items[:HUBS], items[HUBS:]
    pairs = [(other, hubs[chance.randrange(min(n // AROUND + 2, HUBS))]) for n, other in enumerate(others)]
    pairs += [(hub, hubs[(n + 1) % HUBS]) for n, hub in enumerate(hubs)]
    pairs += [(chance.choice(others), chance.choice(others)) for _ in range(BETWEEN)]
    rows = {
        (a.pk, b.identity): OutLink(item=a, identity=b.identity, url=b.url, first_seen_at=now)
        for a, b in pairs
        if a != b
    }
    OutLink.objects.bulk_create(rows.values())

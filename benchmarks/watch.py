"""A million watches on one machine: planning looks, weighing candidates, reading lists of new domains, ending what is over.

    .venv/bin/python benchmarks/watch.py [WATCHES]

There is no published peer that does this; the yardstick is the day: a million looks a day is 86 ms each on one core. CPU seconds
of this process; the database is SQLite in a temporary folder.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

os.environ.update(CAUTERY_DATA=tempfile.mkdtemp(prefix="cautery-watch-"), DJANGO_SETTINGS_MODULE="cautery.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from cautery.core.actors import system  # noqa: E402
from cautery.core.availability import Judged, Verdict  # noqa: E402
from cautery.core.domains import lookalikes  # noqa: E402
from cautery.core.kinship import Traits  # noqa: E402
from cautery.core.schedule import next_probe  # noqa: E402
from cautery.ground.rows import chunks  # noqa: E402
from cautery.intake.models import Batch, Episode, Item, Operation  # noqa: E402
from cautery.track.actions import Looked, record_probes, standings  # noqa: E402
from cautery.track.models import Tracking  # noqa: E402
from cautery.track.steps import RECORDED_AT_ONCE  # noqa: E402
from cautery.watch.ending import end_watches  # noqa: E402
from cautery.watch.memory import Known, Memory, best_account  # noqa: E402
from cautery.watch.models import Watch, Way, What  # noqa: E402
from cautery.watch.queries import domains_like  # noqa: E402

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
BOOKED = 100_000
"""Looks that are booked: enough to say what one costs."""
WORDS = ("harbour", "lantern", "beacon", "quarry", "meadow", "orchard", "willow", "copper", "granite", "saffron")


def main(n: int) -> None:
    """Print a row a step."""
    call_command("migrate", verbosity=0)
    chance = random.Random(7)
    measured("plan the next look of each", n, lambda: plan(n))
    book(BOOKED)
    measured("write them as running watches", n, lambda: write(n))
    measured("find and end the tenth that is over", n, end)
    memory = Memory()
    measured("remember them (handles of one provider)", n, lambda: remember(memory, n, chance))
    candidates = [f"{chance.choice(WORDS)}_{chance.choice(WORDS)}{chance.randrange(n)}_2" for _ in range(1_000)]
    measured("weigh a step's candidates against all", 1_000, lambda: weigh_all(memory, candidates))
    names = [f"{chance.choice(WORDS)}{chance.choice(WORDS)}{place}.example" for place in range(n)]
    watched = [Watch(pk=k, subject=f"{a}-{b}.org") for k, (a, b) in enumerate((a, b) for a in WORDS for b in WORDS)]
    taken = [one.domain for watch in watched[:10] for one in list(lookalikes(watch.subject))[:3]]
    measured("compare new names with 100 domains", n, lambda: sum(1 for _ in domains_like(names + taken, watched)))


def measured(what: str, n: int, step: Callable[[], object]) -> None:
    """Run a step once and say what it cost."""
    began, cpu = time.perf_counter(), time.process_time()
    step()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - began
    print(f"{what:42} {n:>10,} {cpu:8.1f} s CPU {wall:8.1f} s {cpu / n * 1e6:10.1f} µs each")


def book(n: int) -> None:
    """Write so many items that are followed, then keep a look at each: standing, history and entry of the log."""
    unit = Batch.objects.create(
        operation=Operation.objects.create(slug="b", name="b", starts_at=NOW), source="b", key="b", received_at=NOW
    )
    for some in chunks(range(n), 10_000):
        items = [
            Item(
                identity=f"p:post:{k}",
                provider="p",
                kind="post",
                key=str(k),
                url=f"https://p.example/{k}",
                first_batch=unit,
                first_flagged_at=NOW,
            )
            for k in some
        ]
        Item.objects.bulk_create(items, batch_size=500)
        episodes = [
            Episode(item=i, operation=unit.operation, number=1, opened_at=NOW, opened_by="flag", due_at=NOW)
            for i in items
        ]
        Episode.objects.bulk_create(episodes, batch_size=500)
        Tracking.objects.bulk_create(
            (Tracking(episode=e, item=e.item, referred_at=NOW) for e in episodes), batch_size=500
        )
    keys = list(Tracking.objects.order_by("pk").values_list("pk", flat=True))
    measured("book a look at each", n, lambda: looked_at(keys))


def looked_at(keys: list[int]) -> None:
    """As the probing step does, so many at a time."""
    for some in chunks(keys, RECORDED_AT_ONCE):
        looks = [Looked(one, Judged(Verdict.REMOVED, "410, the page says so"), 410) for one in standings(some)]
        record_probes(looks, by=system("track"), at=NOW + timedelta(hours=1))


def plan(n: int) -> None:
    """The next look of each, as after a probe."""
    for number in range(n):
        since = NOW - timedelta(minutes=number % 5_000)
        next_probe(NOW, referred_at=since, verdict=Verdict.REMOVED, kind="post", unsure_in_a_row=0, down_since=since)


def write(n: int) -> None:
    """Running watches, a tenth of them over."""
    rows = (
        Watch(
            what=What.FILE,
            subject=f"{number:064x}",
            ground="a decision",
            by="a",
            seconded_by="b",
            began_at=NOW,
            expires_at=NOW + timedelta(days=number % 10),
        )
        for number in range(n)
    )
    Watch.objects.bulk_create(rows, batch_size=500)


def end() -> None:
    """All that are over, a batch at a time."""
    while end_watches(NOW, by=system("watch")):
        pass


def remember(memory: Memory, n: int, chance: random.Random) -> None:
    """Accounts decided on."""
    for number in range(n):
        handle = f"{chance.choice(WORDS)}_{chance.choice(WORDS)}{number}"
        memory._add(Known(number + 1, number, 1, "chirp", "account", Traits(handle=handle), NOW))


def weigh_all(memory: Memory, candidates: list[str]) -> None:
    """What each of these most likely comes after."""
    for candidate in candidates:
        best_account(memory, "chirp", "account", Traits(handle=candidate), NOW.timestamp(), Way.SEARCH)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)

"""The desk on a large register: server time of each page, p50 and p95 (`python benchmarks/desk.py [ITEMS] [ROUNDS]`).

A register of ITEMS items (a million unless given), a tenth of them open in review, is made by bulk statements in a folder that
is removed again, on SQLite, or on the PostgreSQL that DATABASE_URL names. Beside it, in the same run, what a search was without
the index: a look through every row.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

DATA = tempfile.mkdtemp(prefix="cautery-bench-")
os.environ |= {"CAUTERY_DATA": DATA, "CAUTERY_MODE": "rehearsal", "DJANGO_SETTINGS_MODULE": "cautery.settings"}

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from cautery.core.actors import Permission, system  # noqa: E402
from cautery.core.lifecycle import EpisodeState  # noqa: E402
from cautery.directory.actions import import_directory  # noqa: E402
from cautery.directory.models import Officer, Unit  # noqa: E402
from cautery.ground.rows import chunks, insert_many, learn_sizes  # noqa: E402
from cautery.intake.actions import create_operation  # noqa: E402
from cautery.intake.models import Batch, Episode, Item  # noqa: E402
from cautery.report.register.actions import index_waiting  # noqa: E402

NOW = datetime.fromisoformat("2026-06-15T06:00:00+00:00")
BY = system("bench", *Permission)
PROVIDERS = [f"provider{n:02}" for n in range(40)]
WORDS = ["bulletin", "archiv", "nashra", "kanal", "report", "media", "quelle", "journal", "voice", "signal"]
STATES = [EpisodeState.IN_REVIEW, *[EpisodeState.DISMISSED] * 3, *[EpisodeState.CLOSED] * 6]


def items(batch: Batch, count: int) -> Iterator[Item]:
    """Made-up items: links, keys and owners that repeat as real ones do."""
    draw = random.Random(7)
    for n in range(1, count + 1):
        provider, word = PROVIDERS[int(40 * draw.random() ** 2)], draw.choice(WORDS)
        key, owner = f"{draw.randrange(16**10):010x}", f"{word}_{int(20_000 * draw.random() ** 2)}"
        url = f"https://www.{provider}.example/{owner}/{key}"
        at = NOW + timedelta(seconds=n)
        yield Item(
            pk=n, identity=f"{provider}:post:{key}{n}", provider=provider, kind="post", key=key, owner=owner, url=url,
            first_batch=batch, first_flagged_at=at,
        )  # fmt: skip


def fill(count: int) -> None:
    """The register, and its index by the step itself."""
    import_directory({"units": [{"slug": "u", "name": "Unit", "state": "FR"}]}, by=BY, at=NOW)
    everything = {"id": "00000000-0000-4000-8000-000000000001", "username": "b", "name": "B", "unit": "u"}
    import_directory({"officers": [everything | {"roles": ["observe", "administer"]}]}, by=BY, at=NOW)
    frame = create_operation("bench", "Bench", starts_at=NOW, t0=None, ends_at=None, by=BY, at=NOW)
    batch = Batch.objects.create(operation=frame, unit=Unit.objects.get(), source="list", key="b", received_at=NOW)
    named = ["id", "identity", "provider", "kind", "key", "owner", "url", "first_batch", "first_flagged_at"]
    lived = [
        "item",
        "operation",
        "number",
        "opened_at",
        "opened_by",
        "state",
        "due_at",
        "attempts",
        "captured",
        "lease_holder",
    ]
    lived = [name for name in lived if name in {field.name for field in Episode._meta.get_fields()}]
    for some in chunks(items(batch, count), 20_000):
        with transaction.atomic():
            insert_many(some, named)
            episodes = [
                Episode(
                    item=item, operation=frame, number=1, opened_at=item.first_flagged_at, opened_by="flag",
                    state=STATES[item.pk % 10], due_at=NOW,
                )
                for item in some
            ]  # fmt: skip
            Episode.objects.bulk_create(episodes, batch_size=2_000)
    began = time.perf_counter()
    while index_waiting(5_000):
        pass
    print(f"indexed at {count / (time.perf_counter() - began):,.0f} items/s", flush=True)
    learn_sizes()


def measured(name: str, ask: Callable[[], object], rounds: int) -> None:
    """Server milliseconds of one page."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        ask()
        took.append((time.perf_counter() - began) * 1_000)
    took.sort()
    p95 = took[min(len(took) - 1, int(0.95 * len(took)))]
    print(f"{name:<44}{took[len(took) // 2]:>9.1f}{p95:>9.1f}{'' if p95 < 150 else '  over 150'}", flush=True)


PAGES = {
    "operations": "/operations/",
    "overview": "/operations/bench/",
    "items of an operation": "/operations/bench/items/",
    "register": "/register/",
    "register, in review": "/register/?state=in_review",
    "register, of an operation in review": "/register/?operation=bench&state=in_review",
    "register, rarest provider in review": "/register/?provider=provider39&state=in_review",
    "register, a filter nothing fits": "/register/?kind=video",
    "search, a common word": "/register/?q=bulletin",
    "search, a word in every link": "/register/?q=example",
    "search, a handle": "/register/?q=bulletin_777",
    "search, two words, in review": "/register/?q=bulletin+provider03&state=in_review",
    "search, nothing there": "/register/?q=nowhere+anywhere",
    "search, a hash": f"/register/?q={'0' * 64}",
    "a domain": "/register/?domain=provider39.example",
    "an outlet": "/register/?outlet=provider00/bulletin_7",
    "outlets": "/lists/outlets/",
    "outlets by name": "/lists/outlets/?q=kanal_1",
    "domains": "/lists/domains/",
    "providers": "/lists/providers/",
    "interests": "/lists/holds/",
    "answers": "/lists/answers/",
    "known content": "/bank/",
    "an item": "/items/1/",
}


def main(count: int, rounds: int) -> None:
    """Print the table."""
    call_command("migrate", verbosity=0)
    setup_test_environment()
    fill(count)
    client = Client()
    client.force_login(Officer.objects.get())

    def page(where: str) -> Callable[[], object]:
        def ask() -> None:
            status = client.get(where).status_code
            if status != 200:
                raise SystemExit(f"{where}: {status}")

        return ask

    print(
        f"{count:,} items, {count // 10:,} in review; {rounds} rounds\n{'page':<44}{'p50 ms':>9}{'p95 ms':>9}",
        flush=True,
    )
    for name, where in PAGES.items():
        measured(name, page(where), rounds)
    plain = Item.objects.filter(url__icontains="bulletin_777").order_by("-pk")
    measured("(the same handle without the index)", lambda: list(plain[:50]), min(rounds, 3))


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, int(sys.argv[2]) if len(sys.argv) > 2 else 20)
    finally:
        shutil.rmtree(DATA, ignore_errors=True)

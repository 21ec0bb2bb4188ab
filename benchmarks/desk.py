"""The desk on a large register: server time of each page, p50 and p95 (`python benchmarks/desk.py [ITEMS] [ROUNDS]`).

A register of ITEMS items (a million unless given), a tenth of them open in review, is made by big/load.py in a folder that
is removed again, on SQLite, or on the PostgreSQL that DATABASE_URL names. CAUTERY_BENCH_DATA names a folder that is kept and
used again. Beside it, in the same run, what a search was without the index: a look through every row.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping

KEPT = os.environ.get("CAUTERY_BENCH_DATA", "")
DATA = KEPT or tempfile.mkdtemp(prefix="cautery-bench-")
os.environ |= {"CAUTERY_DATA": DATA, "CAUTERY_MODE": "rehearsal", "DJANGO_SETTINGS_MODULE": "cautery.settings"}

import django  # noqa: E402

django.setup()

from big.load import fill  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client, RequestFactory  # noqa: E402

from cautery import wsgi  # noqa: E402 (as the server begins: all is read, and set apart from garbage collection)
from cautery.directory.models import Officer  # noqa: E402
from cautery.ground.rows import learn_sizes  # noqa: E402
from cautery.intake.models import Item  # noqa: E402
from cautery.report.models import Tally  # noqa: E402
from cautery.report.register.actions import index_waiting  # noqa: E402
from cautery.web.views.room import PANEL  # noqa: E402

ROUNDS = 20


def index() -> None:
    """Index what waits, by the step itself; say how fast."""
    began, done = time.perf_counter(), 0
    while some := index_waiting(5_000):
        done += some
    print(f"indexed at {done / (time.perf_counter() - began):,.0f} items/s", flush=True)


def answered(where: str, headers: Mapping[str, str]) -> None:
    """One request to the application that granian serves, and all of its answer; ends the benchmark where that is not 200."""
    told: list[str] = []
    environ = RequestFactory(headers=headers).get(where).environ
    answer = wsgi.application(environ, lambda status, _headers: told.append(status))
    for _ in answer:
        pass
    answer.close()
    if not told[0].startswith("200"):
        raise SystemExit(f"{where}: {told[0]}")


def measured(name: str, ask: Callable[[], object], rounds: int) -> None:
    """Server milliseconds of one page, by the wall and of the processor; the first answer warms, and counts in neither."""
    ask()
    for thread in threading.enumerate():
        if thread.name == "counting":
            thread.join()
    wall, spent = [], []
    for _ in range(rounds):
        began, used = time.perf_counter(), time.thread_time()
        ask()
        wall.append((time.perf_counter() - began) * 1_000)
        spent.append((time.thread_time() - used) * 1_000)
    p95 = _part(spent, 0.95)
    line = f"{name:<40}{_part(wall, 0.5):>9.1f}{_part(wall, 0.95):>9.1f}{_part(spent, 0.5):>9.1f}{p95:>9.1f}"
    print(line + ("" if p95 < 150 else "  over 150"), flush=True)


def watched(ask: Callable[[], object], viewers: int = 50) -> None:
    """What a room costs that so many look at: each asks every ten seconds, and every five its moving part is drawn anew."""

    def spent(times: int) -> float:
        began = time.thread_time()
        for _ in range(times):
            ask()
        return (time.thread_time() - began) / times

    PANEL.forget_all()
    drawn, shown = spent(1), spent(viewers)
    share = (2 * drawn + viewers * shown) / 10
    print(
        f"room with {viewers} viewers: {share:.1%} of a core (drawn in {drawn * 1e3:.0f} ms, shown in {shown * 1e3:.1f} ms);"
    )
    print("  counting an operation anew takes at most one part in twenty of a core more", flush=True)


def _part(took: list[float], part: float) -> float:
    return sorted(took)[min(len(took) - 1, int(part * len(took)))]


PAGES = {
    "operations": "/operations/",
    "overview": "/operations/bench/",
    "room": "/operations/bench/room/",
    "room, its panel": "/operations/bench/room/panel/",
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
    "answers, one word": "/lists/answers/?answer=complaint",
    "redress": "/lists/redress/",
    "cannot be carried out": "/lists/obstacles/",
    "held back": "/lists/held-back/",
    "custody log": "/lists/log/",
    "an outlet's page": "/outlets/LARGEST/",
    "a domain's page": "/domains/provider00.example/",
    "a provider's page": "/providers/provider00/",
    "a notice's redress": "/redress/CTY-202606-8/",
    "known content": "/bank/",
    "an item": "/items/4/",
    "an item's custody": "/items/4/custody/",
}


def main(count: int, rounds: int) -> None:
    """Print the table."""
    call_command("migrate", verbosity=0)
    if not Item.objects.exists():
        began = time.perf_counter()
        fill(count)
        print(f"filled in {time.perf_counter() - began:,.0f} s", flush=True)
        index()
        learn_sizes()
    client = Client()
    client.force_login(Officer.objects.get(username="bench"))
    headers = {"host": "127.0.0.1", "cookie": f"sessionid={client.cookies['sessionid'].value}"}

    def page(where: str) -> Callable[[], object]:
        return lambda: answered(where, headers)

    print(f"{count:,} items, {count // 10:,} in review; {connection.vendor}; {rounds} rounds", flush=True)
    print(f"{'page, ms':<40}{'p50':>9}{'p95':>9}{'CPU p50':>9}{'CPU p95':>9}", flush=True)
    largest = Tally.objects.filter(kind="outlet").order_by("-items").first()
    outlet = f"{largest.provider}/{largest.name}" if largest else ""
    for name, where in PAGES.items():
        measured(name, page(where.replace("LARGEST", outlet)), rounds)
    watched(page("/operations/bench/room/panel/"))
    plain = Item.objects.filter(url__icontains="bulletin_777").order_by("-pk")
    measured("(the same handle without the index)", lambda: list(plain[:50]), min(rounds, 3))


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS)
    finally:
        if not KEPT:
            shutil.rmtree(DATA, ignore_errors=True)

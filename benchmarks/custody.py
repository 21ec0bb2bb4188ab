"""The custody log: entries a second from several processes, batches, sealing, proofs, verification (`python benchmarks/custody.py [ENTRIES]`).

Beside it, in the same run, the peers one would write first: a hash chain (each entry over the one before, so that every writer
reads the last under the lock), and an audit row by Django's ORM without any proof.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

DATA = os.environ.get("CAUTERY_BENCH") or tempfile.mkdtemp(prefix="cautery-bench-")
os.environ |= {"CAUTERY_BENCH": DATA, "CAUTERY_DATA": DATA, "DJANGO_SETTINGS_MODULE": "cautery.settings"}

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from cautery.core.actors import system  # noqa: E402
from cautery.core.canonical import canonical  # noqa: E402
from cautery.custody import proofs, queries  # noqa: E402
from cautery.custody.actions import Sealer, consult, record  # noqa: E402
from cautery.custody.events import Event  # noqa: E402
from cautery.custody.models import Entry  # noqa: E402

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BY = system("bench")
PROCESSES = 4


def ours(number: int) -> None:
    """One entry in a transaction of its own."""
    with transaction.atomic():
        record(Event.TRACK_PROBES_RECORDED, by=BY, at=NOW, subject=f"bench:{number}", facts={"n": number})


def chained(number: int) -> None:
    """The peer: an entry over the one before."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT hash FROM bench_chain ORDER BY id DESC LIMIT 1")
        before = (cursor.fetchone() or ("",))[0]
        body = canonical({"before": before, "n": number, "subject": f"bench:{number}", "at": NOW.isoformat()})
        row = (body.decode(), sha256(body).hexdigest())
        cursor.execute("INSERT INTO bench_chain (body, hash) VALUES (%s, %s)", row)


def plain(number: int) -> None:
    """The peer: a row by the ORM, no proof (in the log's own table, so that the columns are the same)."""
    with transaction.atomic():
        Entry.objects.create(event="bench", actor=BY.name, subject=f"bench:{number}", at=NOW, body="{}", leaf="")


def writer(write: Callable[[int], None], count: int, start: float) -> tuple[float, float, float]:
    """Write so many, all processes from the same moment; the longest one had to wait, the CPU it took, when it was done."""
    longest = 0.0
    time.sleep(max(0.0, start - time.time()))
    before = time.process_time()
    for number in range(count):
        began = time.perf_counter()
        write(number)
        longest = max(longest, time.perf_counter() - began)
    connection.close()
    return longest, time.process_time() - before, time.time()


def together(name: str, write: Callable[[int], None], count: int) -> float:
    """Entries a second over all processes."""
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        list(pool.starmap(writer, [(ours, 1, 0.0)] * PROCESSES))  # Django is up in each
        start = time.time() + 0.5
        waits, spent, ended = zip(*pool.starmap(writer, [(write, count // PROCESSES, start)] * PROCESSES), strict=True)
        rate = count / (max(ended) - start)
    cpu = sum(spent) / count * 1e6
    print(
        f"{name:<44} {rate:>9,.0f} entries/s   longest wait {max(waits) * 1e3:>6.1f} ms   {cpu:>5.1f} us of CPU an entry"
    )
    return rate


def timed(name: str, work: Callable[[], object], count: int, unit: str) -> float:
    """One thing, once."""
    began, before = time.perf_counter(), time.process_time()
    work()
    spent, cpu = time.perf_counter() - began, time.process_time() - before
    print(f"{name:<44} {count / spent:>9,.0f} {unit}/s   {spent:>6.2f} s, {cpu:.2f} s of CPU for {count:,}")
    return spent


def batch(rows: int) -> None:
    """One entry over many rows."""
    with transaction.atomic():
        lines = [{"episode": n, "verdict": "up", "status": 200} for n in range(rows)]
        record(Event.TRACK_PROBES_RECORDED, by=BY, at=NOW, subject="batch", facts={}, rows=lines)


def filled(entries: int) -> None:
    """A long log, many entries a transaction."""
    for start in range(0, entries, 10_000):
        with transaction.atomic():
            for number in range(start, min(start + 10_000, entries)):
                record(Event.TRACK_PROBES_RECORDED, by=BY, at=NOW, subject=f"fill:{number}", facts={"n": number})


def sealed_beside(count: int) -> None:
    """Entries by four processes while a fifth seals as the worker does."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(PROCESSES) as pool:
        pool.starmap(writer, [(ours, 1, 0.0)] * PROCESSES)
        start = time.time() + 0.5
        running = pool.starmap_async(writer, [(ours, count // PROCESSES, start)] * PROCESSES)
        sealer, lags = Sealer(), []
        while not running.ready():
            began = time.perf_counter()
            sealer.seal(NOW)
            lags.append(time.perf_counter() - began)
            time.sleep(1.0)
        rate = count / (max(ended for _, _, ended in running.get()) - start)
    print(
        f"{'four processes, sealed every second':<44} {rate:>9,.0f} entries/s   longest sealing {max(lags) * 1e3:>6.1f} ms"
    )


def main(entries: int) -> None:
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_chain (id integer PRIMARY KEY AUTOINCREMENT, body text, hash text)")
    rate = together("an entry a transaction, four processes", ours, 20_000)
    peer = together("peer: a hash chain, four processes", chained, 20_000)
    print(f"{'':<44} ratio {rate / peer:.2f}")
    sealed_beside(20_000)
    timed("one entry over 100,000 rows", lambda: batch(100_000), 100_000, "rows")
    timed(
        "consultations noted",
        lambda: [consult(["item:1"], by=BY, at=NOW, why="x") for _ in range(2_000)],
        2_000,
        "notes",
    )
    filled(entries)
    sealer = Sealer()
    waiting = Entry.objects.filter(place=None).count()
    timed("sealing", lambda: sealer.seal(NOW), waiting, "entries")
    timed("a sealer's start on that log", Sealer, 1, "starts")
    total = Entry.objects.count()
    numbers = range(1, total, max(1, total // 200))
    timed("proofs", lambda: [proofs.prove_entry(number) for number in numbers], len(numbers), "proofs")
    timed("verification", queries.verify, total, "entries")
    size = Path(DATA, "register.sqlite3").stat().st_size
    print(json.dumps({"entries": total, "bytes_an_entry": round(size / total)}))
    peer_rate = together("peer: a row by the ORM, no proof", plain, 20_000)
    print(f"{'':<44} ratio {rate / peer_rate:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 200_000)

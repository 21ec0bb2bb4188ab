"""Intake of a long list: rows a second into durable, deduplicated items (`python benchmarks/intake.py [ROWS]`).

Beside it, in the same run, the peer: the same rows through Django's ORM as one would write it first (get_or_create an item,
create a flag), on a hundredth of the rows, because it would take minutes on all.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

DATA = tempfile.mkdtemp(prefix="cautery-bench-")
os.environ |= {"CAUTERY_DATA": DATA, "DJANGO_SETTINGS_MODULE": "cautery.settings"}

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402

from cautery.core.actors import Permission, system  # noqa: E402
from cautery.core.links import identify  # noqa: E402
from cautery.intake.actions import create_operation, receive  # noqa: E402
from cautery.intake.models import Batch, Flag, Item  # noqa: E402
from cautery.sources.lists import read_rows  # noqa: E402

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BY = system("bench", *Permission)


def urls(n: int, start: int = 0) -> list[str]:
    """A mixed list, every third row a repeat of an earlier object in another spelling."""
    made = []
    for i in range(start, start + n):
        k = i if i % 3 else max(0, i - 4)
        made.append(
            (
                f"https://www.youtube.com/watch?v={k:011d}&utm_source=x",
                f"https://t.me/channel{k % 5000:05d}/{k}",
                f"https://twitter.com/user{k % 7000}/status/{1_000_000_000 + k}?s=20",
                f"https://files.example.org/d/{k}?ref=1",
            )[i % 4]
        )
    return made


def main(rows: int) -> None:
    call_command("migrate", verbosity=0)
    file = Path(DATA) / "list.csv"
    file.write_text("url,note\n" + "".join(f"{url},specimen\n" for url in urls(rows)))
    operation = create_operation("bench", "Bench", starts_at=NOW, t0=None, ends_at=None, by=BY, at=NOW)
    began = time.perf_counter()
    *_, total = receive(read_rows(file), operation=operation, key="bench", source="list", by=BY, at=NOW)
    ours = rows / (time.perf_counter() - began)
    print(
        f"intake      {rows:>9,} rows  {ours:>10,.0f} rows/s  ({total.accepted:,} items, {total.known:,} known, {total.rejected:,} rejected)"
    )
    few = max(1, rows // 100)
    batch = Batch.objects.get(key="bench")
    began = time.perf_counter()
    for line, url in enumerate(urls(few, start=10 * rows), 1):
        link = identify(url)
        item, _ = Item.objects.get_or_create(
            identity=link.identity,
            defaults={
                "provider": link.provider,
                "kind": link.kind,
                "key": link.key,
                "url": link.canonical_url,
                "first_batch": batch,
                "first_flagged_at": NOW,
            },
        )
        Flag.objects.create(item=item, batch=batch, line=10 * rows + line, url=url, seen_at=NOW)
    peer = few / (time.perf_counter() - began)
    print(f"row by row  {few:>9,} rows  {peer:>10,.0f} rows/s  ratio {ours / peer:.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)

"""Captures of pages in the register: CPU of this process an item, with and without media (`python benchmarks/capture.py [ITEMS]`).

Beside it, in the same run, the peer: warcio's own writer, given the same pages in memory (request, response and metadata
record of each, no fetching, no package, no register).
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

DATA = tempfile.mkdtemp(prefix="cautery-bench-")
os.environ |= {"CAUTERY_DATA": DATA, "CAUTERY_MODE": "rehearsal", "DJANGO_SETTINGS_MODULE": "cautery.settings"}

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from warcio.statusandheaders import StatusAndHeaders  # noqa: E402
from warcio.warcwriter import WARCWriter  # noqa: E402

from cautery.core.actors import Permission, system  # noqa: E402
from cautery.core.evidence.capture import Taken  # noqa: E402
from cautery.core.lifecycle import EpisodeState  # noqa: E402
from cautery.fetch.dial import Dialler  # noqa: E402
from cautery.fetch.hosts import Guard, HostMap  # noqa: E402
from cautery.fetch.recorder import Recorder  # noqa: E402
from cautery.intake.actions import advance, create_operation, receive_all  # noqa: E402
from cautery.intake.capturing.collect import PAGES_ONLY, WITH_MEDIA, Collector, Policy  # noqa: E402
from cautery.intake.capturing.steps import Capturing  # noqa: E402
from cautery.intake.capturing.store import EvidenceStore  # noqa: E402
from cautery.intake.models import Capture, Episode  # noqa: E402
from cautery.sources.base import Row  # noqa: E402

NOW = datetime.fromisoformat("2026-06-15T06:00:00+00:00")
BY = system("bench", *Permission)
WORDS = "Harmless specimen words of a page that is of no importance to anybody at all. " * 16
PAGE = (
    f"<!DOCTYPE html><html lang=en><title>Specimen</title><meta name=author content=Someone><img src=/i.jpg><p>{WORDS}"
)
SERVER = f"""
import asyncio, os
from aiohttp import web
async def page(request):
    if request.path == "/i.jpg":
        return web.Response(body=os.urandom(20_000), content_type="image/jpeg")
    return web.Response(text={PAGE!r}.replace("i.jpg", "i.jpg?" + request.query_string), content_type="text/html")
async def main():
    app = web.Application()
    app.router.add_get("/{{path:.*}}", page)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


def confirmed(n: int) -> None:
    """Episodes that were confirmed (moved there straight away: what comes before is measured elsewhere)."""
    operation = create_operation(f"o{n}", "Bench", starts_at=NOW, t0=None, ends_at=None, by=BY, at=NOW)
    start = Episode.objects.count()
    rows = (Row(i, f"https://www.youtube.com/watch?v={start + i:011d}") for i in range(1, n + 1))
    receive_all(rows, operation=operation, key=f"bench{start}", source="list", by=BY, at=NOW)
    keys = list(Episode.objects.filter(state=EpisodeState.FLAGGED).values_list("pk", flat=True))
    advance(keys, EpisodeState.FLAGGED, EpisodeState.CONFIRMED)


def capturing(hosts: Path, policy: Policy, spent: dict[str, float]) -> Capturing:
    """The step; notes what collecting alone took."""

    def collect(urls: list[str], scratch: Path, now: datetime) -> list[Taken]:
        began = time.process_time()
        recorder = Recorder(Dialler(Guard(HostMap(hosts))), "bench", lambda: now, scratch)
        taken = Collector(recorder, policy, "system:bench").collect(urls)
        spent["collect"] = spent.get("collect", 0.0) + time.process_time() - began
        return taken

    return Capturing("worker:bench", collect, EvidenceStore(f"{DATA}/evidence"), Path(DATA) / "outbox")  # type: ignore[arg-type]


def measured(name: str, items: int, run: Callable[[], object]) -> float:
    """CPU of this process in ms an item."""
    began, clock = time.process_time(), time.perf_counter()
    run()
    cpu, wall = (time.process_time() - began) * 1_000 / items, (time.perf_counter() - clock) * 1_000 / items
    print(f"{name:<34}{items:>7,} items {cpu:>8.2f} ms CPU {wall:>8.2f} ms wall an item")
    return cpu


def peer(items: int) -> None:
    """The same three records by warcio's writer."""
    writer = WARCWriter(io.BytesIO(), gzip=True, warc_version="1.1")
    for n in range(items):
        url = f"https://www.youtube.com/watch?v={n:011d}"
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        response = writer.create_warc_record(url, "response", payload=io.BytesIO(PAGE.encode()), http_headers=head)
        asked = StatusAndHeaders(f"GET /watch?v={n} HTTP/1.1", [("Host", "www.youtube.com")], is_http_request=True)
        request = writer.create_warc_record(url, "request", http_headers=asked)
        writer.write_request_response_pair(request, response)
        said = json.dumps({"capture": n, "checklist": [WORDS[:2_000]]}).encode()
        writer.write_record(writer.create_warc_record(url, "metadata", payload=io.BytesIO(said)))


def main(items: int) -> None:
    """Print the table."""
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        hosts = Path(DATA) / "hosts.json"
        hosts.write_text(json.dumps({"www.youtube.com": f"127.0.0.1:{server.stdout.readline().strip()}"}))
        call_command("migrate", verbosity=0)
        table: dict[str, float] = {}
        for policy in (PAGES_ONLY, WITH_MEDIA):
            confirmed(items)
            spent: dict[str, float] = {}
            step = capturing(hosts, policy, spent)

            def run(step: Capturing = step) -> None:
                while step.ready(NOW):
                    pass

            table[policy.name] = measured(f"capture, {policy.name}", items, run)
            print(f"{'':<34}{'':>13} {spent['collect'] * 1_000 / items:>8.2f} ms of it collecting")
        states = set(Capture.objects.values_list("state", flat=True))
        assert states == {"complete"}, states
        theirs = measured("warcio alone, records in memory", items, lambda: peer(items))
        print(f"{'ratio of all of ours to their writing':<34} {table['pages'] / theirs:.2f} (pages)")
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(DATA, ignore_errors=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)

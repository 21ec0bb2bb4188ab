"""The network view on a large operation: server time of its parts, and in Chromium the time to the first picture and a frame's.

    python benchmarks/network.py [NODES] [LINKS]

50,000 accounts at three providers with 100,000 links in 40 circles, unless said otherwise, taken in by the platform's own
intake in a folder that is removed again. Chromium draws without a graphics card here (SwiftShader, on the processor): frames
are the slowest anybody will see. Beside the whole, in the same run, a tenth of the nodes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

DATA = tempfile.mkdtemp(prefix="cautery-network-")
os.environ |= {"CAUTERY_DATA": DATA, "CAUTERY_MODE": "rehearsal", "DJANGO_SETTINGS_MODULE": "cautery.settings"}

import django  # noqa: E402

django.setup()

import numpy as np  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from playwright.sync_api import Browser, Error, Page, sync_playwright  # noqa: E402

from cautery.core.actors import Permission, system  # noqa: E402
from cautery.core.graph.layout import layout  # noqa: E402
from cautery.directory.actions import import_directory  # noqa: E402
from cautery.directory.models import Officer  # noqa: E402
from cautery.intake.actions import create_operation, receive_all  # noqa: E402
from cautery.intake.models import Item  # noqa: E402
from cautery.report.planning.drawing import draw  # noqa: E402
from cautery.sources.base import Row  # noqa: E402
from cautery.track.models import OutLink  # noqa: E402
from cautery.web.views.network import DRAWN, LAYOUTS  # noqa: E402

BY = system("bench", *Permission)
NOW = datetime.now(UTC)
PORT = 8399
ADDRESSES = ("https://x.com/account{}", "https://t.me/channel{:06}", "https://www.youtube.com/@channel{}")
FRAMES = """() => {
  window.times = [];
  let last = performance.now();
  const next = (now) => { window.times.push(now - last); last = now; requestAnimationFrame(next); };
  requestAnimationFrame(next);
}"""
"""Notes how long each frame takes, from now on."""


OWN = """() => Array.from({ length: 20 }, () => {
  const began = performance.now();
  now.sigma.render();
  return performance.now() - began;
})"""
"""What the page's own thread does for a frame, whoever fills the dots."""


def fill(nodes: int, links: int) -> None:
    """One operation with accounts in circles that link mostly within, and more to those in front."""
    call_command("migrate", verbosity=0)
    officer = {
        "id": "00000000-0000-4000-8000-000000000001",
        "username": "bench",
        "name": "Bench",
        "unit": "u",
        "roles": ["lead"],
    }
    import_directory({"units": [{"slug": "u", "name": "U", "state": "FR"}], "officers": [officer]}, by=BY, at=NOW)
    frame = create_operation("net", "Net", starts_at=NOW, t0=None, ends_at=NOW + timedelta(days=4), by=BY, at=NOW)
    rows = (Row(n + 1, ADDRESSES[n % 3].format(n)) for n in range(nodes))
    receive_all(rows, operation=frame, key="all", source="api", by=BY, at=NOW)
    items = list(Item.objects.order_by("pk"))
    rng = np.random.default_rng(1)
    size = max(2, len(items) // 40)
    source = rng.integers(0, len(items), links)
    near = source // size * size + (size * rng.random(links) ** 2.5).astype(int)
    far = (len(items) * rng.random(links) ** 2.5).astype(int)
    target = np.minimum(np.where(rng.random(links) < 0.85, near, far), len(items) - 1)
    pairs = {(int(a), int(b)) for a, b in zip(source, target, strict=True) if a != b}
    made = [
        OutLink(item=items[a], identity=items[b].identity, url=items[b].url, first_seen_at=NOW)
        for a, b in sorted(pairs)
    ]
    OutLink.objects.bulk_create(made, batch_size=2_000)


def timed(name: str, act: Callable[[], object]) -> None:
    """Milliseconds of the processor for one act: what it costs, whoever else is at work."""
    began = time.process_time()
    act()
    print(f"{name:<52}{(time.process_time() - began) * 1_000:>10,.0f} ms", flush=True)


def drawn(browser: Browser, cookie: str, query: str, name: str) -> None:
    """From the address to the first picture, then frames while the picture moves."""
    context = browser.new_context(base_url=f"http://127.0.0.1:{PORT}", viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": f"http://127.0.0.1:{PORT}"}])
    page: Page = context.new_page()
    page.set_default_timeout(180_000)
    began = time.perf_counter()
    page.goto(f"/operations/net/network/{query}")
    page.wait_for_selector("#network[data-drawn=yes]")
    first = (time.perf_counter() - began) * 1_000
    box = page.locator("#stage").bounding_box() or {"x": 0, "y": 0, "width": 0, "height": 0}
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(FRAMES)
    for step in range(40):
        page.mouse.move(x + 4 * step, y + 2 * step)
    frames = sorted(page.evaluate("window.times"))
    page.mouse.up()
    own = sorted(page.evaluate(OWN))
    print(f"{name + ' nodes: of it the page itself, p50':<52}{own[len(own) // 2]:>10,.1f} ms", flush=True)
    kept = os.environ.get("DESK_SHOTS")
    if kept:
        page.screenshot(path=Path(kept) / f"network-{name.replace(',', '')}.png")
    print(f"{name + ' nodes: first picture':<52}{first:>10,.0f} ms")
    print(
        f"{name + ' nodes: a frame while it moves, p50 and p95':<52}{frames[len(frames) // 2]:>10,.0f} ms{frames[int(len(frames) * 0.95)]:>8,.0f} ms",
        flush=True,
    )
    context.close()


def main() -> None:
    """Fill, ask, draw."""
    nodes, links = (
        (int(word) for word in (*sys.argv[1:], "50000", "100000")[:2]) if len(sys.argv) > 2 else (50_000, 100_000)
    )
    timed(f"{nodes:,} accounts and {links:,} links taken in", lambda: fill(nodes, links))
    setup_test_environment()
    client = Client()
    client.force_login(Officer.objects.get(username="bench"))
    frame = Item.objects.order_by("pk")[0].episodes.get().operation
    found = draw(frame, by=BY, at=NOW + timedelta(minutes=1))
    timed("read from the register", lambda: draw(frame, by=BY, at=NOW + timedelta(minutes=1)))
    timed("laid out", lambda: layout(found.network))
    DRAWN.clear()
    LAYOUTS.clear()
    at = "/operations/net/network/"
    client.get(at)
    timed("the page", lambda: client.get(at))
    timed("what the picture is drawn from, the first time", lambda: client.get(f"{at}data.json?most=50000"))
    timed("the same again", lambda: client.get(f"{at}data.json?most=50000"))
    answer = client.get(f"{at}data.json?most=50000", headers={"Accept-Encoding": "gzip"})
    print(f"{'its bytes, packed':<52}{len(answer.content) / 1e6:>10.2f} MB")
    timed("a page of the list", lambda: client.get(f"{at}list/"))
    items = ",".join(str(item.pk) for item in Item.objects.order_by("pk")[:200])
    timed("what if 200 of them went", lambda: client.post(f"{at}what-if/", {"items": items}))
    timed("the same for 200 others", lambda: client.post(f"{at}what-if/", {"items": items}))
    server = subprocess.Popen(
        [sys.executable, "-m", "cautery", "serve", "--data", DATA, "--no-worker", "--port", str(PORT)]
    )
    try:
        cookie = client.cookies["sessionid"].value
        with sync_playwright() as playwright:
            args = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=args)
            page = browser.new_page()
            for _ in range(240):
                with suppress(Error):
                    page.goto(f"http://127.0.0.1:{PORT}/sign-in/")
                    break
                time.sleep(0.5)
            for count in (nodes // 10, nodes):
                drawn(browser, cookie, f"?most={count}", f"{count:,}")
            browser.close()
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    try:
        main()
    finally:
        shutil.rmtree(DATA)

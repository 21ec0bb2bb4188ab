"""How long from a key to the next item in the review queue, measured in the browser; the figure stands in docs/desk.md.

    .venv/bin/python benchmarks/keypress.py [--items 60]

It puts items before a reviewer in a register of its own, serves the desk, and decides each by keyboard in Chromium. What is measured is
from the keydown of `x` (record, and take the next) to the frame after the next item is in the page. No peer: none decides by keyboard.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page, sync_playwright  # noqa: E402
from scripts.screens import CAUTERY, CHROMIUM, free_port, wait_for  # noqa: E402

WATCH = """() => {
  window.taken = [];
  document.addEventListener("keydown", (event) => { if (event.key === "x") window.began = performance.now(); }, true);
  document.addEventListener("htmx:afterSettle", () => requestAnimationFrame(() => requestAnimationFrame(() => {
    if (window.began) { window.taken.push(performance.now() - window.began); window.began = 0; }
  })));
}"""


def staged(data: Path, items: int) -> str:
    """Put items in review before a reviewer; her session."""
    os.environ |= {"CAUTERY_DATA": str(data), "CAUTERY_MODE": "rehearsal", "DJANGO_SETTINGS_MODULE": "cautery.settings"}
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 (needs Django to be set up)
    from django.test import Client  # noqa: PLC0415 (needs Django to be set up)
    from tests import factories as make  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    frame, host = make.operation("keys"), make.provider(name="Video House")
    episodes = make.flagged(
        frame, [f"https://www.youtube.com/watch?v=key{n:08d}" for n in range(items + 1)], key="keys"
    )
    for number, episode in enumerate(episodes):
        make.identified([episode], host=host, title=f"Specimen {number}", image=f"own {number}".encode())
    make.matched(episodes)
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(make.officer("rita", "review"))
    return str(client.cookies["sessionid"].value)


def decided(page: Page, items: int) -> list[float]:
    """Milliseconds of each key, in the browser."""
    page.goto("/operations/keys/review/")
    page.keyboard.press("n")
    page.wait_for_selector("#decision")
    page.evaluate(WATCH)
    for number in range(items):
        page.keyboard.press("2")
        page.keyboard.press("r")
        page.keyboard.type("News.")
        page.keyboard.press("Escape")
        page.keyboard.press("x")
        page.wait_for_function("n => window.taken.length > n", arg=number)
    return list(page.evaluate("window.taken"))


def main() -> None:
    """Stage, serve, press keys, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=60)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cautery-keys-") as folder:
        data = Path(folder, "register")
        session, port = staged(data, asked.items), free_port()
        base = f"http://127.0.0.1:{port}"
        command = [str(CAUTERY), "serve", "--data", str(data), "--no-worker", "--port", str(port)]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(base)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
                context = browser.new_context(base_url=base)
                context.add_cookies([{"name": "sessionid", "value": session, "url": base}])
                taken = sorted(decided(context.new_page(), asked.items))
                browser.close()
        finally:
            server.terminate()
            server.wait(20)
    middle, late = taken[len(taken) // 2], taken[int(len(taken) * 0.95)]
    print(
        f"key press to next item, {len(taken)} keys: median {middle:.0f} ms, p95 {late:.0f} ms, longest {taken[-1]:.0f} ms"
    )


if __name__ == "__main__":
    main()

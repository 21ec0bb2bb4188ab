"""A picture of every room of the desk, from a small finished rehearsal: `make screens` writes docs/screens/*.webp.

It rehearses (or takes the register `--data FOLDER`), adds a second operation whose items wait for review and signing, serves the desk on
loopback, and looks at each room at 1440 pixels with a browser, signed in as who works there.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import django
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs/screens"
CHROMIUM = "/usr/bin/chromium"
WIDTH, HEIGHT = 1440, 1000
SETTLED_MS = 2_000
"""Until a picture of the network stands still: it is drawn after its data have come."""
CAUTERY = Path(sys.executable).with_name("cautery")
ROOMS: dict[str, tuple[str, str, dict[str, str]]] = {
    "operations": ("lead", "/operations/", {}),
    "overview": ("lead", "/operations/{slug}/", {}),
    "room": ("lead", "/operations/{slug}/room/", {}),
    "room-night": ("lead", "/operations/{slug}/room/", {"theme": "dark"}),
    "release": ("lead", "/operations/autumn/room/", {}),
    "queue": ("review", "/operations/autumn/review/", {}),
    "queue-item": ("review", "{item}", {}),
    "queue-item-de": ("review", "{item}", {"language": "de", "theme": "dark"}),
    "signing": ("sign", "/operations/autumn/signing/", {}),
    "items": ("lead", "/operations/{slug}/items/", {}),
    "item": ("lead", "/items/{returned}/", {}),
    "network": ("lead", "/operations/winter/network/", {}),
    "register": ("lead", "/register/?operation={slug}", {}),
    "outlets": ("lead", "/lists/outlets/", {}),
    "providers": ("lead", "/lists/providers/", {}),
    "provider": ("lead", "/providers/{provider}/", {}),
    "phone-room": ("lead", "/operations/{slug}/room/", {"width": "390"}),
    "phone-register": ("lead", "/register/?operation={slug}", {"width": "390", "language": "fr"}),
    "report": ("lead", "/operations/{slug}/report/", {}),
    "my-day": ("review", "/my-day/", {}),
    "exposure": ("lead", "/exposure/", {}),
    "closed": ("lead", "/closed/", {}),
    "account": ("review", "/me/", {}),
}
"""By the name of the picture: the role of who looks, the address, and the hand (theme, language, width)."""


def rehearsed(flags: int, place: Path) -> Path:
    """The data folder of a rehearsal that has just finished."""
    command = [str(CAUTERY), "exercise", "--flags", str(flags), "--out", str(place)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 (our own command)
    return place / "data"


def staged(data: Path) -> dict[str, str]:
    """Put work before people in a second operation, and say where things are; the session of each role under its name."""
    os.environ |= {"CAUTERY_DATA": str(data), "CAUTERY_MODE": "rehearsal", "DJANGO_SETTINGS_MODULE": "cautery.settings"}
    django.setup()
    from scripts.staging import stage  # noqa: PLC0415 (needs Django to be set up)

    return stage()


def pictures(browser: Browser, base: str, known: dict[str, str]) -> None:
    """Look at every room and keep what is seen."""
    OUT.mkdir(parents=True, exist_ok=True)
    for name, (role, where, hand) in ROOMS.items():
        context = browser.new_context(
            base_url=base,
            viewport={"width": int(hand.get("width", WIDTH)), "height": HEIGHT},
            color_scheme="dark" if hand.get("theme") == "dark" else "light",
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
        )
        context.add_cookies(
            [
                {"name": "sessionid", "value": known[f"session {role}"], "url": base},
                {"name": "django_language", "value": hand.get("language", "en-gb"), "url": base},
            ]
        )
        page = context.new_page()
        page.goto(where.format(**known), wait_until="networkidle")
        page.wait_for_timeout(SETTLED_MS if name == "network" else 0)
        with Image.open(io.BytesIO(page.screenshot())) as picture:
            picture.convert("RGB").save(OUT / f"{name}.webp", "WEBP", quality=72, method=6)
        sys.stdout.write(f"{name} {(OUT / f'{name}.webp').stat().st_size // 1024} kB\n")
        context.close()


def wait_for(base: str) -> None:
    """Until the desk answers; TimeoutError after half a minute."""
    for _ in range(150):
        try:
            urlopen(f"{base}/sign-in/", timeout=1).close()  # noqa: S310 (loopback)
        except (URLError, OSError):
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(base)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    """Rehearse, stage, serve, look."""
    parser = argparse.ArgumentParser(prog="make screens", description=__doc__)
    parser.add_argument("--data", type=Path, help="a rehearsal's data folder; it is copied, not changed")
    parser.add_argument("--flags", type=int, default=400, help="flags of the rehearsal")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cautery-screens-") as folder:
        data = Path(folder, "register")
        shutil.copytree(asked.data or rehearsed(asked.flags, Path(folder, "rehearsal")), data)
        known, port = staged(data), free_port()
        base = f"http://127.0.0.1:{port}"
        command = [str(CAUTERY), "serve", "--data", str(data), "--no-worker", "--port", str(port)]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 (our own command)
        try:
            wait_for(base)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
                pictures(browser, base, known)
                browser.close()
        finally:
            server.terminate()
            server.wait(20)


if __name__ == "__main__":
    main()

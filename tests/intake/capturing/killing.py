"""Kill a worker again and again while it captures, and count what is half (`python -m tests.intake.capturing.killing 100`).

The orchestrator serves pages and kills; three kinds of child have the register: `prepare`, `work` (killed), `check`.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

NOW = datetime(2026, 6, 15, 6, 0, tzinfo=UTC)
BATCH = 4


async def page(request: web.Request) -> web.StreamResponse:
    """A page of some size, so that a kill falls into fetching, packing and keeping alike."""
    return web.Response(
        text=f"<title>Specimen</title>{request.path_qs}" + "harmless words " * 2_000, content_type="text/html"
    )


def child(task: str, folder: Path, *words: str) -> subprocess.Popen[str]:
    """A process that has the register."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("CAUTERY_", "DJANGO_", "DATABASE_URL"))
    }
    environment = clean | {
        "CAUTERY_DATA": str(folder / "data"),
        "CAUTERY_MODE": "rehearsal",
        "CAUTERY_HOST_MAP": str(folder / "hosts.json"),
        "CAUTERY_CAPTURE": "pages",
        "DJANGO_SETTINGS_MODULE": "cautery.settings",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.intake.capturing.killing", task, *words],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def finished(task: str, folder: Path, *words: str) -> str:
    """What a child said that was left to finish."""
    process = child(task, folder, *words)
    said, _ = process.communicate(timeout=600)
    assert process.returncode == 0, task
    return said


def run(kills: int, folder: Path, seed: int) -> dict[str, Any]:
    """Prepare, kill `kills` times, let one finish, and check; what the check says, with the moments of the kills."""
    from tests.servers import http_server  # noqa: PLC0415 (children do without)

    moments = random.Random(seed)  # noqa: S311
    with http_server(page) as port:
        (folder / "hosts.json").write_text(json.dumps({"www.youtube.com": f"127.0.0.1:{port}"}))
        finished("prepare", folder, str(kills * 8 + 20))
        killed = 0
        while killed < kills:
            worker = child("work", folder)
            assert worker.stdout is not None
            worker.stdout.readline()  # it is at work
            time.sleep(moments.uniform(0.0, 0.35))
            worker.kill()
            killed += 1 if worker.wait(30) != 0 else 0
            worker.stdout.close()
            if worker.returncode == 0:
                break
        finished("work", folder)
        said = finished("check", folder)
    return {"kills": killed, "seed": seed, **json.loads(said)}


def prepare(n: int) -> None:
    from django.core.management import call_command  # noqa: PLC0415

    from cautery.core.actors import Permission, system  # noqa: PLC0415
    from cautery.core.lifecycle import EpisodeState  # noqa: PLC0415
    from cautery.intake.actions import advance, create_operation, receive_all  # noqa: PLC0415
    from cautery.intake.models import Episode  # noqa: PLC0415
    from cautery.sources.base import Row  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    by = system("test", *Permission)
    operation = create_operation("o", "Specimen", starts_at=NOW, t0=None, ends_at=None, by=by, at=NOW)
    rows = [Row(i, f"https://www.youtube.com/watch?v={i:011d}") for i in range(1, n + 1)]
    receive_all(rows, operation=operation, key="k", source="list", by=by, at=NOW)
    advance(list(Episode.objects.values_list("pk", flat=True)), EpisodeState.FLAGGED, EpisodeState.CONFIRMED)


def work() -> None:
    from cautery.ground.leases import release_all  # noqa: PLC0415
    from cautery.intake.capturing import steps  # noqa: PLC0415
    from cautery.intake.models import Capture  # noqa: PLC0415

    steps.BATCH = BATCH
    release_all(Capture, prefix="worker:")
    step = steps.Capturing(f"worker:{os.getpid()}", steps.collecting())
    print("at work", flush=True)  # noqa: T201
    while step.ready(NOW):
        pass


def check() -> None:
    from django.conf import settings  # noqa: PLC0415

    from cautery.core.evidence.verification import verify_package  # noqa: PLC0415
    from cautery.custody.queries import verify  # noqa: PLC0415
    from cautery.intake.models import Capture, Episode, Package  # noqa: PLC0415

    store = Path(settings.DATA) / "evidence"
    files = {file.stem: file for file in store.rglob("*") if file.is_file()}
    kept = dict(Package.objects.exclude(kept_at=None).values_list("sha256", "pk"))
    in_packages = sum(len(verify_package(file).captures) for file in files.values())
    said = {
        "episodes": Episode.objects.count(),
        "complete": Capture.objects.filter(state="complete").exclude(entry=None).count(),
        "other": Capture.objects.exclude(state="complete").count(),
        "packages": len(files),
        "unknown": sorted(set(files) ^ set(kept)),
        "broken": [name for name, file in files.items() if not verify_package(file).ok],
        "twice": in_packages - Capture.objects.count(),
        "entries": verify().entries,
    }
    print(json.dumps(said))  # noqa: T201


if __name__ == "__main__":
    if sys.argv[1].isdigit():
        with tempfile.TemporaryDirectory(prefix="kills-") as place:
            print(json.dumps(run(int(sys.argv[1]), Path(place), random.randrange(10**6)), indent=1))  # noqa: S311, T201
    else:
        import django

        django.setup()
        {"prepare": lambda: prepare(int(sys.argv[2])), "work": work, "check": check}[sys.argv[1]]()

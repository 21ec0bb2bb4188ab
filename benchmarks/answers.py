"""Answers a second through the API: one process, the door, the register and the log, against the same rows sent one a call.

.venv/bin/python benchmarks/answers.py [--notices 10000]
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
FOLDER = tempfile.mkdtemp(prefix="cautery-bench-")
os.environ |= {"CAUTERY_DATA": FOLDER, "CAUTERY_MODE": "rehearsal", "DJANGO_SETTINGS_MODULE": "cautery.settings"}

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from tests import factories as make  # noqa: E402

from cautery.directory.actions import give_provider_key  # noqa: E402
from cautery.refer.models import Notice  # noqa: E402

AT_ONCE = 1_000


def prepare(notices: int) -> Client:
    """So many delivered notices of one provider, and its staff's client."""
    call_command("migrate", verbosity=0, run_syncdb=True)
    setup_test_environment()
    host, frame = make.provider(), make.operation()
    urls = [f"https://www.youtube.com/watch?v={n:011d}" for n in range(notices)]
    for start in range(0, notices, 5_000):
        episodes = make.flagged(frame, urls[start : start + 5_000], key=f"list {start}")
        make.identified(episodes, host=host)
        make.matched(episodes)
    for _ in range(0, notices, 500):
        make.decided(frame)
        make.signed(frame)
        make.composed(host)
    make.released(frame)
    make.sent(host)
    return Client(
        headers={"Authorization": f"Bearer {give_provider_key(host, 'bench', by=make.SYSTEM, at=make.START)}"}
    )


def answer(client: Client, keys: list[str], at_once: int) -> float:
    """Answers a second."""
    began = time.perf_counter()
    for start in range(0, len(keys), at_once):
        said = [
            {"idempotency_key": key, "answer": "removed", "at": make.hours(25).isoformat()}
            for key in keys[start : start + at_once]
        ]
        told = client.post("/api/v1/provider/answers", json.dumps({"answers": said}), "application/json").json()
        assert told["taken"] == len(said), told
    return len(keys) / (time.perf_counter() - began)


def main(notices: int) -> None:
    """Print the table."""
    client = prepare(notices)
    keys = list(Notice.objects.order_by("pk").values_list("idempotency_key", flat=True))
    single = answer(client, keys[:300], 1)
    bulk = answer(client, keys[300:], AT_ONCE)
    print(
        f"one a call      {single:8.0f} answers/s\n{AT_ONCE} a call   {bulk:8.0f} answers/s   ({bulk / single:.0f} times)"
    )


if __name__ == "__main__":
    main(int(sys.argv[sys.argv.index("--notices") + 1]) if "--notices" in sys.argv else 10_000)

"""Evidence with a picture in it, collected from a page on loopback by the step itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
from aiohttp import web

from cautery.core.evidence.capture import Taken
from cautery.fetch.dial import Dialler
from cautery.fetch.hosts import Guard, HostMap
from cautery.fetch.recorder import Limits, Recorder
from cautery.intake.capturing import copies
from cautery.intake.capturing.collect import WITH_MEDIA, Collector
from cautery.intake.capturing.steps import Capturing
from cautery.intake.capturing.store import EvidenceStore
from tests import factories as make
from tests.servers import http_server


def keep_picture(data: bytes, folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Keep the pages of all episodes that are confirmed, each with this picture (PNG) on it; the store is the one that is asked."""
    store = EvidenceStore(str(folder / "evidence"))
    patch.setattr(copies, "evidence_store", lambda: store)

    async def handle(request: web.Request) -> web.Response:
        if request.path == "/i.png":
            return web.Response(body=data, content_type="image/png")
        return web.Response(text="<title>A page</title><img src=/i.png>", content_type="text/html")

    with http_server(handle) as port:
        hosts = folder / "kept-hosts.json"
        hosts.write_text(json.dumps({"www.youtube.com": f"127.0.0.1:{port}"}))

        def collect(urls: Sequence[str], scratch: Path, now: datetime) -> list[Taken]:
            limits = Limits(timeout_s=5.0, max_bytes=5_000_000)
            recorder = Recorder(Dialler(Guard(HostMap(hosts))), "test", lambda: now, scratch, limits)
            return Collector(recorder, WITH_MEDIA, "system:capture").collect(urls)

        Capturing("worker:1", collect, store, folder / "outbox").ready(make.hours(3))

"""A small site on loopback, and a register whose captures come from it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from aiohttp import web

from cautery.core.evidence.capture import Taken
from cautery.fetch.dial import Dialler
from cautery.fetch.hosts import Guard, HostMap
from cautery.fetch.recorder import Limits, Recorder
from cautery.intake.capturing.collect import WITH_MEDIA, Collector
from cautery.intake.capturing.steps import Capturing
from cautery.intake.capturing.store import EvidenceStore
from cautery.intake.models import Episode
from tests import factories as make
from tests.core.fingerprints.pictures import encoded, picture
from tests.servers import http_server

PICTURE = encoded(picture())
VIDEO = "https://www.youtube.com/watch?v={:011d}"


@dataclass
class Site:
    """Pages with a picture; `status` for all pages, `seen` what was asked."""

    status: int = 200
    seen: list[str] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        self.seen.append(request.path_qs)
        if request.path == "/i.png":
            return web.Response(body=PICTURE, content_type="image/png")
        page = f"<title>A film</title><meta name=author content=Someone><img src=/i.png>Words {request.path_qs}."
        return web.Response(status=self.status, text=page, content_type="text/html")


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def hosts(site: Site, tmp_path: Path) -> Iterator[HostMap]:
    with http_server(site.handle) as port:
        file = tmp_path / "hosts.json"
        file.write_text(json.dumps({"www.youtube.com": f"127.0.0.1:{port}"}))
        yield HostMap(file)


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(str(tmp_path / "evidence"))


Starting = Callable[..., Capturing]


@pytest.fixture
def starting(hosts: HostMap, store: EvidenceStore, tmp_path: Path) -> Starting:
    """Makes the step of a worker, as after a start."""

    def collect(urls: Sequence[str], scratch: Path, now: datetime) -> list[Taken]:
        limits = Limits(timeout_s=2.0, max_bytes=1_000_000)
        recorder = Recorder(Dialler(Guard(hosts)), "test", lambda: now, scratch, limits)
        return Collector(recorder, WITH_MEDIA, "system:capture").collect(urls)

    return lambda worker="worker:1": Capturing(worker, collect, store, tmp_path / "outbox")


@pytest.fixture
def confirmed() -> Callable[[int], list[Episode]]:
    """Episodes that a reviewer confirmed."""

    def made(n: int) -> list[Episode]:
        frame = make.operation()
        episodes = make.flagged(frame, [VIDEO.format(i) for i in range(n)])
        make.identified(episodes)
        make.matched(episodes)
        make.decided(frame)
        return episodes

    return made

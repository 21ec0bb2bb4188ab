"""Pull what a person confirmed: collect it, pack it, keep it in the evidentiary store.

    ask -> claim -> collect -> pack into the outbox -> record -> put into the store -> record

The outbox holds packages until the store has them; a store that is away holds up nothing but them.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from cautery.core.actors import Actor, system
from cautery.core.errors import MovedMeanwhile, Unreachable
from cautery.core.evidence.berkeley import Missing
from cautery.core.evidence.capture import CaptureState, Kept, Taken, outcome
from cautery.core.evidence.wacz import Draft
from cautery.core.evidence.wacz import Package as PackageFile
from cautery.fetch.browser import browser_for
from cautery.fetch.recorder import recorder_for
from cautery.ground.leases import claim
from cautery.ground.rows import Earliest
from cautery.intake.capturing.actions import (
    Outcome,
    ask_for_captures,
    may_try_again,
    note_waiting,
    record_kept,
    record_taken,
)
from cautery.intake.capturing.collect import POLICIES, Collector, software
from cautery.intake.capturing.store import FULL, EvidenceStore, evidence_store
from cautery.intake.models import Capture, CaptureStage, Package

LOG = logging.getLogger(__name__)
NAME = "capture"
BATCH = 200
ASK = 2_000
OUTBOX = "captures"
OLD_S = 3_600.0
LEASE_S = 900.0
STORE_AGAIN_S = 30.0
LEVEL = 3
"""zlib's level for packages of many pages: a fifth of the time of its default, and a tenth more bytes."""

Collecting = Callable[[Sequence[str], Path, datetime], list[Taken]]
"""Collects addresses, with a folder for what is large, at a time."""


@dataclass(slots=True)
class Capturing:
    """The step, for one worker process. It remembers when the store was last away."""

    worker: str
    collect: Collecting
    store: EvidenceStore = field(default_factory=evidence_store)
    folder: Path = field(default_factory=lambda: Path(settings.DATA) / OUTBOX)
    by: Actor = field(default_factory=lambda: system(NAME))
    _away: float = float("-inf")
    _tidied: bool = False

    def ready(self, now: datetime) -> int:
        """One batch; how many captures moved."""
        self._tidy()
        moved = self.keep_waiting(now)
        ask_for_captures(ASK, at=now)
        due = Capture.objects.filter(state=CaptureStage.DUE, due_at__lte=now, upload=False).order_by("due_at", "pk")
        captures = list(Capture.objects.filter(pk__in=claim(due, self.worker, BATCH, LEASE_S)).order_by("pk"))
        if not captures:
            return moved
        self.take(captures, now)
        return moved + len(captures) + self.keep_waiting(now)

    def take(self, captures: Sequence[Capture], now: datetime) -> Outcome:
        """Collect and pack what `captures` ask for; a full disk is a problem of the captures, told in them."""
        self._tidy()
        try:
            with tempfile.TemporaryDirectory(dir=self.folder, prefix=".taking-") as scratch:
                taken = self.collect([capture.url for capture in captures], Path(scratch), now)
                got = pack(captures, taken, Path(scratch), self.folder, now)
        except OSError as error:
            LOG.error("Captures could not be written: %s", error)  # noqa: TRY400
            got = Outcome(problem="disk_full" if error.errno in FULL else "not_written")
        record_taken(captures, got, at=now)
        return got

    def keep_waiting(self, now: datetime) -> int:
        """Put what is in the outbox into the store; how many captures were kept. A store that is away is asked later."""
        if time.monotonic() - self._away < STORE_AGAIN_S:
            return 0
        kept = 0
        for package in Package.objects.filter(kept_at=None).order_by("pk"):
            file = self.folder / f"{package.sha256}.wacz"
            if not file.exists():
                continue  # made on another machine, or being kept by another worker
            try:
                self.store.put(file, package.sha256)
                kept += record_kept(package, by=self.by, at=now)
            except MovedMeanwhile:
                LOG.info("Package %s was kept by another worker.", package.sha256)
            except Unreachable as error:
                LOG.error("%s %s", error.message, error.fields.get("detail", ""))  # noqa: TRY400
                note_waiting(package, error.message)
                self._away = time.monotonic()
                return kept
            file.unlink(missing_ok=True)
        return kept

    def _tidy(self) -> None:
        """Once: make the outbox, and remove what a dead predecessor left half done in it."""
        if self._tidied:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        known = set(Package.objects.filter(kept_at=None).values_list("sha256", flat=True))
        for path in self.folder.iterdir():
            if path.stem in known or time.time() - path.stat().st_mtime < OLD_S:
                continue  # a package that waits, or what another worker is making
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        self._tidied = True


def pack(captures: Sequence[Capture], taken: Sequence[Taken], scratch: Path, outbox: Path, at: datetime) -> Outcome:
    """One package of what was collected, in the outbox under its digest; what is to be tried again stays out."""
    draft = Draft(scratch, at, software(), level=LEVEL)
    kept: dict[int, Kept] = {}
    media: dict[int, list[str]] = {}
    try:
        for capture, one in zip(captures, taken, strict=True):
            state, reason = outcome(one)
            if state is CaptureState.FAILED and may_try_again(capture) and not reason.startswith("refused"):
                continue
            one.id = str(capture.name)
            kept[capture.pk] = draft.add(one)
            media[capture.pk] = _digests(one)
        if not kept:
            return Outcome()
        made = draft.finish(outbox / f".{uuid4()}.wacz", title=f"{len(kept)} captures")
    finally:
        draft.close()
        for one in taken:
            one.close()
    return Outcome(_under_its_digest(made), kept, media)


def _under_its_digest(made: PackageFile) -> PackageFile:
    return PackageFile(
        made.path.replace(made.path.with_name(f"{made.sha256}.wacz")), made.sha256, made.size, made.captures
    )


def _digests(taken: Taken) -> list[str]:
    media = [] if isinstance(taken.media, Missing) else taken.media
    return [medium.fingerprints["sha256"] for medium in media if "sha256" in medium.fingerprints]


def collecting() -> Collecting:
    """How the worker collects, as the settings say."""

    def collect(urls: Sequence[str], scratch: Path, now: datetime) -> list[Taken]:
        recorder = recorder_for("", scratch)
        if settings.CLOCK_URL:
            recorder.now = lambda: now  # asking the world what time it is costs more than the page
        clock = "the rehearsal's" if settings.CLOCK_URL else "the machine's, UTC"
        made = Collector(recorder, POLICIES[settings.CAPTURE], f"system:{NAME}", "", clock)
        if settings.CAPTURE != "full":
            return made.collect(urls)
        made.rdap_base = settings.RDAP_BASE.rstrip("/")
        return _with_browser(made, urls)

    return collect


def _with_browser(made: Collector, urls: Sequence[str]) -> list[Taken]:
    """With pictures where a browser can be started, and else with the reason why there are none."""
    try:
        with browser_for(made.recorder) as shown:
            made.browser = shown
            return made.collect(urls)
    except Unreachable as error:
        made.browser = Missing(error.message)
        return made.collect(urls)


next_capture = Earliest(lambda: Capture.objects.filter(state=CaptureStage.DUE), "due_at")
"""When the next capture is due."""

"""Write what becomes of captures: asked for, taken, kept; and who looked at them.

    due --taken--> taken --kept in the store--> complete | partial
     |                                  `-----> failed, when nothing came back
     `--cannot be taken: again later, then failed

A package's row is written before it goes to the store and finished after: a process that dies between leaves a package
that waits, never one that nobody knows.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F

from cautery.core.actors import Actor, Permission
from cautery.core.errors import MovedMeanwhile
from cautery.core.evidence.capture import Kept
from cautery.core.evidence.wacz import Package as PackageFile
from cautery.core.lifecycle import EpisodeState
from cautery.custody.actions import consult, record
from cautery.custody.events import Access, Event
from cautery.ground.rows import insert_many, update_many
from cautery.intake.models import Capture, CaptureStage, Episode, Package

WANTED = (EpisodeState.CONFIRMED, EpisodeState.SIGNED, EpisodeState.COMPOSED, EpisodeState.HELD, EpisodeState.REFERRED)
"""States in which an episode has been found to be what is kept: not before a person said so."""
TRIES = 3
AGAIN = timedelta(minutes=10)
BY_HAND_S = 86_400.0
NEW = ("name", "episode", "url", "upload", "unit", "state", "outcome", "reason", "due_at", "attempts", "lease_owner",
       "lease_until", "offset", "length", "digest", "page_digest", "media", "row")  # fmt: skip
FOUND = ("state", "outcome", "reason", "at", "package", "offset", "length", "digest", "page_digest", "media")


def ask_for_captures(limit: int, *, at: datetime) -> int:
    """Ask once for the evidence of episodes a person confirmed; how many were asked for."""
    with transaction.atomic():
        waiting = Episode.objects.select_for_update().filter(captured=False, state__in=WANTED)
        found = dict(waiting.values_list("pk", "item__url")[:limit])
        Episode.objects.filter(pk__in=found).update(captured=True)
        insert_many(
            [Capture(name=uuid4(), episode_id=pk, url=url, due_at=at) for pk, url in sorted(found.items())], NEW
        )
    return len(found)


def ask_for(
    urls: Sequence[str], *, owner: str, upload: bool = False, episode: Episode | None = None, by: Actor, at: datetime
) -> list[Capture]:
    """Captures asked for by hand, held by `owner` who takes them now; they are tried once."""
    by.require(Permission.INTAKE_EVIDENCE_KEEP)
    held = {"lease_owner": owner, "lease_until": time.time() + BY_HAND_S, "attempts": TRIES - 1}
    made = [
        Capture(name=uuid4(), url=url, episode=episode, unit=by.unit, upload=upload, due_at=at, **held) for url in urls
    ]
    return Capture.objects.bulk_create(made)


@dataclass(slots=True)
class Outcome:
    """What a batch of captures came to: the package with those in it, by the capture's key; why others are not."""

    package: PackageFile | None = None
    kept: Mapping[int, Kept] = field(default_factory=dict)
    media: Mapping[int, Sequence[str]] = field(default_factory=dict)
    problem: str = ""


def record_taken(captures: Sequence[Capture], got: Outcome, *, at: datetime) -> Package | None:
    """Note what was taken and where it lies; what failed is tried again, and after `TRIES` kept as failed."""
    again = [c for c in captures if c.pk not in got.kept and may_try_again(c)]
    done = [c for c in captures if c not in again]
    with transaction.atomic():
        package = None
        if got.package is not None and any(c.pk in got.kept for c in done):
            package, _ = Package.objects.get_or_create(
                sha256=got.package.sha256, defaults={"size": got.package.size, "made_at": at}
            )
        Capture.objects.filter(pk__in=[c.pk for c in again], state=CaptureStage.DUE).update(
            attempts=F("attempts") + 1, due_at=at + AGAIN, lease_owner="", lease_until=0.0
        )
        for capture in done:
            _describe(capture, got, package, at)
        if update_many(done, FOUND, only="state = 'due'") != len(done):
            raise MovedMeanwhile("Captures were recorded by another worker.")
    return package


def may_try_again(capture: Capture) -> bool:
    """Whether a capture that failed is taken once more, later."""
    return capture.attempts + 1 < TRIES


def _describe(capture: Capture, got: Outcome, package: Package | None, at: datetime) -> None:
    kept = got.kept.get(capture.pk)
    capture.at, capture.package = at, package
    if kept is None or package is None:
        capture.state, capture.outcome, capture.reason = CaptureStage.FAILED, "", got.problem[:60]
        return
    capture.state, capture.outcome, capture.reason = CaptureStage.TAKEN, str(kept.state), kept.reason[:60]
    capture.at, capture.offset, capture.length = kept.at, kept.offset, kept.length
    capture.digest, capture.page_digest = kept.digest, kept.page_digest
    capture.media = list(got.media.get(capture.pk, ()))


def record_kept(package: Package, *, by: Actor, at: datetime) -> int:
    """The package lies in the store: its captures are what they came to, and the log commits to each; how many."""
    with transaction.atomic():
        if not Package.objects.filter(pk=package.pk, kept_at=None).update(kept_at=at, problem=""):
            raise MovedMeanwhile(f"Package {package.sha256} was kept by another worker.", package=package.sha256)
        captures = list(Capture.objects.filter(package=package, state=CaptureStage.TAKEN).order_by("pk"))
        entry = record(
            Event.INTAKE_CAPTURES_KEPT,
            by=by,
            at=at,
            subject=f"package:{package.sha256}",
            facts={"size": package.size},
            rows=[_row(capture, package) for capture in captures],
        )
        for number, capture in enumerate(captures):
            capture.state, capture.entry, capture.row = capture.outcome, entry, number
        update_many(captures, ("state", "entry", "row"), only="state = 'taken'")
    return len(captures)


def _row(capture: Capture, package: Package) -> dict[str, Any]:
    """What the log commits to: digests and numbers, no address and no name."""
    return {
        "capture": str(capture.name),
        "episode": capture.episode_id,
        "state": capture.outcome,
        "reason": capture.reason,
        "package": package.sha256,
        "offset": capture.offset,
        "length": capture.length,
        "records": capture.digest,
        "page": capture.page_digest,
        "media": capture.media,
    }


def note_waiting(package: Package, problem: str) -> None:
    """Why a package is not in the store yet."""
    Package.objects.filter(pk=package.pk, kept_at=None).update(problem=problem[:200])


def note_access(names: Sequence[UUID], kind: Access, *, to: str = "", why: str, by: Actor, at: datetime) -> None:
    """Note in the log who looked at captures, or copied or sent them, and why."""
    by.require(Permission.INTAKE_EVIDENCE_SEND if kind is Access.SEND else Permission.INTAKE_EVIDENCE_READ)
    with transaction.atomic():
        consult([f"capture:{name}" for name in names], by=by, at=at, why=why, kind=kind, to=to)

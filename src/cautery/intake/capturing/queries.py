"""Read captures, as far as the actor may."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from cautery.core.actors import Actor, Permission
from cautery.core.errors import NotFound
from cautery.core.lifecycle import EpisodeState
from cautery.intake.capturing.actions import WANTED
from cautery.intake.models import Capture, CaptureStage, Episode

ENDED = (CaptureStage.COMPLETE, CaptureStage.PARTIAL)


def get_capture(name: str, *, by: Actor) -> Capture:
    """The capture of this name, with its package; `NotFound` when there is none."""
    by.require(Permission.INTAKE_EVIDENCE_READ)
    try:
        found = Capture.objects.select_related("package", "episode").filter(name=UUID(name)).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(f"There is no capture {name}.", capture=name)
    return found


def captures_of(item: int, *, by: Actor) -> list[Capture]:
    """What was kept of an item, oldest first, of those merged into it too."""
    by.require(Permission.INTAKE_EVIDENCE_READ)
    return [*_of_item(item).filter(state__in=ENDED).order_by("at")]


def capture_with(sha256: str, *, by: Actor) -> Capture | None:
    """A kept capture that has the medium of this SHA-256, the newest; of any episode that showed these bytes."""
    by.require(Permission.INTAKE_EVIDENCE_READ)
    rows = Capture.objects.select_related("package").filter(episode__media__media__sha256=sha256, state__in=ENDED)
    return next((row for row in rows.order_by("-at")[:20] if sha256 in row.media), None)


def kept_media(episodes: Iterable[int], *, by: Actor) -> set[str]:
    """SHA-256 of the media that were kept with captures of these episodes, or of others that showed the same bytes."""
    by.require(Permission.INTAKE_EVIDENCE_READ)
    same = Episode.objects.filter(media__media__episodes__episode__in=list(episodes))
    rows = Capture.objects.filter(episode__in=same, state__in=ENDED).values_list("media", flat=True)
    return {sha256 for media in rows[:200] for sha256 in media}


def _of_item(item: int) -> QuerySet[Capture]:
    episodes = Episode.objects.filter(item=item) | Episode.objects.filter(item__merged_into=item)
    return Capture.objects.select_related("package", "episode").filter(episode__in=episodes)


def counts() -> dict[str, int]:
    """How many captures stand where; `missing` counts episodes that should have one and were not asked for yet."""
    found = {str(stage): Capture.objects.filter(state=stage).count() for stage in CaptureStage}
    return found | {"missing": Episode.objects.filter(state__in=WANTED, captured=False).count()}


def not_captured() -> int:
    """Referred episodes of which nothing is kept: neither complete nor partial."""
    referred = Episode.objects.filter(state__in=(EpisodeState.REFERRED, EpisodeState.CLOSED))
    return referred.exclude(evidence__state__in=ENDED).count()


def row(capture: Capture) -> dict[str, Any]:
    """A capture for a list."""
    return {
        "id": str(capture.name),
        "url": capture.url,
        "episode": capture.episode_id,
        "state": capture.state,
        "reason": capture.reason or None,
        "at": capture.at.isoformat() if capture.at else None,
        "package": capture.package.sha256 if capture.package else None,
        "sha256": capture.digest or None,
        "page_sha256": capture.page_digest or None,
        "upload": capture.upload,
    }

"""Files officers hand in: what they saw lawfully where nothing is collected, with a statement of where it comes from."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from cautery.core.actors import Actor
from cautery.core.errors import NotFound
from cautery.core.evidence.capture import Circumstances, Taken
from cautery.intake.capturing.actions import ask_for
from cautery.intake.capturing.collect import FULL, software, uploaded
from cautery.intake.capturing.queries import row
from cautery.intake.capturing.steps import Capturing
from cautery.intake.models import Capture, Episode


def keep_upload(file: Path, statement: str, *, item: int | None, by: Actor, at: datetime) -> dict[str, Any]:
    """Keep a file as a package of its own, as every capture is kept; the capture, as a row."""
    episode = None if item is None else _episode(item)
    owner = f"upload:{os.getpid()}"
    capture = ask_for([f"urn:upload:{file.name}"], owner=owner, upload=True, episode=episode, by=by, at=at)[0]
    policy = asdict(FULL) | {"name": "upload", "software": software()}
    around = Circumstances(by.name, by.unit, policy, "none: nothing was fetched", "the machine's, UTC")

    with file.open("rb") as stream:

        def collect(_urls: Sequence[str], _scratch: Path, now: datetime) -> list[Taken]:
            return [uploaded(file.name, stream, statement, around, now)]

        step = Capturing(owner, collect, by=by)
        step.take([capture], at)
    step.keep_waiting(at)
    return row(Capture.objects.select_related("package").get(pk=capture.pk))


def _episode(item: int) -> Episode:
    """The newest episode of an item."""
    found = Episode.objects.filter(item=item).order_by("-number").first()
    if found is None:
        raise NotFound(f"There is no item {item}.", item=item)
    return found

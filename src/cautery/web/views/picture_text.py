"""The text in a captured picture, machine-read on demand, with its translation beside it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cautery.core.actors import Actor, Permission
from cautery.core.errors import Refused, SettingInvalid, Unreachable
from cautery.core.fingerprints.language import UNKNOWN, language
from cautery.fetch import clock
from cautery.ocr.base import SURE
from cautery.ocr.reading import engine
from cautery.review.models import PictureText
from cautery.review.pictures.actions import read_text
from cautery.review.pictures.queries import items_with
from cautery.review.queue.queries import medium_of
from cautery.web.access import needs
from cautery.web.views.translation import translated


@needs(Permission.INTAKE_EVIDENCE_READ)
def picture_text(request: HttpRequest, episode: int, sha256: str, *, by: Actor) -> HttpResponse:
    """A part of a page: the lines read in a picture, or in plain words why there are none."""
    medium_of(episode, sha256, by=by)
    try:
        read = _read(episode, sha256, by)
    except (Refused, SettingInvalid, Unreachable) as error:
        return render(request, "web/_picture_text.html", {"problem": error.message})
    context: dict[str, Any] = {
        "read": read,
        "missing": read is None,
        "episode": episode,
        "sha256": sha256,
    }
    if read is not None:
        context["lines"] = [
            {"text": text, "confidence": confidence, "unsure": confidence is not None and confidence < SURE}
            for text, confidence in read.lines
        ]
        context["language"] = _language(read)
        context["alike"] = items_with(read, episode, by=by) if Permission.INTAKE_ITEM_READ in by.permissions else []
    return render(request, "web/_picture_text.html", context)


@needs(Permission.INTAKE_EVIDENCE_READ)
def picture_translation(request: HttpRequest, episode: int, sha256: str, *, by: Actor) -> HttpResponse:
    """A part of that part: the lines in the reader's language."""
    medium_of(episode, sha256, by=by)
    try:
        read = _read(episode, sha256, by)
    except (Refused, SettingInvalid, Unreachable) as error:
        return render(request, "web/_picture_text.html", {"problem": error.message})
    if read is None or not read.text:
        return render(request, "web/_picture_text.html", {"read": read, "missing": read is None})
    return translated(request, read.text, _language(read), [f"episode:{episode}", f"media:{sha256}"], by=by)


def _read(episode: int, sha256: str, by: Actor) -> PictureText | None:
    """What was read; None where nothing here reads."""
    using = engine(settings.OCR)
    return None if using is None else read_text(episode, sha256, using, by=by, at=clock().now())


def _language(read: PictureText) -> str:
    code = language(read.text).code
    return "" if code == UNKNOWN else code

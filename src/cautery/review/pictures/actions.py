"""Have the text in a captured picture read, and keep what was read."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.db import transaction

from cautery.core.actors import Actor
from cautery.core.errors import Refused
from cautery.custody.actions import consult
from cautery.identify.models import Capture, Media
from cautery.intake.capturing.copies import medium
from cautery.intake.capturing.queries import capture_with
from cautery.ocr.base import Engine, Words
from cautery.ocr.reading import languages_for, read_picture
from cautery.review.models import PictureText
from cautery.review.pictures.queries import kept_text, same_words
from cautery.review.queue.queries import medium_of


def read_text(episode: int, digest: str, using: Engine, *, by: Actor, at: datetime) -> PictureText:
    """What stands in a picture of an episode, read now or before; the log says who saw which words.

    `NotFound` where the officer may not see it, `Refused` where no copy of it is kept, and as `read_picture`.
    """
    media = medium_of(episode, digest, by=by)
    code = Capture.objects.filter(episode=episode).values_list("language", flat=True).first() or ""
    languages = languages_for(using, code)
    read = kept_text(media, using, languages)
    if read is None:
        capture = capture_with(digest, by=by)
        if capture is None:
            raise Refused("No copy of this picture is kept, so that nothing can be read in it.", reason="not_kept")
        data = medium(capture, digest, why="to read the text in it", by=by, at=at)
        read = _kept(media, read_picture(data, using, languages), at)
    said = f"text in the picture, machine-read by {read.engine} {read.version}, SHA-256 {sha256(read.text.encode()).hexdigest()}"
    consult([f"episode:{episode}", f"media:{digest}"], by=by, at=at, why=said)
    return read


def _kept(media: Media, words: Words, at: datetime) -> PictureText:
    """The reading as it is kept; one that another officer had done meanwhile stands."""
    with transaction.atomic():
        read, _ = PictureText.objects.get_or_create(
            media=media,
            engine=words.engine,
            version=words.version[:60],
            languages="+".join(words.languages)[:120],
            defaults={
                "at": at,
                "text": words.text,
                "lines": [[line.text, line.confidence] for line in words.lines],
                "left_out": words.left_out,
                "digest": same_words(words.text),
            },
        )
    return read

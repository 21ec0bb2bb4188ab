"""Words of an item in the reader's language beside the original."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from cautery.core.actors import Actor, Permission
from cautery.core.errors import CauteryError
from cautery.custody.actions import consult
from cautery.custody.events import Access
from cautery.fetch import clock
from cautery.intake.queries import get_operation
from cautery.review.queue.queries import desk_of, held_episode
from cautery.web.access import needs
from cautery.web.translating import translator


@needs(Permission.REVIEW_EPISODE_CLAIM)
def queue_translation(request: HttpRequest, slug: str, episode: int, *, by: Actor) -> HttpResponse:
    """A part of the item's page: what the page says, translated, or in plain words why it is not."""
    held = held_episode(episode, get_operation(slug, by=by), by=by)
    item = desk_of(held, [], 0, by=by).item
    text = f"{item['title']}\n\n{item['excerpt']}".strip()
    return translated(request, text, item["language"] or "", [f"episode:{episode}"], by=by)


def translated(request: HttpRequest, text: str, source: str, subjects: Sequence[str], *, by: Actor) -> HttpResponse:
    """A text in the reader's language, or why there is none. The log says what left, and to whom."""
    service = translator()
    if service is None:
        return render(request, "web/_translation.html", {"missing": True})
    target = get_language() or "en"
    consult(subjects, by=by, at=clock().now(), why=f"translated into {target}", kind=Access.SEND, to=service.name)
    try:
        words = service.translate(text, source=source, target=target)
    except CauteryError as error:
        return render(request, "web/_translation.html", {"problem": error.message})
    return render(request, "web/_translation.html", {"words": words, "service": service.name, "language": target})

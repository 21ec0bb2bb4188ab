"""Care for people: one's own day and how pictures are shown, rest from a subject; for leaders sums, and what was closed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from cautery.core.actors import Actor, Permission
from cautery.core.errors import Refused
from cautery.directory.actions import set_display
from cautery.fetch import clock
from cautery.review.care.actions import hand_over, rest_from, return_to
from cautery.review.care.queries import display_of, exposure_by_unit, quarantined, rests, today
from cautery.web.access import acts, needs


@needs(Permission.REVIEW_EPISODE_CLAIM)
def care_page(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """One's own day, seen by nobody else, and how pictures are shown."""
    wish = display_of(by)
    context = {"day": today(by=by, at=clock().now(), wish=wish), "display": wish, "rests": rests(by=by)}
    return render(request, "web/care.html", context)


@acts(Permission.REVIEW_EPISODE_CLAIM)
def care_display(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Keep how one wants pictures shown."""
    form = request.POST
    numbers = {name: form.get(name, "") for name in ("width", "budget", "rest_minutes")}
    if not all(word.isascii() and word.isdigit() and len(word) < 6 for word in numbers.values()):
        raise Refused("One of these is no number.", reason="display")
    whole = {name: int(word) for name, word in numbers.items()}
    set_display(by=by, blur="blur" in form, grey="grey" in form, **whole)
    return redirect("web:care")


@acts(Permission.REVIEW_EPISODE_CLAIM)
def care_rest(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Rest from a subject, or return to it."""
    subject, act = request.POST.get("subject", ""), request.POST.get("act", "rest")
    (return_to if act == "return" else rest_from)(subject, by=by, at=clock().now())
    back = request.POST.get("next", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, None) else "web:care")


@needs(Permission.REVIEW_EXPOSURE_READ)
def team_page(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """What units had to look at, as sums: never a person's."""
    return render(request, "web/team.html", {"rows": exposure_by_unit(by=by, at=clock().now())})


@needs(Permission.REVIEW_ITEM_HAND_OVER)
def closed_page(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """What was closed to view, and whether the lawful body has it."""
    return render(request, "web/closed.html", {"rows": quarantined(by=by)})


@acts(Permission.REVIEW_ITEM_HAND_OVER)
def closed_hand_over(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Say which body has it now."""
    hand_over(pk, request.POST.get("to", ""), by=by, at=clock().now())
    return redirect("web:closed")

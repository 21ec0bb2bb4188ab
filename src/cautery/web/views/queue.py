"""The review queue: one item at a time, by keyboard; copies beside it; undo, a second opinion, and what must stop."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cautery.authorise.queries import instruments_for
from cautery.core.actors import Actor, Permission
from cautery.core.errors import MovedMeanwhile, NotFound, Refused
from cautery.core.tongues import primary, subtags
from cautery.fetch import clock
from cautery.intake.capturing.copies import medium
from cautery.intake.capturing.queries import capture_with, kept_media
from cautery.intake.queries import get_operation
from cautery.review.actions import UNDO, Decision, decide_many, withdraw_decisions
from cautery.review.care.actions import quarantine
from cautery.review.care.queries import display_of, rests, today
from cautery.review.queries import finding_words
from cautery.review.queue.actions import ask_opinion, let_go_of_all, reveal, show, take_next
from cautery.review.queue.queries import anything_for, medium_of, shown_to, waiting_counts
from cautery.web.access import acts, needs
from cautery.web.pictures import redrawn
from cautery.web.templatetags.desk import told
from cautery.web.views.asked import details_of

KEYS = (
    ("n", _("take the next item")),
    (_("a to e"), _("tick a limb of Art 2(7)")),
    (_("0 to 7"), _("choose a protected purpose, 0 for none")),
    ("r", _("write the reason; Esc leaves the field")),
    ("k", _("tick all copies shown")),
    ("y", _("terrorist content: record and go on")),
    ("x", _("not to be referred: record and go on")),
    ("u", _("take the last decision back, within a minute")),
    ("o", _("ask for a second opinion")),
    ("t", _("translate what the page says")),
    ("v", _("uncover the first picture")),
    ("p", _("read the text in the next picture")),
    ("P", _("translate what was read in it")),
    ("g", _("give the item back")),
    ("!", _("what must stop: close it to every view")),
    ("?", _("show these keys")),
)
UNDO_KEY = "desk_undo"
REASON_KEY = "desk_reason"


@needs(Permission.REVIEW_EPISODE_CLAIM)
def queue_page(request: HttpRequest, slug: str, *, by: Actor) -> HttpResponse:
    """Before one begins, and when nothing is left: how many wait, one's own day, what one rests from."""
    operation, now = get_operation(slug, by=by), clock().now()
    counts = waiting_counts(operation, by=by)
    context = {
        "operation": {"slug": slug, "name": operation.name},
        "counts": counts,
        "anything": counts["mine"] > 0 and anything_for(operation, by=by, at=now),
        "day": today(by=by, at=now),
        "rests": rests(by=by),
        "undo": _undo(request, now),
        "desk_keys": KEYS,
    }
    return render(request, "web/queue.html", context)


@acts(Permission.REVIEW_EPISODE_CLAIM)
def queue_next(request: HttpRequest, slug: str, *, by: Actor) -> HttpResponse:
    """Take the next item; the lobby where none is left."""
    return _next(request, slug, by)


def _next(request: HttpRequest, slug: str, by: Actor) -> HttpResponse:
    found = take_next(get_operation(slug, by=by), by=by, at=clock().now())
    if found is None:
        return redirect("web:queue", slug=slug)
    episode, request.session[REASON_KEY] = found
    return redirect("web:queue-item", slug=slug, episode=episode)


@needs(Permission.REVIEW_EPISODE_CLAIM)
def queue_item(request: HttpRequest, slug: str, episode: int, *, by: Actor) -> HttpResponse:
    """One item before the officer who holds it, with the copies that can be decided beside it."""
    operation, now = get_operation(slug, by=by), clock().now()
    desk = show(episode, operation, by=by, at=now)
    keys = [item["episode_id"] for item in (desk.item, *desk.copies)]
    wish = display_of(by)
    reads = subtags(request.user.reads) if request.user.is_authenticated else frozenset[str]()
    language = primary(desk.item["language"])
    context = {
        "operation": {"slug": slug, "name": operation.name},
        "desk": desk,
        "item": desk.item,
        "kept": kept_media(keys, by=by),
        "is_read": language in reads,
        "is_foreign": bool(reads and language and language not in reads),
        "words": finding_words(),
        "instruments": instruments_for(desk.item["kind"], by=by),
        "display": wish,
        "why": request.session.get(REASON_KEY, ""),
        "day": today(by=by, at=now, wish=wish),
        "undo": _undo(request, now),
        "desk_keys": KEYS,
    }
    return render(request, "web/queue_item.html", context)


@acts(Permission.REVIEW_EPISODE_DECIDE)
def queue_decide(request: HttpRequest, slug: str, episode: int, *, by: Actor) -> HttpResponse:
    """Decide the item, and those copies that were ticked and had been shown; then the next."""
    get_operation(slug, by=by)
    now, form = clock().now(), request.POST
    keys = [episode, *_numbers(form, "copy")]
    seen = shown_to(keys, by=by)
    if missing := set(keys) - set(seen):
        raise Refused("A decision covers only what was shown to you.", reason="not_shown", episodes=sorted(missing))
    details = details_of(request, episode, by=by, at=now)
    results = decide_many([_decision(form, key, seen[key], details) for key in keys], by=by, at=now)
    refused = [result for result in results if result.status == "refused"]
    if refused:
        raise Refused(gettext("Not recorded: %(words)s.") % {"words": told(refused[0].detail)}, reason="decision")
    recorded = [result.key for result in results if result.status == "recorded"]
    if len(recorded) < len(keys):
        detail = next(result.detail for result in results if result.status != "recorded")
        words = gettext("%(recorded)d of %(asked)d decisions were recorded; the others were not: %(words)s.")
        said = words % {"recorded": len(recorded), "asked": len(keys), "words": told(detail)}
        raise MovedMeanwhile(said, episodes=keys)
    request.session[UNDO_KEY] = {"episodes": recorded, "slug": slug, "at": now.isoformat(), "finding": form["outcome"]}
    return _next(request, slug, by)


def _decision(form: MultiValueDict[str, str], key: int, seen: str, details: Mapping[str, Any]) -> Decision:
    confirmed = form.get("outcome") == "confirmed"
    return Decision(
        key,
        form.get("outcome", ""),
        form.get("reason", ""),
        limbs=form.getlist("limb") if confirmed else (),
        protected_purpose=form.get("purpose", "none"),
        instrument=form.get("instrument") or "referral",
        seen=seen,
        details=details,
    )


@acts(Permission.REVIEW_EPISODE_DECIDE)
def queue_undo(request: HttpRequest, slug: str, *, by: Actor) -> HttpResponse:
    """Take the last decision back, within a minute and before anybody signed; the item is before the officer again."""
    operation, last = get_operation(slug, by=by), request.session.pop(UNDO_KEY, None)
    if last is None or last["slug"] != slug:
        raise Refused("There is nothing to take back.", reason="nothing")
    withdraw_decisions(last["episodes"], by=by, at=clock().now())
    let_go_of_all(operation, by=by, but=last["episodes"])
    return redirect("web:queue-item", slug=slug, episode=last["episodes"][0])


@acts(Permission.REVIEW_EPISODE_DECIDE)
def queue_ask(request: HttpRequest, slug: str, episode: int, *, by: Actor) -> HttpResponse:
    """Pass it on with a question; then the next."""
    get_operation(slug, by=by)
    ask_opinion(episode, request.POST.get("question", ""), by=by, at=clock().now())
    return _next(request, slug, by)


@acts(Permission.REVIEW_EPISODE_CLAIM)
def queue_leave(_request: HttpRequest, slug: str, *, by: Actor) -> HttpResponse:
    """Give back what one holds."""
    let_go_of_all(get_operation(slug, by=by), by=by)
    return redirect("web:queue", slug=slug)


@acts(Permission.REVIEW_ITEM_QUARANTINE)
def item_stop(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """What must stop: closed at once. To the next item where one came from the queue."""
    quarantine(pk, by=by, at=clock().now())
    slug = request.POST.get("queue", "")
    return _next(request, slug, by) if slug else redirect("web:operations")


@needs(Permission.INTAKE_EVIDENCE_READ)
def picture(request: HttpRequest, episode: int, sha256: str, *, by: Actor) -> HttpResponse:
    """A captured picture, drawn anew: veiled as it comes, plain when asked for, which is counted and logged."""
    medium_of(episode, sha256, by=by)
    capture = capture_with(sha256, by=by)
    if capture is None:
        raise NotFound("No copy of this picture is kept.", episode=episode)
    now, wish = clock().now(), display_of(by)
    plain = request.GET.get("look") == "plain"
    if plain:
        reveal(episode, sha256, by=by, at=now)
    data = medium(capture, sha256, why="to decide", by=by, at=now)
    shown = redrawn(data, width=wish.width, grey=wish.grey, veiled=wish.blur and not plain)
    return HttpResponse(shown, content_type="image/jpeg", headers={"Content-Disposition": "inline"})


def _numbers(form: MultiValueDict[str, str], name: str) -> list[int]:
    words = form.getlist(name)
    if not all(word.isascii() and word.isdigit() and len(word) < 19 for word in words):
        raise Refused("That is no item.", reason="number")
    return [int(word) for word in words]


def _undo(request: HttpRequest, now: datetime) -> dict[str, Any] | None:
    """The last decision, while it can be taken back."""
    last = request.session.get(UNDO_KEY)
    if last is None or now - datetime.fromisoformat(last["at"]) > UNDO:
        return None
    return {**last, "count": len(last["episodes"]), "until": datetime.fromisoformat(last["at"]) + UNDO, "now": now}

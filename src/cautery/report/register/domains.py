"""Changes of watched domains, the newest first: what the desk is told of their lives."""

from __future__ import annotations

from cautery.core.actors import Actor, Permission
from cautery.intake.queries import hidden
from cautery.refer.models import Notice
from cautery.report.register.desks import Chosen
from cautery.report.register.lists import PAGE, Part, Rows
from cautery.watch.closed import closed_to_view
from cautery.watch.models import DomainEvent

FIELDS = ("at", "after", "watch__subject", "what", "said", "same_marks")


def changes(words: str, after: str, chosen: Chosen, *, by: Actor) -> Part:
    """What changed on domains under watch, the newest first: by domain (the beginning of its name) and by what changed.

    Of what is closed to view only that there is something is said.
    """
    by.require(Permission.INTAKE_ITEM_READ)
    unseen = Notice.objects.filter(operation__in=hidden(by=by), signature__isnull=False).values("signature")
    rows = DomainEvent.objects.exclude(watch__signature__in=unseen)
    if words:
        rows = rows.filter(watch__subject__startswith=words.lower())
    if chosen.get("what"):
        rows = rows.filter(what=chosen["what"])
    if after.isdigit():
        rows = rows.filter(pk__lt=int(after))
    closed = closed_to_view()
    found: Rows = [
        dict(row) | {"watch__subject": closed.say(row["watch__subject"]), "said": closed.say(row["said"])}
        for row in rows.order_by("-pk").values("pk", *FIELDS)[: PAGE + 1]
    ]
    return Part(found[:PAGE], str(found[PAGE - 1]["pk"]) if len(found) > PAGE else "")

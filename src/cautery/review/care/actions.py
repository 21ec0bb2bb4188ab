"""Write what spares people: exposure, rest from a subject, and the closing of what must not be seen."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, Value, When

from cautery.core.actors import Actor, Permission
from cautery.core.errors import MovedMeanwhile, NotFound, Refused
from cautery.core.lifecycle import EpisodeState
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.intake.models import Episode, Item
from cautery.intake.queries import hidden, members, require_seen
from cautery.review.models import Exposure, Quarantine, Rest

BREAK = timedelta(minutes=10)
"""Who looked at nothing for so long has had a break."""

LONGEST = 140


def note_exposure(*, items: int, pictures: int, by: Actor, at: datetime) -> None:
    """Count what an officer was shown, in the caller's transaction."""
    rested = When(last_at__lte=at - BREAK, then=Value(at))
    changes = {"items": F("items") + items, "pictures": F("pictures") + pictures, "last_at": at}
    mine = Exposure.objects.filter(officer_id=by.officer_id, day=at.date())
    if not mine.update(since=Case(rested, default=F("since")), **changes):
        first = Exposure(officer_id=by.officer_id, day=at.date(), items=items, pictures=pictures, since=at, last_at=at)
        Exposure.objects.bulk_create([first], ignore_conflicts=True)


def rest_from(subject: str, *, by: Actor, at: datetime) -> None:
    """Show this officer nothing of a subject until they say otherwise; nobody is asked, and nobody is told who."""
    by.require(Permission.REVIEW_EPISODE_CLAIM)
    if not subject.startswith(("kind:", "outlet:")) or len(subject) > LONGEST:
        raise Refused("There is no such subject.", reason="subject")
    with transaction.atomic():
        Rest.objects.get_or_create(officer_id=by.officer_id, subject=subject, until=None, defaults={"since": at})
        Episode.objects.filter(lease_owner=by.name, state=EpisodeState.IN_REVIEW).update(
            lease_owner="", lease_until=0.0
        )


def return_to(subject: str, *, by: Actor, at: datetime) -> None:
    """End an officer's rest from a subject."""
    by.require(Permission.REVIEW_EPISODE_CLAIM)
    Rest.objects.filter(officer_id=by.officer_id, subject=subject, until=None).update(until=at)


def quarantine(item_id: int, *, by: Actor, at: datetime) -> Quarantine:
    """Close an item to every view at once: material that must not be seen further. It waits for the lawful body."""
    by.require(Permission.REVIEW_ITEM_QUARANTINE)
    with transaction.atomic():
        item = Item.objects.filter(pk=item_id).first()
        if item is None:
            raise NotFound(f"No item {item_id}.", item=item_id)
        require_seen(item, hidden(by=by))
        row, made = Quarantine.objects.get_or_create(item=item, defaults={"officer_id": by.officer_id, "at": at})
        if made:
            _close_same(item, by, at)
            Episode.objects.filter(item=item, state=EpisodeState.IN_REVIEW).update(lease_owner="", lease_until=0.0)
            record(Event.REVIEW_ITEM_QUARANTINED, by=by, at=at, subject=f"item:{item_id}", facts={"unit": by.unit})
    return row


def _close_same(item: Item, by: Actor, at: datetime) -> None:
    """Close what was merged with it too: the same object under another key. Queues and sending go by the item."""
    same = [Quarantine(item_id=key, officer_id=by.officer_id, at=at) for key in members([item.root_id])]
    Quarantine.objects.bulk_create(same, ignore_conflicts=True)


def hand_over(item_id: int, to: str, *, by: Actor, at: datetime) -> None:
    """Say that the lawful body has a quarantined item now, and which body it is; it stays closed."""
    by.require(Permission.REVIEW_ITEM_HAND_OVER)
    if not to.strip():
        raise Refused("Say which body has it now.", reason="no_body")
    with transaction.atomic():
        waiting = Quarantine.objects.filter(item=item_id, handed_at=None)
        if not waiting.update(handed_to=to.strip()[:200], handed_by=by.officer_id, handed_at=at):
            raise MovedMeanwhile("It was handed over before, or is not quarantined.", item=item_id)
        record(Event.REVIEW_ITEM_HANDED_OVER, by=by, at=at, subject=f"item:{item_id}", facts={"to": to.strip()[:200]})

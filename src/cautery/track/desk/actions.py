"""Write what a provider's staff say: answers, calls of their webhook, threats to life; and who of the house has seen a threat."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from cautery.core.actors import Actor, Permission
from cautery.core.errors import Refused
from cautery.core.lifecycle import DeliveryState
from cautery.core.text import storable
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.directory.models import Channel, Provider, ProviderKey
from cautery.directory.queries import actor_of_key
from cautery.refer.models import Delivery, Notice
from cautery.track.actions import Said, keep_answers
from cautery.track.forms.actions import take_rows
from cautery.track.models import Call, Threat, Tracking
from cautery.track.queries import shown_threats

LOG = logging.getLogger(__name__)
MOST = 5_000


def answer_many(key: ProviderKey, said: Sequence[Said], *, source: str, at: datetime) -> list[str]:
    """A provider's answers to its own notices, at most 5,000; what could not be taken, in words. A sandbox key changes nothing."""
    if len(said) > MOST:
        raise Refused(f"At most {MOST} answers at once.", reason="too_many", answers=len(said))
    if key.sandbox:
        return []
    return keep_answers(said, provider_id=key.provider_id, source=source, by=actor_of_key(key), at=at)


def show(key: ProviderKey, rows: Sequence[dict[str, Any]], *, at: datetime) -> list[dict[str, Any]]:
    """Rows of the desk as its staff are shown them, with the time of receipt of what they see for the first time."""
    new = hand_over(key, [row["reference"] for row in rows if not row["received_at"]], at=at)
    return [row | {"received_at": at.isoformat()} if row["reference"] in new else row for row in rows]


def hand_over(key: ProviderKey, references: Sequence[str], *, at: datetime) -> set[str]:
    """What was laid out in the desk is received when its staff first see it; which of `references` that is now.

    The moment goes into the delivery, the tracking (unless a probe saw the thing gone before) and the log.
    """
    laid_out = Delivery.objects.filter(
        provider=key.provider_id, channel=Channel.PORTAL, state=DeliveryState.DELIVERED, received_at=None
    )
    if not references or key.sandbox:
        return set()
    with transaction.atomic():
        mine = laid_out.filter(notice__reference__in=references).select_for_update(of=("self",)).order_by("pk")
        fresh = list(mine.values_list("pk", "notice__episode_id", "notice__reference"))
        if fresh:
            laid_out.filter(pk__in=[pk for pk, _, _ in fresh]).update(received_at=at)
            followed = Tracking.objects.filter(pk__in=[episode for _, episode, _ in fresh], first_down_at=None)
            followed.filter(referred_at__isnull=False).update(referred_at=at)
            record(
                Event.TRACK_NOTICES_FETCHED,
                by=actor_of_key(key),
                at=at,
                subject=f"provider:{key.provider_id}",
                facts={"notices": len(fresh)},
                rows=[{"reference": reference, "at": at.isoformat()} for _, _, reference in fresh],
            )
    return {reference for _, _, reference in fresh}


def take_call(
    provider: Provider, call_id: str, rows: Sequence[Mapping[str, Any]], *, by: Actor, at: datetime
) -> list[str]:
    """Keep a verified webhook call with its answers and forms, once: Refused `replay` for one that was taken before."""
    try:
        with transaction.atomic():
            Call.objects.create(provider=provider, call_id=call_id, at=at)
            return take_rows(rows, provider_id=provider.pk, source="hook", by=by, at=at)
    except IntegrityError as error:
        raise Refused("The call was taken before.", reason="replay", id=call_id) from error


def report_threat(key: ProviderKey, report: Mapping[str, Any], *, at: datetime) -> int:
    """A provider's report of an imminent threat to life (Art 14(5)): kept, logged as critical, first in its own queue.

    It decides nothing: whatever is referred because of it is reviewed and signed as everything else.
    """
    text, contact = str(report.get("text") or ""), str(report.get("contact") or "")
    if not text.strip() or not contact.strip():
        raise Refused("A report says what the threat is, and whom to ask.", reason="threat")
    if key.sandbox:
        return 0
    reference = str(report.get("reference") or "")
    notice = Notice.objects.filter(reference=reference, provider=key.provider_id).first() if reference else None
    with transaction.atomic():
        threat = Threat.objects.create(
            provider_id=key.provider_id,
            notice=notice,
            text=storable(text, 8_000),
            contact=storable(contact, 300),
            state=storable(str(report.get("state") or ""), 2),
            received_at=at,
        )
        facts = {"provider": key.provider.slug, "notice": notice.reference if notice else ""}
        record(Event.TRACK_THREAT_REPORTED, by=actor_of_key(key), at=at, subject=f"threat:{threat.pk}", facts=facts)
    LOG.critical("THREAT TO LIFE reported by %s: report %s waits to be read.", key.provider.slug, threat.pk)
    return threat.pk


def see_threat(threat: int, *, by: Actor, at: datetime) -> bool:
    """An officer has taken a report on; False when somebody had before."""
    by.require(Permission.TRACK_THREAT_READ)
    with transaction.atomic():
        seen = shown_threats(by=by).filter(pk=threat, seen_at=None).update(seen_by=by.officer_id, seen_at=at)
        if seen:
            record(Event.TRACK_THREAT_REPORTED, by=by, at=at, subject=f"threat:{threat}", facts={"seen": True})
    return bool(seen)

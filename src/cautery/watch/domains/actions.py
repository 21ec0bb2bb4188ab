"""Write what was seen of watched domains: spans of what was known, events, leads; and begin watches on the outlet's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from cautery.core.actors import Actor
from cautery.core.clock import on_grid
from cautery.core.domains import (
    HELD,
    DomainRecord,
    Event,
    Observed,
    Site,
    State,
    as_shown,
    differing,
    event_of,
    site_events,
    timeline,
)
from cautery.core.text import storable
from cautery.custody.actions import record
from cautery.custody.events import Event as CustodyEvent
from cautery.ground.rows import update_many
from cautery.watch.models import DomainEvent, DomainLook, Watch

LOOK_EVERY, LOOK_SOON = timedelta(hours=6), timedelta(hours=1)
"""How often a domain is looked at; sooner where its life is about to change, or the last look could not tell."""
NEAR = timedelta(days=3)
GRID_MINUTES = 15
LONGEST = 1_000
"""Characters kept of one text in an answer."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a watched domain; `source` where the answer came from, `leads_to` where its front page led, `site` what else it shows."""

    watch: Watch
    record: DomainRecord
    source: str
    leads_to: str = ""
    site: Site = field(default_factory=Site)


def watch_domains(new: Sequence[Watch], *, by: Actor, at: datetime) -> int:
    """Begin watches on domains that were decided on; one that runs already stays as it is. How many there were."""
    with transaction.atomic():
        Watch.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)
        if new:
            rows = [{"subject": w.subject, "signature": w.signature_id} for w in new]
            facts = {"watches": len(new)}
            record(CustodyEvent.WATCH_WATCHES_BEGUN, by=by, at=at, subject="watches", facts=facts, rows=rows)
    return len(new)


def keep_looks(looks: Sequence[Look], *, by: Actor, at: datetime) -> list[DomainEvent]:
    """Keep a batch of looks and what changed since the last of each: the events, in order. A domain is looked at once a moment."""
    history: dict[int, list[DomainLook]] = {look.watch.pk: [] for look in looks}
    for span in DomainLook.objects.filter(watch__in=history, at__lt=at).order_by("watch", "at"):
        history[span.watch_id].append(span)
    looks = [_after(_storable(look), history[look.watch.pk]) for look in looks]
    events = [event for look in looks for event in _events(look, history[look.watch.pk], at)]
    with transaction.atomic():
        _keep(looks, history, at)
        for look in looks:
            look.watch.next_look_at = next_look(look.record, at)
        update_many([look.watch for look in looks], ["next_look_at"])
        DomainEvent.objects.bulk_create(events, ignore_conflicts=True, batch_size=500)
        if looks:
            rows = [{"watch": one.watch.pk, "state": str(one.record.state)} for one in looks]
            rows += [{"watch": one.watch_id, "event": one.what, "said": one.said} for one in events]
            facts = {"looks": len(looks), "events": len(events)}
            record(CustodyEvent.WATCH_DOMAINS_LOOKED, by=by, at=at, subject="domains", facts=facts, rows=rows)
    return events


def _storable(look: Look) -> Look:
    """The look as every database can keep it: what others wrote may hold anything."""
    said = _plain(look.record.as_dict() | {"marks": list(look.record.marks)})
    record_, site = DomainRecord.of(said, said["marks"]), Site.of(_plain(look.site.as_dict()))
    return replace(look, record=record_, site=site, leads_to=storable(look.leads_to, 253))


def _plain(value: Any) -> Any:
    """A JSON value with texts that can be kept."""
    if isinstance(value, str):
        return storable(value, LONGEST)
    if isinstance(value, dict):
        return {storable(name, LONGEST): _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _after(look: Look, history: Sequence[DomainLook]) -> Look:
    """The look with what is known of the site after it, and the record as that shows it.

    Marks are those of the certificate it shows now: an old one says nothing of who has the domain today.
    """
    known = look.site.over(site_of(history))
    record_ = as_shown(look.record, Site(known.zone, look.site.certificate))
    return replace(look, record=record_, site=known)


def site_of(history: Sequence[DomainLook]) -> Site:
    """What is known of a site after these looks, the oldest first."""
    return Site.of(history[-1].site) if history else Site()


def _keep(looks: Sequence[Look], history: dict[int, list[DomainLook]], at: datetime) -> None:
    """What says the same as the last look makes its span longer."""
    longer: list[DomainLook] = []
    otherwise: list[DomainLook] = []
    new: list[DomainLook] = []
    for look in looks:
        said = look.record.as_dict() | {"marks": list(look.record.marks)}
        site = look.site.as_dict()
        last = history[look.watch.pk][-1] if history[look.watch.pk] else None
        if (
            last is not None
            and (last.record, last.leads_to, last.source) == (said, look.leads_to, look.source)
            and (_settled(last.site) == _settled(site))
        ):
            last.until = at
            (longer if last.site == site else otherwise).append(last)
            last.site = site
        else:
            new.append(
                DomainLook(
                    watch=look.watch,
                    at=at,
                    until=at,
                    state=look.record.state,
                    ground=look.record.ground[:200],
                    source=look.source[:100],
                    record=said,
                    leads_to=look.leads_to[:253],
                    site=site,
                )
            )
    update_many(longer, ["until"])
    update_many(otherwise, ["until", "site"])
    DomainLook.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)


def _settled(site: dict[str, Any]) -> dict[str, Any]:
    """What is known of a site, without what went wrong in one look."""
    return {part: said for part, said in site.items() if part != "problems"}


def next_look(seen: DomainRecord, at: datetime) -> datetime:
    """When to look again: every six hours; every hour on hold, to be deleted, about to expire or where nobody could tell."""
    near = seen.expires is not None and abs(seen.expires - at) <= NEAR
    soon = near or seen.state in HELD or seen.state is State.UNKNOWN
    return on_grid(at + (LOOK_SOON if soon else LOOK_EVERY), GRID_MINUTES)


def _events(look: Look, history: Sequence[DomainLook], at: datetime) -> list[DomainEvent]:
    """What this look shows that the last one that could tell did not."""
    told = [(span, record_of(span)) for span in history if span.state != State.UNKNOWN]
    seen = [Observed(moment, known) for span, known in told for moment in dict.fromkeys((span.at, span.until))]
    before, now = timeline(seen), timeline([*seen, Observed(at, look.record)])
    after = told[-1][0].until if told else None
    found = [event_of(change) for change in now[len(before) :]]
    if look.record.state is not State.UNKNOWN and told:
        found += differing(told[-1][1], look.record)
    found += _site_events(look, history)
    led = next((span.leads_to for span in reversed(history) if span.leads_to), "")
    if look.leads_to and look.leads_to != led:
        found.append(Event("leads_to", look.leads_to[:253], f"its front page leads to {look.leads_to}"))
    return [
        DomainEvent(
            watch=look.watch,
            at=at,
            after=after,
            what=one.what,
            value=one.value[:253],
            said=one.said[:300],
            same_marks=one.same_marks,
        )
        for one in found
    ]


def _site_events(look: Look, history: Sequence[DomainLook]) -> list[Event]:
    """What changed of the site; certificates and keys it showed before are no news."""
    shown = [certificate for span in history if (certificate := Site.of(span.site).certificate) is not None]
    seen = {digest for one in shown for digest in (one.sha256, one.spki_sha256)}
    return list(site_events(site_of(history), look.site, seen, servers=not look.record.nameservers))


def record_of(span: DomainLook) -> DomainRecord:
    """The record a span keeps."""
    return DomainRecord.of(span.record, span.record.get("marks", ()))

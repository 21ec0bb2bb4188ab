"""Read what a signer needs to see."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, QuerySet

from cautery.authorise.models import Suspension
from cautery.core.actors import Actor, Permission
from cautery.core.lifecycle import EpisodeState
from cautery.directory.models import Unit
from cautery.identify.models import Capture, EpisodeMedia, Hosting
from cautery.intake.models import Operation
from cautery.match.models import Match
from cautery.review.models import LIMBS, Assessment, Finding, Instrument, Quarantine

READ = {
    "pk": "decision_id",
    "episode_id": "episode_id",
    "episode__number": "number",
    "episode__item__url": "url",
    "episode__item__provider": "provider",
    "episode__item__kind": "kind",
    "limbs": "limbs",
    "reason": "reason",
    "reviewer__name": "reviewer",
}
"""What a signer is told of a decision: where it is kept, and by which name."""
SAME = ("addressee", "instrument", "limbs", "reason", "reviewer", "kind")
"""What a signer need read only once where it is the same in all of a batch."""


def decisions(keys: Sequence[int]) -> list[dict[str, Any]]:
    """Each decision with its item and reviewer, in the order of `keys`."""
    if not keys:
        return []
    rows = Assessment.objects.filter(pk__in=keys).values(*READ)
    found = {row["pk"]: row for row in rows}
    return [{name: found[key][column] for column, name in READ.items()} for key in keys]


@dataclass(frozen=True, slots=True)
class Batch:
    """Decisions a signer holds. `same` holds what is equal in all of them; `groups` the rest by what the notices would say."""

    rows: list[dict[str, Any]]
    same: dict[str, Any]
    groups: list[dict[str, Any]]


def waiting(operation: Operation, *, by: Actor) -> QuerySet[Assessment]:
    """Confirmed decisions this officer may sign: not their own, nothing that must not be seen."""
    by.require(Permission.AUTHORISE_DECISION_SIGN)
    rows = Assessment.objects.filter(
        episode__operation=operation, episode__state=EpisodeState.CONFIRMED, finding=Finding.CONFIRMED
    )
    return rows.exclude(reviewer=UUID(by.officer_id)).exclude(episode__item__in=Quarantine.objects.values("item"))


def signing_counts(operation: Operation, *, by: Actor) -> dict[str, int]:
    """How many wait for a second person, and how many this one holds."""
    rows = waiting(operation, by=by)
    held = rows.filter(lease_owner=by.name, lease_until__gte=time.time())
    return {"all": rows.count(), "held": held.count()}


def batch(operation: Operation, *, by: Actor, at: datetime) -> Batch:
    """What this signer holds, told apart into what is the same and what differs; a constant number of statements."""
    held = waiting(operation, by=by).filter(lease_owner=by.name, lease_until__gte=time.time())
    found = list(held.select_related("episode__item", "reviewer__unit").order_by("pk"))
    episodes = [assessment.episode_id for assessment in found]
    items = [assessment.episode.item_id for assessment in found]
    hosts = {h.item_id: h.provider for h in Hosting.objects.filter(item__in=items).select_related("provider")}
    titles = dict(Capture.objects.filter(episode__in=episodes).values_list("episode", "title"))
    known = defaultdict(list)
    for episode, label, kind in Match.objects.filter(episode__in=episodes).values_list(
        "episode", "entry__label", "kind"
    ):
        known[episode].append({"label": label, "kind": kind})
    media = defaultdict(list)
    for episode, sha256 in EpisodeMedia.objects.filter(episode__in=episodes).values_list("episode", "media__sha256"):
        media[episode].append(sha256)
    rows = [
        _line(assessment, hosts.get(assessment.episode.item_id))
        | {
            "title": titles.get(assessment.episode_id, ""),
            "known": known[assessment.episode_id],
            "media": media[assessment.episode_id],
        }
        for assessment in found
    ]
    same = {name: rows[0][name] for name in SAME if rows and all(row[name] == rows[0][name] for row in rows)}
    return Batch(rows, same, _grouped(rows, at))


def _line(assessment: Assessment, host: Any) -> dict[str, Any]:
    item = assessment.episode.item
    return {
        "decision": assessment.pk,
        "episode": assessment.episode_id,
        "number": assessment.episode.number,
        "item": item.pk,
        "url": item.url,
        "provider": item.provider,
        "kind": item.kind,
        "addressee": host.name if host else "",
        "instrument": assessment.get_instrument_display(),
        "limbs": [{"limb": limb, "words": LIMBS[limb]} for limb in assessment.limbs],
        "reason": assessment.reason,
        "reviewer": assessment.reviewer.name,
        "unit": assessment.reviewer.unit.name,
        "decided_at": assessment.decided_at,
    }


def _grouped(rows: Sequence[dict[str, Any]], at: datetime) -> list[dict[str, Any]]:
    """Rows whose notices would differ in the link alone, largest group first; `notice` is one of them as it would read."""
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        limbs = tuple(limb["limb"] for limb in row["limbs"])
        groups[row["addressee"], row["instrument"], limbs, row["reason"]].append(row)
    ordered = sorted(groups.values(), key=lambda group: (-len(group), group[0]["decision"]))
    return [{"rows": group, "notice": group[0], "day": at} for group in ordered]


SITES = frozenset({"domain", "site", "website", "app"})
"""Kinds of items that a notice to registrar, registry, host or store is for."""


def instruments_for(kind: str, *, by: Actor) -> list[str]:
    """The notices an officer can propose for an item of this kind, the mildest first; one statement.

    Orders are for units with an authority that may issue them (Art 12(1)(a) TCO); what the overseer suspended is not offered.
    """
    by.require(Permission.REVIEW_EPISODE_CLAIM)
    stopped = {
        f"stopped_{n}": Exists(Suspension.objects.filter(instrument=one, lifted_at=None))
        for n, one in enumerate(Instrument)
    }
    unit = Unit.objects.filter(slug=by.unit).annotate(**stopped).select_related("authority").first()
    if unit is None:
        return [str(Instrument.REFERRAL)]
    open_ = [one for n, one in enumerate(Instrument) if not getattr(unit, f"stopped_{n}")]
    may_order = unit.authority is not None
    may_remove = unit.authority is not None and "issue" in unit.authority.roles
    fits = {
        Instrument.REFERRAL: True,
        Instrument.DSA_NOTICE: True,
        Instrument.DOMAIN: kind in SITES,
        Instrument.DSA_ORDER: may_order,
        Instrument.TCO_ORDER: may_remove,
    }
    return [str(one) for one in fits if fits[one] and one in open_]

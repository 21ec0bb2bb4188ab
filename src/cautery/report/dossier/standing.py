"""Where items stand: the newest episode of each in an operation, who answers for it, what came of its notice."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Case, CharField, Exists, F, OuterRef, QuerySet, When
from django.db.models.functions import Coalesce

from cautery.core.availability import Verdict
from cautery.core.lifecycle import EpisodeState, Outcome
from cautery.core.outcomes import outcome
from cautery.intake.models import Episode
from cautery.intake.queries import outdated


def newest_episodes() -> QuerySet[Episode]:
    """One episode for each object and operation: the newest that stands, on the item or on one merged with it."""
    later = Episode.objects.filter(
        item_id=OuterRef("item_id"), operation_id=OuterRef("operation_id"), number__gt=OuterRef("number")
    ).exclude(state=EpisodeState.SET_ASIDE)
    return Episode.objects.exclude(state=EpisodeState.SET_ASIDE).exclude(pk__in=outdated()).filter(~Exists(later))


def decisive_verdict(prefix: str = "") -> Case:
    """The verdict that counts, of a tracking reached by `prefix`: how it went down where it did, else the last one.

    As `report.queries.outcome_of` takes it; a test holds the two together.
    """
    return Case(
        When(**{f"{prefix}down_verdict": ""}, then=F(f"{prefix}verdict")),
        default=F(f"{prefix}down_verdict"),
        output_field=CharField(),
    )


def answerable(prefix: str = "") -> Coalesce:
    """The slug of who answers for an item: its host where one is known, else the provider its link names."""
    return Coalesce(f"{prefix}hosting__provider__slug", f"{prefix}provider")


def standing(referred_at: datetime | None, verdict: str | None, answer: str | None) -> Outcome | None:
    """What came of a notice; None before the provider has one."""
    if referred_at is None or not verdict:
        return None
    return outcome(Verdict(verdict), answer or None)

"""Where items stand: the newest episode of each in an operation, and what came of its notice as far as it is known."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Case, CharField, Exists, F, OuterRef, QuerySet, Value, When

from cautery.core.availability import UNSURE, Verdict
from cautery.core.lifecycle import Outcome
from cautery.core.outcomes import outcome
from cautery.intake.models import Episode
from cautery.track.models import Tracking


def newest_episodes() -> QuerySet[Episode]:
    """One episode for each item and operation: the newest."""
    later = Episode.objects.filter(
        item_id=OuterRef("item_id"), operation_id=OuterRef("operation_id"), number__gt=OuterRef("number")
    )
    return Episode.objects.filter(~Exists(later))


def decisive_verdict(prefix: str = "") -> Case:
    """The verdict that counts, of a tracking reached by `prefix`, as an expression.

    1. Once it was seen down, what was said of that; a later return is another episode.
    2. A probe that could not tell leaves standing what the last one saw that could, if that was after the notice.
    """
    return Case(
        When(**{f"{prefix}first_down_at__isnull": False}, then=F(f"{prefix}down_verdict")),
        When(
            **{f"{prefix}verdict__in": sorted(UNSURE), f"{prefix}last_up_at__gte": F(f"{prefix}referred_at")},
            then=Value(str(Verdict.UP)),
        ),
        default=F(f"{prefix}verdict"),
        output_field=CharField(),
    )


def standing(referred_at: datetime | None, verdict: str | None, answer: str | None) -> Outcome | None:
    """What came of a notice; None before the provider has one."""
    if referred_at is None or not verdict:
        return None
    return outcome(Verdict(verdict), answer or None)


def standing_of(tracking: Tracking) -> Outcome | None:
    """What came of the notice of a tracked episode: `decisive_verdict` in Python."""
    verdict = tracking.verdict
    if tracking.first_down_at is not None:
        verdict = tracking.down_verdict
    elif verdict in UNSURE and tracking.last_up_at and tracking.referred_at and tracking.last_up_at >= tracking.referred_at:
        verdict = Verdict.UP
    return standing(tracking.referred_at, verdict, tracking.answer)

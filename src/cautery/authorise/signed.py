"""What exactly a signature covers: the object, the ground, the reason, the instrument."""

from __future__ import annotations

from cautery.core.canonical import digest
from cautery.review.models import Assessment


def signed_digest(assessment: Assessment) -> str:
    """SHA-256 over what the signer saw; the assessment comes with its episode and item."""
    item = assessment.episode.item
    return digest(
        {
            "grounds": assessment.grounds,
            "designation": assessment.designation,
            "details": assessment.details,
            "assessment": assessment.pk,
            "episode": assessment.episode.number,
            "identity": item.identity,
            "url": item.url,
            "finding": assessment.finding,
            "limbs": assessment.limbs,
            "reason": assessment.reason,
            "instrument": assessment.instrument,
        }
    )

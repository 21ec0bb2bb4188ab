"""Read what a signer needs to see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cautery.review.models import Assessment


def decisions(keys: Sequence[int]) -> list[dict[str, Any]]:
    """Each decision with its item and reviewer, in the order of `keys`."""
    if not keys:
        return []
    found = Assessment.objects.select_related("episode__item", "reviewer").in_bulk(list(keys))
    return [
        {
            "decision_id": key,
            "episode_id": found[key].episode_id,
            "number": found[key].episode.number,
            "url": found[key].episode.item.url,
            "provider": found[key].episode.item.provider,
            "kind": found[key].episode.item.kind,
            "limbs": found[key].limbs,
            "reason": found[key].reason,
            "reviewer": found[key].reviewer.name,
        }
        for key in keys
    ]

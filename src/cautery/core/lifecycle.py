"""States and allowed moves, as tables: an item's episode, a notice, a delivery.

Episode (one time online of an item):

    flagged -> identified -> in_review -> confirmed -> signed -> composed -> referred -> closed
                                 |            |                   |  ^
                                 v            v                   v  |
                             dismissed    dismissed               held
                                       (signer refused)

    A decision its reviewer withdraws at once, before anybody signed, was none: confirmed, dismissed -> in_review.

    What is not sent yet can be set aside by a merge of two items, and taken up where it was when that is undone:
    set_aside <-> flagged, identified, in_review, confirmed, signed, composed, held

Delivery (one sending of a notice):

    queued -> sending -> delivered
      ^  ^      |  |  \\-> rejected
      |  |      |  v
      |  |      |  uncertain -> delivered   (the provider knows the idempotency key)
      |  \\------+--------|                  (it does not: safe to send)
      |         v
      \\--- held, failed

    queued, held <-> paused   (its episode was set aside)
"""

from __future__ import annotations

from enum import StrEnum


class EpisodeState(StrEnum):
    """Where an episode stands."""

    FLAGGED = "flagged"
    IDENTIFIED = "identified"
    IN_REVIEW = "in_review"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    SIGNED = "signed"
    COMPOSED = "composed"
    HELD = "held"
    SET_ASIDE = "set_aside"
    REFERRED = "referred"
    CLOSED = "closed"


class DeliveryState(StrEnum):
    """Where one sending stands."""

    QUEUED = "queued"
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    DELIVERED = "delivered"
    REJECTED = "rejected"
    HELD = "held"
    PAUSED = "paused"
    FAILED = "failed"


UNSENT: frozenset[EpisodeState] = frozenset(
    {
        EpisodeState.FLAGGED,
        EpisodeState.IDENTIFIED,
        EpisodeState.IN_REVIEW,
        EpisodeState.CONFIRMED,
        EpisodeState.SIGNED,
        EpisodeState.COMPOSED,
        EpisodeState.HELD,
    }
)
"""States of which nothing has left the house: what a merge can set aside."""

EPISODE_MOVES: dict[EpisodeState, frozenset[EpisodeState]] = {
    EpisodeState.FLAGGED: frozenset({EpisodeState.IDENTIFIED, EpisodeState.SET_ASIDE}),
    EpisodeState.IDENTIFIED: frozenset({EpisodeState.IN_REVIEW, EpisodeState.SET_ASIDE}),
    EpisodeState.IN_REVIEW: frozenset({EpisodeState.CONFIRMED, EpisodeState.DISMISSED, EpisodeState.SET_ASIDE}),
    EpisodeState.CONFIRMED: frozenset(
        {EpisodeState.SIGNED, EpisodeState.DISMISSED, EpisodeState.IN_REVIEW, EpisodeState.SET_ASIDE}
    ),
    EpisodeState.SIGNED: frozenset({EpisodeState.COMPOSED, EpisodeState.SET_ASIDE}),
    EpisodeState.COMPOSED: frozenset(
        {EpisodeState.REFERRED, EpisodeState.HELD, EpisodeState.CLOSED, EpisodeState.SET_ASIDE}
    ),
    EpisodeState.HELD: frozenset({EpisodeState.COMPOSED, EpisodeState.SET_ASIDE}),
    EpisodeState.SET_ASIDE: UNSENT,
    EpisodeState.REFERRED: frozenset({EpisodeState.CLOSED}),
    EpisodeState.DISMISSED: frozenset({EpisodeState.IN_REVIEW}),
    EpisodeState.CLOSED: frozenset(),
}

DELIVERY_MOVES: dict[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.QUEUED: frozenset({DeliveryState.SENDING, DeliveryState.HELD, DeliveryState.PAUSED}),
    DeliveryState.SENDING: frozenset(
        {
            DeliveryState.DELIVERED,
            DeliveryState.REJECTED,
            DeliveryState.UNCERTAIN,
            DeliveryState.QUEUED,
            DeliveryState.FAILED,
        }
    ),
    DeliveryState.UNCERTAIN: frozenset({DeliveryState.DELIVERED, DeliveryState.REJECTED, DeliveryState.QUEUED}),
    DeliveryState.HELD: frozenset({DeliveryState.QUEUED, DeliveryState.PAUSED}),
    DeliveryState.PAUSED: frozenset({DeliveryState.QUEUED, DeliveryState.HELD}),
    DeliveryState.DELIVERED: frozenset(),
    DeliveryState.REJECTED: frozenset(),
    DeliveryState.FAILED: frozenset(),
}

LIVE_EPISODES: frozenset[EpisodeState] = UNSENT | {EpisodeState.REFERRED}
"""States from which an episode still moves: while one is live, no second is opened for the item."""


class Outcome(StrEnum):
    """What came of a notice, by our own probe and the provider's word."""

    REMOVED = "removed"
    CLAIMED_BUT_UP = "claimed_but_up"
    GEO_BLOCKED = "geo_blocked"
    DECLINED = "declined"
    GONE_OTHER = "gone_other"
    UNANSWERED = "unanswered"
    UNKNOWN = "unknown"

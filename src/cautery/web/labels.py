"""The words of the vocabularies as people read them; a test holds that none is missing."""

from __future__ import annotations

from cautery.core.availability import Verdict
from cautery.core.lifecycle import DeliveryState, EpisodeState, Outcome

STATES: dict[EpisodeState, str] = {
    EpisodeState.FLAGGED: "Flagged",
    EpisodeState.IDENTIFIED: "Identified",
    EpisodeState.IN_REVIEW: "In review",
    EpisodeState.CONFIRMED: "Confirmed, to be signed",
    EpisodeState.SIGNED: "Signed",
    EpisodeState.COMPOSED: "Notice ready",
    EpisodeState.HELD: "Held back",
    EpisodeState.SET_ASIDE: "Set aside by a merge",
    EpisodeState.REFERRED: "Referred",
    EpisodeState.CLOSED: "Closed",
    EpisodeState.DISMISSED: "Dismissed",
}
"""In the order of the flow."""

DELIVERIES: dict[DeliveryState, str] = {
    DeliveryState.QUEUED: "waiting to be sent",
    DeliveryState.SENDING: "being sent",
    DeliveryState.UNCERTAIN: "may have arrived",
    DeliveryState.DELIVERED: "delivered",
    DeliveryState.REJECTED: "not taken by the provider",
    DeliveryState.HELD: "held back",
    DeliveryState.PAUSED: "waits: its item was merged",
    DeliveryState.FAILED: "failed",
}

OUTCOMES: dict[Outcome, str] = {
    Outcome.REMOVED: "Removed",
    Outcome.GONE_OTHER: "Gone otherwise",
    Outcome.GEO_BLOCKED: "Geo-blocked",
    Outcome.CLAIMED_BUT_UP: "Claimed, but up",
    Outcome.DECLINED: "Declined",
    Outcome.UNANSWERED: "Up, unanswered",
    Outcome.UNKNOWN: "Unknown",
}
"""From gone to unknown, in the order of the report's legend."""

VERDICTS: dict[Verdict, str] = {
    Verdict.UP: "up",
    Verdict.REMOVED: "removed",
    Verdict.ACCOUNT_CLOSED: "removed: its account was closed",
    Verdict.DELETED_BY_OWNER: "deleted by its owner",
    Verdict.GONE: "gone, without a word why",
    Verdict.GEO_BLOCKED: "geo-blocked",
    Verdict.LOGIN_WALL: "behind a sign-in",
    Verdict.PRIVATE: "private",
    Verdict.SUSPENDED: "suspended for a time",
    Verdict.MOVED: "moved elsewhere",
    Verdict.RATE_LIMITED: "could not tell: asked too often",
    Verdict.UNREACHABLE: "could not tell: no answer",
    Verdict.UNKNOWN: "could not tell",
}

ANSWERS = {
    "removed": "says removed",
    "geo_blocked": "says geo-blocked",
    "declined": "declined",
    "already_gone": "says it was gone already",
    "ceased": "says it can act now",
    "clarification": "wants clarification",
    "complaint": "passed on a complaint",
    "disabled": "says disabled in the EU",
    "impossible": "says it cannot (Annex III)",
    "reinstated": "reinstated it",
}
"""What a provider can answer (docs/provider-api.md)."""

OTHERS = {
    "confirmed": "terrorist content",
    "dismissed": "not to be referred",
    "sign": "signed",
    "refuse": "refused to sign",
    "flag": "flagged by a unit",
    "probe": "seen up again by our own probe",
    "watch": "sighted by the watch",
    "same_place": "up again at the same place",
    "out_link": "announced by a page still up",
    "search": "found by the provider's search",
    "copy": "the same bytes as something referred before",
    "likeness": "like something referred before",
    "feed": "named by a list of new names",
    "url": "known by its URL",
    "rdap": "known by RDAP",
    "gathering": "Gathering",
    "released": "Released",
}

CURVES = {
    "flags": "Flagged",
    "decisions": "Decided",
    "notices": "Notices delivered",
    "removals": "Seen down",
    "returns": "Seen up again",
}
"""The curves of the operation room."""

STUCK = {
    "not looked up": "Could not be looked up so far",
    "nobody known to host it": "Signed, but nobody is known to host it",
    "waits for a second opinion": "Waits for a second opinion",
    "closed to view, not yet handed over": "Closed to view, not yet handed to the lawful body",
    "delivery:failed": "Notices that failed",
    "delivery:uncertain": "Notices that may have arrived",
    "delivery:rejected": "Notices the provider did not take",
    "delivery:held": "Held back for an investigation",
    "no answer for a day, and up": "No answer for a day, and still up",
}
"""Why something does not go on."""

WORDS: dict[str, dict[str, str]] = {
    "state": {str(k): v for k, v in STATES.items()},
    "delivery": {str(k): v for k, v in DELIVERIES.items()},
    "outcome": {str(k): v for k, v in OUTCOMES.items()},
    "verdict": {str(k): v for k, v in VERDICTS.items()},
    "answer": ANSWERS,
    "curve": CURVES,
    "stuck": STUCK,
    "other": OTHERS,
}

LINE_WORDS = {"Looked up": "verdict", "Probed": "verdict", "Notice sent": "delivery", "Answered": "answer"}
"""Which vocabulary the word of a line of the timeline belongs to; the others are in OTHERS."""

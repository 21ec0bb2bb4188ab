"""What came of a notice: our own probe decides whether a thing is gone, the provider's word decides whose doing it was."""

from __future__ import annotations

from cautery.core.availability import Verdict
from cautery.core.lifecycle import Outcome

CLAIMS = frozenset({"removed", "disabled", "geo_blocked"})


def outcome(verdict: Verdict, answer: str | None) -> Outcome:
    """The outcome of one notice, from the probe that saw it down, else the last one, and the provider's last answer (None: silence).

    1. The page says removed, or its account closed, by the provider: removed. It says by its owner: gone otherwise. Not in this country: geo-blocked.
    2. Gone without a word of who did it: removed only when the provider says so.
    3. Up: the claim was wrong, or it was declined, or nobody answered.
    4. The probe could not tell: unknown, whatever the provider says - unless it says that it declined.
    """
    if verdict in {Verdict.REMOVED, Verdict.ACCOUNT_CLOSED}:
        return Outcome.REMOVED
    if verdict is Verdict.GEO_BLOCKED:
        return Outcome.GEO_BLOCKED
    if verdict is Verdict.DELETED_BY_OWNER:
        return Outcome.GONE_OTHER
    if verdict is Verdict.GONE:
        return Outcome.REMOVED if answer == "removed" else Outcome.GONE_OTHER
    if answer == "declined":
        return Outcome.DECLINED
    if verdict is Verdict.UP:
        return Outcome.CLAIMED_BUT_UP if answer in CLAIMS else Outcome.UNANSWERED
    return Outcome.UNKNOWN

"""What is done with a mail that came in: one decision from plain facts, so that it can be tested without a database.

loop          our own mail, or one that goes in circles: kept, nothing done
quarantined   too long to be kept whole: a person looks at it in the mailbox
answers       answers with proof: taken
incomplete    the same, but a form of law among them lacks something or fits no notice: a person asks for the rest
unproven      answers without: kept, and shown to a person instead of acted on
unmatched     from nobody we wrote to, about nothing of ours: shown to a person
reply, bounce, auto_reply, acknowledgement, feedback_report, abuse_notice, other: what it is, about a notice of ours
"""

from __future__ import annotations

from dataclasses import dataclass

from cautery.core.mail.kinds import Classified, Kind
from cautery.core.mail.proof import Proof

FOR_A_PERSON = frozenset(
    {"incomplete", "unproven", "unmatched", "quarantined", "reply", "bounce", "abuse_notice", "other"}
)
"""Meanings that wait for a person to look."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a mail means, and what a person should know of it (empty where nothing is to be done)."""

    meaning: str
    problem: str


def weigh_mail(
    told: Classified, proof: Proof, *, loop: bool, truncated: bool, answers: int, matched: bool, unread: str
) -> Weighed:
    """Decide. `matched`: it names a notice of ours or comes from a provider; `unread`: why an attached form could not be read."""
    if loop:
        return Weighed("loop", "our own mail came back, or goes in circles")
    if truncated:
        return Weighed("quarantined", f"too long to be kept whole; it lies flagged in the mailbox ({told.kind})")
    if answers and proof.proven:
        return Weighed("answers", unread)
    if answers:
        return Weighed("unproven", f"{answers} answers not acted on: {proof.why}")
    if not matched and told.kind not in {Kind.FEEDBACK_REPORT, Kind.ABUSE_NOTICE}:
        return Weighed("unmatched", unread or told.reason)
    if told.kind in {Kind.ACKNOWLEDGEMENT, Kind.AUTO_REPLY}:
        return Weighed(str(told.kind), unread)
    return Weighed(str(told.kind), unread or told.reason)

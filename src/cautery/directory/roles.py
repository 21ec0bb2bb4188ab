"""Roles and what they may do. No role holds both the deciding and the signing permission."""

from __future__ import annotations

from enum import StrEnum

from cautery.core.actors import Permission


class Role(StrEnum):
    """Roles an officer can hold, kept alphabetical."""

    ADMINISTER = "administer"
    FLAG = "flag"
    LEAD = "lead"
    OBSERVE = "observe"
    OVERSEE = "oversee"
    REVIEW = "review"
    SIGN = "sign"


KEY_ROLES = frozenset({Role.ADMINISTER, Role.LEAD, Role.OVERSEE, Role.SIGN})
"""Roles that sign, release, suspend or let others in: two administrators give them, and in production a second factor is proved."""

READ = frozenset({Permission.INTAKE_OPERATION_READ, Permission.INTAKE_ITEM_READ, Permission.REPORT_OPERATION_READ})

PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.ADMINISTER: READ
    | {
        Permission.DIRECTORY_ENTRY_IMPORT,
        Permission.DIRECTORY_OFFICER_MANAGE,
        Permission.DIRECTORY_OFFICER_READ,
        Permission.DIRECTORY_PROVIDER_KEY,
        Permission.MATCH_BANK_IMPORT,
        Permission.INTAKE_OPERATION_CREATE,
    },
    Role.FLAG: READ | {Permission.INTAKE_EVIDENCE_KEEP, Permission.INTAKE_FLAG_SUBMIT, Permission.REVIEW_HOLD_SET},
    Role.LEAD: READ
    | {
        Permission.AUTHORISE_OPERATION_RELEASE,
        Permission.AUTHORISE_WARRANT_RECORD,
        Permission.INTAKE_OPERATION_CREATE,
        Permission.CUSTODY_HOLD_SET,
        Permission.CUSTODY_LOG_EXPORT,
        Permission.CUSTODY_LOG_READ,
        Permission.CUSTODY_PERSONAL_ERASE,
        Permission.INTAKE_CONFLICT_SETTLE,
        Permission.INTAKE_EVIDENCE_READ,
        Permission.INTAKE_EVIDENCE_SEND,
        Permission.REPORT_PLAN_CHOOSE,
        Permission.TRACK_MAIL_READ,
        Permission.TRACK_REDRESS_RECORD,
        Permission.TRACK_THREAT_READ,
        Permission.REVIEW_EXPOSURE_READ,
        Permission.REVIEW_ITEM_HAND_OVER,
        Permission.REVIEW_ITEM_QUARANTINE,
        Permission.WATCH_WATCH_BEGIN,
    },
    Role.OBSERVE: READ | {Permission.CUSTODY_LOG_READ},
    Role.OVERSEE: READ
    | {
        Permission.AUTHORISE_INSTRUMENT_SUSPEND,
        Permission.CUSTODY_LOG_READ,
        Permission.DIRECTORY_OFFICER_READ,
        Permission.INTAKE_EVIDENCE_READ,
        Permission.INTAKE_OPERATION_OVERSEE,
        Permission.TRACK_MAIL_READ,
        Permission.TRACK_THREAT_READ,
    },
    Role.REVIEW: READ
    | {
        Permission.REVIEW_EPISODE_CLAIM,
        Permission.REVIEW_EPISODE_DECIDE,
        Permission.REVIEW_HOLD_SET,
        Permission.INTAKE_EVIDENCE_READ,
        Permission.INTAKE_ITEM_MERGE,
        Permission.REVIEW_ITEM_QUARANTINE,
    },
    Role.SIGN: READ
    | {
        Permission.AUTHORISE_DECISION_SIGN,
        Permission.INTAKE_EVIDENCE_READ,
        Permission.REFER_HOLD_OVERRIDE,
        Permission.REVIEW_ITEM_QUARANTINE,
        Permission.TRACK_MAIL_READ,
        Permission.TRACK_THREAT_READ,
    },
}


APART = (
    frozenset({Role.REVIEW, Role.SIGN}),
    *(frozenset({Role.ADMINISTER, other}) for other in (Role.LEAD, Role.REVIEW, Role.SIGN)),
    *(frozenset({Role.OVERSEE, other}) for other in Role if other not in {Role.OVERSEE, Role.OBSERVE}),
)
"""Pairs of roles that nobody holds together: who decides does not sign, who gives keys does neither, who oversees does nothing else."""


def permissions_of(roles: list[str]) -> frozenset[Permission]:
    """All that `roles` allow; an unknown role allows nothing."""
    return frozenset().union(*(PERMISSIONS.get(role, frozenset()) for role in roles))

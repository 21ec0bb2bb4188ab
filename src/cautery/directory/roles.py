"""Roles and what they may do. No role holds both the deciding and the signing permission."""

from __future__ import annotations

from enum import StrEnum

from cautery.core.actors import Permission as P


class Role(StrEnum):
    """Roles an officer can hold, kept alphabetical."""

    ADMINISTER = "administer"
    FLAG = "flag"
    LEAD = "lead"
    OBSERVE = "observe"
    REVIEW = "review"
    SIGN = "sign"


READ = frozenset({P.INTAKE_OPERATION_READ, P.INTAKE_ITEM_READ, P.REPORT_OPERATION_READ})

PERMISSIONS: dict[str, frozenset[P]] = {
    Role.ADMINISTER: READ | {P.DIRECTORY_ENTRY_IMPORT, P.MATCH_BANK_IMPORT, P.INTAKE_OPERATION_CREATE},
    Role.FLAG: READ | {P.INTAKE_FLAG_SUBMIT, P.REVIEW_HOLD_SET},
    Role.LEAD: READ | {P.AUTHORISE_OPERATION_RELEASE, P.INTAKE_OPERATION_CREATE, P.CUSTODY_LOG_READ},
    Role.OBSERVE: READ | {P.CUSTODY_LOG_READ},
    Role.REVIEW: READ | {P.REVIEW_EPISODE_CLAIM, P.REVIEW_EPISODE_DECIDE, P.REVIEW_HOLD_SET},
    Role.SIGN: READ | {P.AUTHORISE_DECISION_SIGN},
}


def permissions_of(roles: list[str]) -> frozenset[P]:
    """All that `roles` allow; an unknown role allows nothing."""
    return frozenset().union(*(PERMISSIONS.get(role, frozenset()) for role in roles))

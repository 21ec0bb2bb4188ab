"""Who acts: an officer, or a step of the system. Every action requires one; the log names it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cautery.core.errors import NotAllowed


class Permission(StrEnum):
    """What an actor may do, `<stage>:<noun>:<verb>`, kept alphabetical."""

    AUTHORISE_DECISION_SIGN = "authorise:decision:sign"
    AUTHORISE_INSTRUMENT_SUSPEND = "authorise:instrument:suspend"
    AUTHORISE_OPERATION_RELEASE = "authorise:operation:release"
    AUTHORISE_WARRANT_RECORD = "authorise:warrant:record"
    CUSTODY_HOLD_SET = "custody:hold:set"
    CUSTODY_LOG_EXPORT = "custody:log:export"
    CUSTODY_LOG_READ = "custody:log:read"
    CUSTODY_PERSONAL_ERASE = "custody:personal:erase"
    DIRECTORY_ENTRY_IMPORT = "directory:entry:import"
    DIRECTORY_OFFICER_MANAGE = "directory:officer:manage"
    DIRECTORY_OFFICER_READ = "directory:officer:read"
    DIRECTORY_PROVIDER_KEY = "directory:provider:key"
    INTAKE_CONFLICT_SETTLE = "intake:conflict:settle"
    INTAKE_EVIDENCE_KEEP = "intake:evidence:keep"
    INTAKE_EVIDENCE_READ = "intake:evidence:read"
    INTAKE_EVIDENCE_SEND = "intake:evidence:send"
    INTAKE_FLAG_SUBMIT = "intake:flag:submit"
    INTAKE_ITEM_MERGE = "intake:item:merge"
    INTAKE_ITEM_READ = "intake:item:read"
    INTAKE_OPERATION_CREATE = "intake:operation:create"
    INTAKE_OPERATION_OVERSEE = "intake:operation:oversee"
    INTAKE_OPERATION_READ = "intake:operation:read"
    MATCH_BANK_IMPORT = "match:bank:import"
    REFER_HOLD_OVERRIDE = "refer:hold:override"
    REPORT_OPERATION_READ = "report:operation:read"
    REPORT_PLAN_CHOOSE = "report:plan:choose"
    REVIEW_EPISODE_CLAIM = "review:episode:claim"
    REVIEW_EPISODE_DECIDE = "review:episode:decide"
    REVIEW_EXPOSURE_READ = "review:exposure:read"
    REVIEW_HOLD_SET = "review:hold:set"
    REVIEW_ITEM_HAND_OVER = "review:item:hand_over"
    REVIEW_ITEM_QUARANTINE = "review:item:quarantine"
    TRACK_MAIL_READ = "track:mail:read"
    TRACK_REDRESS_RECORD = "track:redress:record"
    TRACK_THREAT_READ = "track:threat:read"
    WATCH_WATCH_BEGIN = "watch:watch:begin"


@dataclass(frozen=True, slots=True)
class Actor:
    """`name` is `officer:<uuid>`, `provider:<key>` or `system:<step>`; `unit` is the unit's slug, empty for the system."""

    name: str
    unit: str
    permissions: frozenset[Permission]

    def require(self, permission: Permission) -> None:
        """Raise `NotAllowed` unless this actor has `permission`."""
        if permission not in self.permissions:
            raise NotAllowed(f"{self.name} may not {permission}.", permission=str(permission), actor=self.name)

    @property
    def officer_id(self) -> str:
        """The officer's UUID; empty for the system."""
        kind, _, key = self.name.partition(":")
        return key if kind == "officer" else ""


def system(step: str, *permissions: Permission) -> Actor:
    """The system acting as one of its steps, with just the permissions it needs."""
    return Actor(f"system:{step}", "", frozenset(permissions))

"""What stands in the bars at the top: the main places, and the rooms of an operation. Each is shown to who may enter it."""

from __future__ import annotations

from dataclasses import dataclass

from cautery.core.actors import Permission


@dataclass(frozen=True, slots=True)
class Place:
    """A link of a bar: what it says, the name of its address in `web`, the permission its page needs."""

    label: str
    name: str
    permission: Permission


MAIN = (
    Place("Operations", "operations", Permission.INTAKE_OPERATION_READ),
    Place("Register", "register", Permission.INTAKE_ITEM_READ),
    Place("My day", "care", Permission.REVIEW_EPISODE_CLAIM),
    Place("Exposure", "team", Permission.REVIEW_EXPOSURE_READ),
    Place("Closed", "closed", Permission.REVIEW_ITEM_HAND_OVER),
)

ROOMS = (
    Place("Overview", "operation", Permission.INTAKE_OPERATION_READ),
    Place("Room", "room", Permission.INTAKE_OPERATION_READ),
    Place("Review", "queue", Permission.REVIEW_EPISODE_CLAIM),
    Place("Signing", "signing", Permission.AUTHORISE_DECISION_SIGN),
    Place("Items", "items", Permission.INTAKE_ITEM_READ),
    Place("Report", "report", Permission.REPORT_OPERATION_READ),
)
"""Of an operation: their addresses take its slug."""

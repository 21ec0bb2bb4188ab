"""What stands in the bars at the top: the main places, and the rooms of an operation. Each is shown to who may enter it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from cautery.core.actors import Permission


@dataclass(frozen=True, slots=True)
class Place:
    """A link of a bar: what it says, the name of its address in `web`, the permission its page needs, what else belongs to it.

    `holds` are the first parts of the addresses of pages that are found from there.
    """

    label: object
    name: str
    permission: Permission
    holds: tuple[str, ...] = ()


IN_REGISTER = ("bank", "domains", "items", "lists", "mail", "outlets", "providers", "redress", "register")
MAIN = (
    Place(_("Operations"), "operations", Permission.INTAKE_OPERATION_READ, ("new-operation", "operations")),
    Place(_("Register"), "register", Permission.INTAKE_ITEM_READ, IN_REGISTER),
    Place(_("My day"), "care", Permission.REVIEW_EPISODE_CLAIM),
    Place(_("Exposure"), "team", Permission.REVIEW_EXPOSURE_READ),
    Place(_("People"), "people", Permission.DIRECTORY_OFFICER_READ),
    Place(_("Closed to view"), "closed", Permission.REVIEW_ITEM_HAND_OVER),
)

ROOMS = (
    Place(_("Overview"), "operation", Permission.INTAKE_OPERATION_READ),
    Place(_("Room"), "room", Permission.INTAKE_OPERATION_READ),
    Place(_("Review"), "queue", Permission.REVIEW_EPISODE_CLAIM),
    Place(_("Signing"), "signing", Permission.AUTHORISE_DECISION_SIGN),
    Place(_("Items"), "items", Permission.INTAKE_ITEM_READ),
    Place(_("Network"), "network", Permission.INTAKE_ITEM_READ),
    Place(_("Report"), "report", Permission.REPORT_OPERATION_READ),
    Place(_("Sharing"), "sharing", Permission.INTAKE_OPERATION_READ),
)
"""Of an operation: their addresses take its slug."""

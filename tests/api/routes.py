"""Officers' routes of authority and redress, with the least each takes."""

from __future__ import annotations

from typing import Any

REASON = {"reason": "A reason."}
OFFICERS: dict[tuple[str, str], dict[str, Any] | None] = {
    ("GET", "/deconfliction/interests"): None,
    ("POST", "/deconfliction/holds/release"): {"holds": []},
    ("GET", "/deconfliction/told"): None,
    ("GET", "/deconfliction/obstacles"): None,
    ("POST", "/deconfliction/obstacles/{obstacle}/override"): REASON,
    ("POST", "/authorise/warrants"): {"warrants": []},
    ("POST", "/instruments/{instrument}/suspend"): REASON,
    ("POST", "/instruments/{instrument}/resume"): {},
    ("POST", "/notices/{reference}/redress"): {"kind": "complaint"},
    ("GET", "/notices/{reference}/forms"): None,
    ("GET", "/precision"): None,
    ("GET", "/threats"): None,
    ("POST", "/threats/{threat}/seen"): {},
    ("GET", "/mail/waiting"): None,
    ("POST", "/mail/{mail}/settled"): {},
    ("POST", "/providers/{slug}/keys"): {"name": "staff"},
}

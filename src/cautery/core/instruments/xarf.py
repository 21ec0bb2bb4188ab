"""A domain or hosting notice as XARF (v4), for recipients that take it.

XARF has no type for terrorist content. Of those it has, only `reputation` / `threat_intelligence` claims nothing that is not so: its
kind of threat is free text. Type, kind and tags are here in one place, to be changed when the format gets a type of its own
(check).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from cautery.core.instruments.kinds import Value
from cautery.core.instruments.validation import moment

VERSION = "4.2.0"
CATEGORY, TYPE, THREAT = "reputation", "threat_intelligence", "terrorist_content"
TAGS = ("content:terrorist", "notice:referral")


def xarf(values: Mapping[str, Value], machine_form: bytes) -> dict[str, Any]:
    """The report for checked values of a `domain` notice; the machine form goes along as evidence.

    The id follows from the notice's reference, so that a report sent twice is one report.
    """
    email = str(values["unit_email"])
    party = {"org": str(values["unit_name"]), "contact": email, "domain": email.rpartition("@")[2]}
    addresses = values["urls"]
    url = addresses[0] if isinstance(addresses, list) else str(addresses)
    source = str(values.get("domain") or values.get("app_id") or url)
    return {
        "xarf_version": VERSION,
        "report_id": str(_report_id(str(values["reference"]))),
        "timestamp": moment(values["observed_at"]).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "reporter": party,
        "sender": party,
        "source_identifier": source,
        "category": CATEGORY,
        "type": TYPE,
        "threat_type": THREAT,
        "evidence_source": "researcher_analysis",
        "url": url,
        **({"domain": values["domain"]} if "domain" in values else {}),
        "description": str(values["reasons"])[:1000],
        "evidence": [
            {
                "content_type": "application/json",
                "description": f"Notice {values['reference']}"[:500],
                "payload": base64.b64encode(machine_form).decode(),
                "hash": f"sha256:{sha256(machine_form).hexdigest()}",
            }
        ],
        "tags": list(TAGS),
    }


def _report_id(reference: str) -> UUID:
    """A UUID of the shape XARF asks for (version 4), that follows from the reference."""
    return UUID(bytes=uuid5(NAMESPACE_URL, f"cautery:{reference}").bytes, version=4)

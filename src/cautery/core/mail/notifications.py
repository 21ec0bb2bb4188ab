"""Delivery reports that sending services mail as JSON: which addresses bounced, or who complained."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from cautery.core.mail.kinds import Classified, Kind

TYPE = re.compile(r"(?:notification|event)_?type", re.IGNORECASE)
RECIPIENTS = re.compile(
    r"(?:bounced|complained|delayed)?_?recipients?$|^e-?mail(?:_?address)?$|^destination$", re.IGNORECASE
)
DEPTH = 8
KINDS = {
    "bounce": ("failed", Kind.BOUNCE),
    "delivery": ("delivered", Kind.BOUNCE),
    "deliverydelay": ("delayed", Kind.BOUNCE),
    "complaint": ("", Kind.FEEDBACK_REPORT),
}


def notification(text: str) -> Classified | None:
    """What a JSON notification says; None where the text is none."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or text[:start].strip() or end < start:
        return None
    try:
        document = json.loads(text[start : end + 1].replace("\n", ""))
    except (ValueError, RecursionError):
        return None
    pairs = list(_pairs(document))
    types = [str(value).lower().replace(" ", "") for name, value in pairs if TYPE.fullmatch(name)]
    known = next((KINDS[word] for word in types if word in KINDS), None)
    if known is None:
        return None
    action, kind = known
    told = [
        str(value) for name, value in pairs if RECIPIENTS.search(name) and "@" in str(value) and isinstance(value, str)
    ]
    said = next(
        (str(value) for name, value in pairs if name.lower() in {"diagnosticcode", "smtpresponse", "bouncesubtype"}), ""
    )
    return Classified(
        kind,
        f"a sending service's notification of a {types[0]}: {said[:120]}",
        tuple(dict.fromkeys(told)),
        action=action,
    )


def _pairs(value: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    if depth > DEPTH:
        return
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield str(name), inner
            yield from _pairs(inner, depth + 1)
            if isinstance(inner, list):
                yield from ((str(name), one) for one in inner if isinstance(one, str))
    elif isinstance(value, list):
        for inner in value:
            yield from _pairs(inner, depth + 1)

"""The kinds of mail, and what is said of one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a mail can be."""

    ABUSE_NOTICE = "abuse_notice"
    ACKNOWLEDGEMENT = "acknowledgement"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    FEEDBACK_REPORT = "feedback_report"
    OTHER = "other"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class Classified:
    """What a mail is, why (in words), and for a bounce which addresses failed; `ticket` is the other desk's number."""

    kind: Kind
    reason: str
    addresses: tuple[str, ...] = ()
    cause: str = ""
    action: str = ""
    status: str = ""
    ticket: str = ""

"""What the Berkeley Protocol (OHCHR and Human Rights Center, 2022, VI.C) wants kept of a page; each is there, or it is said why not.

The protocol's list, and what issue 4 adds to it: how the page was reached, and what was known of its host at that time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Element(StrEnum):
    """An element of the list, in its order."""

    URL = "url"
    SOURCE = "source"
    FULL_PAGE = "full_page"
    PAGE_FILE = "page_file"
    VISIBLE_TEXT = "visible_text"
    EMBEDDED_MEDIA = "embedded_media"
    EMBEDDED_METADATA = "embedded_metadata"
    CONTEXT = "context"
    COLLECTOR = "collector"
    UNIT = "unit"
    ADDRESS = "address"
    IDENTITY = "identity"
    TIMESTAMP = "timestamp"
    CLOCK = "clock"
    POLICY = "policy"
    EXIT = "exit"
    DNS = "dns"
    RDAP = "rdap"
    HASH = "hash"


LABELS: dict[Element, str] = {
    Element.URL: "Address of the page",
    Element.SOURCE: "HTML source, as received",
    Element.FULL_PAGE: "Full-page picture with date and time",
    Element.PAGE_FILE: "The rendered page in one file (MHTML)",
    Element.VISIBLE_TEXT: "Visible text",
    Element.EMBEDDED_MEDIA: "Embedded media",
    Element.EMBEDDED_METADATA: "Embedded metadata",
    Element.CONTEXT: "Contextual data: who put it there, what stands around it",
    Element.COLLECTOR: "Who collected it",
    Element.UNIT: "For which unit",
    Element.ADDRESS: "IP address of the host",
    Element.IDENTITY: "Virtual identity used",
    Element.TIMESTAMP: "Date and time of collection",
    Element.CLOCK: "By which clock",
    Element.POLICY: "Under which policy",
    Element.EXIT: "Through which exit",
    Element.DNS: "Addresses of the host at that time",
    Element.RDAP: "Registration of the host at that time (RDAP)",
    Element.HASH: "Digests of what was collected",
}


@dataclass(frozen=True, slots=True)
class Missing:
    """An element that is not there, and why."""

    why: str


def checklist(found: Mapping[Element, Any]) -> dict[str, dict[str, Any]]:
    """The whole list: for each element its value, or why it is missing. ValueError where `found` leaves one out."""
    forgotten = [element for element in Element if element not in found]
    if forgotten:
        raise ValueError(f"nothing is said of {', '.join(forgotten)}")
    return {str(element): _said(found[element]) for element in Element}


def _said(value: Any) -> dict[str, Any]:
    if isinstance(value, Missing):
        if not value.why:
            raise ValueError("what is missing is missing for a reason")
        return {"status": "missing", "why": value.why}
    return {"status": "present", "value": value}


def missing(listed: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """What a checklist says is missing, and why."""
    return {name: str(said["why"]) for name, said in listed.items() if said["status"] == "missing"}

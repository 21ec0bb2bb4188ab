"""Registration data of the outlet's own domains (RFC 9083): who hosts them, and where to write."""

from __future__ import annotations

import json
from typing import Any

from cautery.exercise.moments import to_iso
from cautery.exercise.serving import Answer, Request
from cautery.exercise.state import State

PREFIX = "/domain/"
MIME = "application/rdap+json"
HANDLE = "HOSTKIT"
ABUSE = "abuse@hostkit.test"


class RdapServer:
    """`GET /domain/NAME` on rdap.test."""

    def __init__(self, state: State) -> None:
        self.state = state

    def handle(self, request: Request) -> Answer:
        """Answers a request."""
        found = domain(self.state, request.path.removeprefix(PREFIX)) if request.path.startswith(PREFIX) else None
        missing = {"errorCode": 404, "title": "Not Found"}
        return Answer(200 if found else 404, json.dumps(found or missing).encode(), MIME)


def domain(state: State, name: str) -> dict[str, Any] | None:
    """The RDAP answer about a domain, None for one that is not registered (yet)."""
    name = name.lower().rstrip(".")
    site = state.population.resolve(f"https://{name}/")
    if site is None or site.kind != "site" or name.endswith(".hostkit.test") or site.appeared_at > state.now:
        return None
    return {
        "objectClassName": "domain",
        "rdapConformance": ["rdap_level_0"],
        "handle": f"DOM-{name}",
        "ldhName": name,
        "status": ["active"],
        "events": [{"eventAction": "registration", "eventDate": to_iso(site.appeared_at)}],
        "nameservers": [{"objectClassName": "nameserver", "ldhName": "ns1.hostkit.test"}],
        "entities": [
            {
                "objectClassName": "entity",
                "handle": "NAMEWORKS",
                "roles": ["registrar"],
                "vcardArray": _vcard("Nameworks Registrar", "help@nameworks.test"),
            },
            {
                "objectClassName": "entity",
                "handle": HANDLE,
                "roles": ["technical"],
                "vcardArray": _vcard("Hostkit", "noc@hostkit.test"),
                "entities": [
                    {
                        "objectClassName": "entity",
                        "handle": HANDLE,
                        "roles": ["abuse"],
                        "vcardArray": _vcard("Hostkit abuse desk", ABUSE),
                    }
                ],
            },
        ],
    }


def _vcard(name: str, email: str) -> list[Any]:
    return [
        "vcard",
        [["version", {}, "text", "4.0"], ["fn", {}, "text", name], ["email", {"type": "work"}, "text", email]],
    ]

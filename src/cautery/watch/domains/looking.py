"""What came back for a watched domain: from the registry, and from its own front page. Pure functions."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from cautery.core.domains import DomainRecord, State, parse
from cautery.core.domains.states import marked
from cautery.core.errors import FileRefused
from cautery.core.links.hosts import registrable
from cautery.core.pages import read_page
from cautery.fetch import Answer, Fetched, FetchFailed, Request

ANSWER_BYTES = 500_000
MISSING = frozenset({404})
HELPFUL = frozenset({200, 404})
"""Statuses with which a registry says something of the domain; 400, 429, 5xx and all others say something of the question."""


def told(name: str, answer: Answer) -> DomainRecord:
    """What a registry's answer says. No answer, haste, trouble, a page instead of a record: `unknown`, never `available`."""
    if isinstance(answer, FetchFailed):
        return _unknown(name, f"no answer ({answer.reason})")
    if answer.status not in HELPFUL:
        return _unknown(name, f"{answer.status}, which says nothing of the domain")
    if answer.status in MISSING and not answer.body.strip():
        return DomainRecord(name, State.AVAILABLE, "404, the registry has no such domain")
    try:
        document = json.loads(answer.body)
        record = parse(answer.body, name) if isinstance(document, dict) else None
    except (FileRefused, ValueError, RecursionError):
        record = None
    if record is None:
        return _unknown(name, f"{answer.status}, and no RDAP record")
    if answer.status in MISSING and record.state is not State.AVAILABLE:
        return _unknown(name, "404 with a record that says otherwise")
    if record.domain and record.domain != name and record.state is not State.UNKNOWN:
        return _unknown(name, f"the answer is about {record.domain[:100]}")
    return record


def _unknown(name: str, ground: str) -> DomainRecord:
    return DomainRecord(name, State.UNKNOWN, ground)


def shown(record: DomainRecord, page: Front) -> DomainRecord:
    """The record, with what the front page of the domain shows: that it is for sale."""
    market = (page.leads_to,) if page.leads_to else ()
    state, why = marked(record.state, market, f"{page.title} {page.text}"[:2_000])
    if state is record.state:
        return record
    return replace(record, state=state, ground=f"{why or 'for sale'}, by its front page")


@dataclass(frozen=True, slots=True)
class Front:
    """What the front page of a domain shows, and the other domain it led to."""

    title: str = ""
    text: str = ""
    leads_to: str = ""


def front(request: Request, answer: Answer) -> Front:
    """What the front page shows; empty where none came."""
    if not isinstance(answer, Fetched) or answer.status >= 400:
        return Front()
    name, host = ((urlsplit(url).hostname or "").lower() for url in (request.url, answer.url))
    other = registrable(host) if host else ""
    page = read_page(answer.body, answer.url, addresses=False)
    return Front(page.title[:300], page.text, other if other and other != registrable(name) else "")

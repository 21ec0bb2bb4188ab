"""What a search answered: a pure function, so that it can run in the reading process."""

from __future__ import annotations

from cautery.core.pages import read_page
from cautery.fetch import Answer, Fetched, Request


def results_of(request: Request, answer: Answer) -> tuple[str, ...]:  # noqa: ARG001 (the form of all that reads answers)
    """The addresses a page of results links to; none where no such page came."""
    if not isinstance(answer, Fetched) or answer.status != 200:
        return ()
    return read_page(answer.body, answer.url).links

"""What a probe wants of a page, read in the reading process."""

from __future__ import annotations

from cautery.core.availability import Verdict
from cautery.fetch import Answer, Request
from cautery.identify.looking import look

Probed = tuple[Verdict, str, int, tuple[str, ...]]
"""Verdict, its ground, HTTP status, out-links where they were asked for."""


def probed(request: Request, answer: Answer) -> Probed:
    """What an answer shows, as few plain values: there are many."""
    seen = look(request, answer)
    return seen.judged.verdict, seen.judged.ground, seen.status, seen.page.links

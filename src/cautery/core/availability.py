"""Is it up? A verdict on what came back for an address, with its ground. What cannot be told is never called removed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from urllib.parse import urlsplit

from cautery.core import phrases
from cautery.core.wordings import Lowered


class Verdict(StrEnum):
    """What a probe says."""

    UP = "up"
    REMOVED = "removed"
    DELETED_BY_OWNER = "deleted_by_owner"
    GONE = "gone"
    GEO_BLOCKED = "geo_blocked"
    LOGIN_WALL = "login_wall"
    PRIVATE = "private"
    RATE_LIMITED = "rate_limited"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


DOWN = frozenset({Verdict.REMOVED, Verdict.DELETED_BY_OWNER, Verdict.GONE, Verdict.GEO_BLOCKED})
"""Not to be seen where we looked."""
UNSURE = frozenset(Verdict) - DOWN - {Verdict.UP}
"""The probe could not tell; looked at again later, counted as unknown."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What came back: HTTP status (0: nothing), the address asked and the last one answered, visible title and text."""

    url: str
    final_url: str
    status: int
    title: str = ""
    text: str = ""
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict and its ground in words."""

    verdict: Verdict
    ground: str


SIGN_IN_PATH = re.compile(r"/(log-?in|sign-?in|signin|accounts/login|auth|checkpoint|sso)\b", re.IGNORECASE)
SIGN_IN_HOST = re.compile(r"^(login|signin|accounts?|auth|sso)\.", re.IGNORECASE)
MEANINGS = (
    (phrases.BY_OWNER, Verdict.DELETED_BY_OWNER),
    (phrases.BY_COUNTRY, Verdict.GEO_BLOCKED),
    (phrases.BY_LOGIN, Verdict.LOGIN_WALL),
    (phrases.BY_PRIVACY, Verdict.PRIVATE),
    (phrases.BY_HASTE, Verdict.RATE_LIMITED),
    (phrases.NOT_NOW, Verdict.UNKNOWN),
    (phrases.REMOVED, Verdict.REMOVED),
    (phrases.MISSING, Verdict.GONE),
)
"""The first meaning found is believed; what limits who may look stands before what says that a thing is gone."""
TEXT_HEAD = 600
"""A notice of removal stands at the head of a short page; the same words deep in a long text are somebody's prose."""


def judge(seen: Observation) -> Judged:
    """The verdict on one observation.

    1. Nothing came back, a 429, a 5xx: unreachable or rate limited, never removed.
    2. A redirect to a sign-in page: a wall. What is behind it cannot be told; nor behind one to the front page.
    3. The page says why (core.phrases): by its owner, by country, behind a sign-in, private, asked too often, removed, missing.
       A page that shows and says only "not available" tells nothing.
    4. Otherwise the status: 2xx is up, 404 and 410 are gone without a word of who did it, 451 is a legal block.
    """
    if seen.failed or seen.status == 0:
        return Judged(Verdict.UNREACHABLE, f"no answer ({seen.failed or 'nothing'})")
    if seen.status == 429:
        return Judged(Verdict.RATE_LIMITED, "429, asked too often")
    if seen.status >= 500:
        return Judged(Verdict.UNREACHABLE, f"{seen.status}, the server's own trouble")
    if seen.status == 401 or _led_to_sign_in(seen):
        return Judged(Verdict.LOGIN_WALL, "led to a sign-in page")
    if _led_to_front(seen):
        return Judged(Verdict.UNKNOWN, "led to the front page, which says nothing of the object")
    head = f"{seen.title} {seen.text}"[:TEXT_HEAD]
    return _by_words(seen, head) or _by_status(seen)


def _led_to_sign_in(seen: Observation) -> bool:
    if seen.final_url == seen.url:
        return False
    asked, final = urlsplit(seen.url), urlsplit(seen.final_url)
    host = final.netloc != asked.netloc and SIGN_IN_HOST.match(final.netloc)
    return bool(host or SIGN_IN_PATH.search(final.path))


def _led_to_front(seen: Observation) -> bool:
    """A page below the front that now answers with the front of a site."""
    if seen.final_url == seen.url:
        return False
    asked, final = urlsplit(seen.url), urlsplit(seen.final_url)
    return bool(asked.path.strip("/") or asked.query) and not final.path.strip("/") and not final.query


def _by_words(seen: Observation, head: str) -> Judged | None:
    """What the page says of itself; on a 200 only a page short enough to be a notice is believed."""
    shown = 200 <= seen.status < 300
    if shown and len(seen.text) > TEXT_HEAD:
        return None
    meaning = _meaning(head)
    if meaning is not None:
        return Judged(meaning[0], f"{seen.status}, the page says “{meaning[1]}”")
    if shown and (unsaid := phrases.UNSAID.search(Lowered(head))):
        return Judged(Verdict.UNKNOWN, f"{seen.status}, the page says “{unsaid[:80]}” and not why")
    return None


@lru_cache(maxsize=16_384)
def _meaning(head: str) -> tuple[Verdict, str] | None:
    """What the head of a page says of it; kept, because the same pages are looked at over and over."""
    lowered = Lowered(head)
    for wordings, verdict in MEANINGS:
        found = wordings.search(lowered)
        if found:
            return verdict, found[:80]
    return None


def _by_status(seen: Observation) -> Judged:
    if seen.status in {404, 410}:
        return Judged(Verdict.GONE, f"{seen.status}, without a word of who removed it")
    if seen.status == 451:
        return Judged(Verdict.GEO_BLOCKED, "451, unavailable for legal reasons here")
    if 200 <= seen.status < 300:
        return Judged(Verdict.UP, f"{seen.status}, the page shows")
    return Judged(Verdict.UNKNOWN, f"{seen.status}, which says nothing of the object")

"""The verdict on one observation."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from .phrasebook import Phrase, phrasebook
from .providers import by_provider
from .siblings import Siblings
from .verdicts import Judged, Observation, Verdict

SIGN_IN_PATH = re.compile(
    r"/(log-?in|log_in|sign-?in|signin|accounts/login|auth|checkpoint|sso|signup|register)\b", re.IGNORECASE
)
SIGN_IN_HOST = re.compile(r"^(login|signin|accounts?|auth|sso|consent)\.", re.IGNORECASE)
CHECK_PATH = re.compile(r"/(captcha|challenge|sorry|robot|verify|blocked|cdn-cgi)\b", re.IGNORECASE)
AGE_PATH = re.compile(r"/(age-?(gate|check|verif\w*)|adult|over18|confirm-?age)\b", re.IGNORECASE)
MISSING_PATH = re.compile(
    r"/(404|not-?found|page-?not-?found|error-?404|four-?oh-?four|missing)(\.\w+|/|\?|$)", re.IGNORECASE
)
CHALLENGE = re.compile(
    r"checking your browser|just a moment|ddos.protection|captcha|attention required|verify (that )?you are (a )?human|are you a (human|robot)",
    re.IGNORECASE,
)
FOUND_IN_TITLE = re.compile(r"\s*[|·–—:«»]\s*|\s+-\s+")
TEXT_HEAD = 600
"""A notice of removal stands at the head of a short page; the same words deep in a long text are somebody's prose."""
TITLE_SHARE = 0.7
"""Share of a title's part that a wording must cover to be what the page is about."""
OVERLOADED = frozenset({429, 420, 509, 529, 999})
NOT_TOLD = -1


def judge(seen: Observation, siblings: Siblings | None = None) -> Judged:
    """The verdict on one observation.

    1. Nothing came back, a 429, a 5xx: unreachable or rate limited, never removed.
    2. A redirect to a sign-in page: a wall. What is behind it cannot be told; nor behind one to the front page.
    3. The provider's own words and ways (`providers/`), then the page says why (`phrasebook`): by its owner, by country, behind a
       sign-in, private, asked too often, removed, missing. A page that shows and says only "not available" tells nothing.
    4. Otherwise the status: 404 and 410 are gone without a word of who did it, 451 is a legal block, 2xx is up, unless it is
       the page the site shows for what is not there (`siblings`).
    """
    if seen.failed or seen.status == 0:
        return Judged(Verdict.UNREACHABLE, f"no answer ({seen.failed or 'nothing'})")
    if trouble := _trouble(seen):
        return trouble
    if 300 <= seen.status < 400 or seen.final_url != seen.url:
        led = by_provider(seen) or _led(seen)
        if led is not None:
            return led
    said = by_provider(seen) or _by_words(seen)
    if said is not None:
        return said
    if siblings is not None and 200 <= seen.status < 300:
        if siblings.say_missing(seen):
            return Judged(Verdict.GONE, f"{seen.status}, the page that is shown for what is not there")
        if siblings.alike_without_proof(seen):
            return Judged(Verdict.UNKNOWN, f"{seen.status}, nothing tells it from a page that is not there")
    return _by_status(seen)


def _trouble(seen: Observation) -> Judged | None:
    """The server's or the network's own trouble, and whoever wants to know who is asking."""
    status, headers = seen.status, seen.headers
    if status in OVERLOADED:
        return Judged(Verdict.RATE_LIMITED, f"{status}, asked too often")
    if headers and (
        "challenge" in headers.get("cf-mitigated", "") or (status in {403, 503} and "retry-after" in headers)
    ):
        return Judged(Verdict.RATE_LIMITED, f"{status}, the server keeps automatic visitors out")
    if status in {403, 503} and CHALLENGE.search(f"{seen.title} {seen.text}"[:TEXT_HEAD]):
        return Judged(Verdict.RATE_LIMITED, f"{status}, the server asks whether we are a machine")
    if status >= 500:
        return Judged(Verdict.UNREACHABLE, f"{status}, the server's own trouble")
    if status in {401, 402, 407, 511} or (headers and "www-authenticate" in headers):
        return Judged(Verdict.LOGIN_WALL, f"{status}, asks who we are")
    return None


def _led(seen: Observation) -> Judged | None:
    """What a redirect says by where it leads; None where it only led to the same thing by another name."""
    target = seen.final_url
    if 300 <= seen.status < 400:
        location = seen.headers.get("location", "")
        target = urljoin(seen.final_url, location) if location else target
    asked, final = urlsplit(seen.url), urlsplit(target)
    if target == seen.url:
        return None
    elsewhere = _site(final.hostname) != _site(asked.hostname)
    if (final.netloc != asked.netloc and SIGN_IN_HOST.match(final.netloc)) or SIGN_IN_PATH.search(final.path):
        return Judged(Verdict.LOGIN_WALL, "led to a sign-in page")
    if CHECK_PATH.search(final.path):
        return Judged(Verdict.RATE_LIMITED, "led to a check for automatic visitors")
    if AGE_PATH.search(final.path):
        return Judged(Verdict.LOGIN_WALL, "led to a question for our age")
    below = bool(asked.path.strip("/") or asked.query)
    if below and not final.path.strip("/") and not final.query and (not elsewhere or not seen.text):
        return Judged(Verdict.UNKNOWN, "led to the front page, which says nothing of the object")
    if MISSING_PATH.search(final.path) and seen.status < 400:
        return Judged(Verdict.GONE, f"led to {final.path}, the page for what is not there")
    if seen.status < 400 and elsewhere:
        return Judged(Verdict.MOVED, f"led to {final.hostname}", target)
    if 300 <= seen.status < 400:
        return Judged(Verdict.UNKNOWN, f"{seen.status}, leads on within the site and was not followed", target)
    return None


def _site(host: str | None) -> str:
    """The last two names of a host: enough to tell another site from another door of the same one."""
    return ".".join((host or "").rsplit(".", 2)[-2:])


def _by_words(seen: Observation) -> Judged | None:
    """What the page says of itself; on a 200 only a page short enough to be a notice is believed, of a longer one its title."""
    shown = 200 <= seen.status < 300
    head = f"{seen.title} {seen.text}"[:TEXT_HEAD]
    long = shown and len(seen.text) > TEXT_HEAD
    found = _in_title(seen.title) if long else _meaning(head)
    if found is None or (found.meaning == "unsaid" and not shown and seen.status != NOT_TOLD):
        return None
    status = f"{seen.status}, " if seen.status != NOT_TOLD else ""
    unsaid = " and not why" if found.meaning in {"unsaid", "unclear"} else ""
    return Judged(found.verdict, f"{status}the page says “{found.words}”{unsaid}", _country(seen, found))


def _country(seen: Observation, found: Phrase) -> str:
    return seen.exit if found.meaning == "by_country" else ""


@lru_cache(maxsize=16_384)
def _meaning(head: str) -> Phrase | None:
    """What the head of a page says of it; kept, because the same pages are looked at over and over."""
    return phrasebook().search(head)


@lru_cache(maxsize=16_384)
def _in_title(title: str) -> Phrase | None:
    """What a title says, where that is all that one of its parts says: "Page not found | Harbour", not a headline about it."""
    for part in FOUND_IN_TITLE.split(title)[:4]:
        found = phrasebook().search(part) if 3 < len(part) < TEXT_HEAD else None
        if found is not None and len(found.words) >= TITLE_SHARE * len(part):
            return found
    return None


def _by_status(seen: Observation) -> Judged:
    if seen.status in {404, 410}:
        return Judged(Verdict.GONE, f"{seen.status}, without a word of who removed it")
    if seen.status == 451:
        return Judged(Verdict.GEO_BLOCKED, "451, unavailable for legal reasons here", seen.exit)
    if 200 <= seen.status < 300:
        return Judged(Verdict.UP, f"{seen.status}, the page shows")
    if seen.status == NOT_TOLD:
        return Judged(Verdict.UNKNOWN, "no status, and no words that tell")
    return Judged(Verdict.UNKNOWN, f"{seen.status}, which says nothing of the object")

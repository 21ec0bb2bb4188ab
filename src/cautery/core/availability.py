"""Is it up? A verdict on what came back for an address, with its ground. What cannot be told is never called removed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit


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


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


OWNER = _words(
    r"(deleted|removed|taken down|withdrawn) by (its|the|their|his|her) (own )?(author|owner|uploader|user|publisher|creator|poster)",
    r"(author|owner|uploader|user|creator|poster) (has |have )?(deleted|removed|withdrew|withdrawn)",
    r"(supprim|retir)[ée]+s? par (son|sa|ses|l.|le|la|leur) ?(auteur|autrice|propri[ée]taire|utilisat|cr[ée]at)",
    r"(auteur|propri[ée]taire|utilisateur) (l')?a (supprim|retir)",
    r"(vom|von|durch) ?(dem|den|der|seine[mnr]|ihre[mnr])? ?"
    r"(autor|verfasser|eigent[üu]mer|inhaber|urheber|nutzer|besitzer|ersteller)\w* (selbst )?(gel[öo]scht|entfernt)",
    r"(eliminad|borrad|retirad|suprimid)\w+ por (su|el|la) (autor|propietari|usuari|cread|due[ñn])",
    r"(حذف|إزالة|أزال|سحب)\w*(\s+\S+){0,4}?\s+(من قبل|من طرف|بواسطة)\s+(ال)?(مؤلف|كاتب|صاحب|ناشر|مالك|مستخدم)",
    r"(حذفه|حذفها|أزاله|أزالها)\s+(ال)?(مؤلف|كاتب|صاحب|ناشر|مالك|مستخدم)",
    r"(удал|снят|скрыт)\w*\s+(\w+\s+){0,2}(автор|владел|пользовател)\w*",
    r"(автор|владелец|пользователь) (его |е[ёе] )?(удалил|скрыл)",
)
GEO = _words(
    r"not available in your (country|region|location)",
    r"unavailable in your (country|region)",
    r"(pas|plus|in)\s?disponible dans votre (pays|r[ée]gion)",
    r"in (deinem|ihrem) (land|region) nicht (verf[üu]gbar|abrufbar)",
    r"no (est[áa] )?disponible en (su|tu) (pa[íi]s|regi[óo]n)",
    r"غير متاح\w* في (بلدك|بلدكم|منطقتك)",
    r"(недоступ\w+|не доступ\w+) в (вашей стране|вашем регионе)",
)
REMOVED = _words(
    r"(removed|taken down|suspended|disabled|blocked|deleted) "
    r"(for|because|due to|following|after|under|in line with|by (us|our|the (provider|platform|service|moderat)))",
    r"(has been|was|were|have been|is) (removed|suspended|taken down|terminated|disabled)",
    r"(no longer|not) available",
    r"violat\w+ (our|the|of) (terms|rules|guidelines|polic|community)",
    r"viol(e|ait|ation) (de )?(nos|des|les|notre) (conditions|r[èe]gles)",
    r"(a|ont) [ée]t[ée] (supprim|retir|suspend|d[ée]sactiv)",
    r"(contenu|page|compte|vid[ée]o|publication|message|fichier)s? (supprim|retir|suspend|d[ée]sactiv|bloqu)[ée]",
    r"n.est plus disponible",
    r"plus disponible",
    r"(wurden?|ist|sind) ([\w-]+,? ){0,12}(entfernt|gel[öo]scht|gesperrt|deaktiviert)",
    r"nicht (mehr|l[äa]nger) (verf[üu]gbar|abrufbar)",
    r"(ha|han) sido (eliminad|retirad|suspendid|borrad|deshabilitad)",
    r"se (ha|han) (eliminad|retirad|suspendid|borrad|suprimid)",
    r"ya no est[áa] disponible",
    r"(contenido|p[áa]gina|cuenta|v[íi]deo|publicaci[óo]n|archivo)s? (eliminad|retirad|suspendid|borrad|bloquead)",
    r"(inhalt|seite|konto|video|beitrag|datei) (gel[öo]scht|entfernt|gesperrt)",
    r"(content|page|account|video|post|file|channel) (removed|deleted|suspended|terminated|disabled|blocked)",
    r"fue(ron)? (eliminad|retirad|suspendid)",
    r"(تمت?|جرى) (إزالة|حذف|إزالته|إزالتها|تعليق|حظر|تعطيل)",
    r"لم يعد? ?(هذا|هذه)? ?\w* ?(متاح|متوفر)",
    r"(أُزيل|أزيل|حُذف|حذف)\w* ?(لمخالفة|بسبب|لانتهاك)",
    r"(был\w* )?(удал[её]н|заблокирован|снят|приостановлен)\w*",
    r"больше не ?доступ",
)
LOGIN = re.compile(r"/(log-?in|sign-?in|signin|accounts/login|auth|checkpoint)\b", re.IGNORECASE)
PRIVATE = _words(
    r"(this|the) (account|profile|channel|page|video|file) is private",
    r"(compte|profil|vid[ée]o) (est )?priv[ée]",
    r"(profil|konto|video) ist privat",
    r"(cuenta|perfil|v[íi]deo) (es )?privad",
)
TEXT_HEAD = 600
"""A notice of removal stands at the head of a short page; the same words deep in a long text are somebody's prose."""


def judge(seen: Observation) -> Judged:
    """The verdict on one observation.

    1. Nothing came back, a 429, a 5xx: unreachable or rate limited, never removed.
    2. A redirect to a sign-in page: a wall. What is behind it cannot be told.
    3. The page says why: by its owner, not in this country, private, or removed.
    4. Otherwise the status: 2xx is up, 404 and 410 are gone without a word of who did it, 451 is a legal block.
    """
    if seen.failed or seen.status == 0:
        return Judged(Verdict.UNREACHABLE, f"no answer ({seen.failed or 'nothing'})")
    if seen.status == 429:
        return Judged(Verdict.RATE_LIMITED, "429, asked too often")
    if seen.status >= 500:
        return Judged(Verdict.UNREACHABLE, f"{seen.status}, the server's own trouble")
    if seen.status == 401 or (seen.final_url != seen.url and LOGIN.search(urlsplit(seen.final_url).path)):
        return Judged(Verdict.LOGIN_WALL, "led to a sign-in page")
    head = f"{seen.title} {seen.text}"[:TEXT_HEAD]
    return _by_words(seen, head) or _by_status(seen)


def _by_words(seen: Observation, head: str) -> Judged | None:
    """What the page says of itself; on a 200 only a page short enough to be a notice is believed."""
    if 200 <= seen.status < 300 and len(seen.text) > TEXT_HEAD:
        return None
    for pattern, verdict in (
        (OWNER, Verdict.DELETED_BY_OWNER),
        (GEO, Verdict.GEO_BLOCKED),
        (PRIVATE, Verdict.PRIVATE),
        (REMOVED, Verdict.REMOVED),
    ):
        found = pattern.search(head)
        if found:
            return Judged(verdict, f"{seen.status}, the page says “{found.group(0)[:80]}”")
    return None


def _by_status(seen: Observation) -> Judged:
    if seen.status in {404, 410}:
        return Judged(Verdict.GONE, f"{seen.status}, without a word of who removed it")
    if seen.status == 451:
        return Judged(Verdict.GEO_BLOCKED, "451, unavailable for legal reasons here")
    if 200 <= seen.status < 300:
        return Judged(Verdict.UP, f"{seen.status}, the page shows")
    return Judged(Verdict.UNKNOWN, f"{seen.status}, which says nothing of the object")

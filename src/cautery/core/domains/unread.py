"""What a WHOIS server says when it has no record to show: that there is none, that we ask too much, that it is out of order."""

from __future__ import annotations

import re

NOT_FOUND = re.compile(
    r"^\W*(?:error:?\s*\d*\W*|%error:\d+:\s*|domain status\W+|status\W+|the |sorry,? (?:but )?|info\W+)*"
    r"(?:(?:there (?:is|are|was) )?no (?:match(?:es|ing)?|entries|entry|data|records?|object|objects|such|information|results?|whois|domain)\b[^.]{0,60}"
    r"|not? found\b|nothing found|not? registered|not exist|not been registered|object does not exist|"
    r"(?:queried |requested )?(?:object|domain|domain name|record|name|query)?[\s\S]{0,90}?\b(?:(?:was |is |are |could )?not (?:be )?(?:found|registered|exist)|does(?: not|n't) exist|"
    r"has not been registered|is (?:free|available)(?: for registration| for purchase)?(?=\W*$)|can be registered|is unassigned)"
    r"|(?:available|free|unregistered|unallocated)(?=\W*$))",
    re.IGNORECASE,
)
ANYWHERE = re.compile(
    r"nincs tal[aá]lat|kein eintrag|aucun (?:domaine|r[eé]sultat)|no se (?:ha )?encontr[oó]|no existe|nenalezen|nie znaleziono|"
    r"не найден|не зарегистрирован|не знайдено|ei löydy|ingen tr[äæ]ff|není registrov|bulunamad|chưa được đăng ký|não encontrad|non registrato|"
    r"has status:? (?:available|free)\b|등록되어 있지 않습니다|未注册|查無|没有找到|の検索に該当するものはありません|غير مسجل|не зарегистрировано|no match!!|"
    r"has not been registered|is available for (?:registration|purchase)|無此資料|Домен не найден|свободен|dostępna do rejestracji",
    re.IGNORECASE,
)
NOT_SHOWN = re.compile(
    r"not (?:found|available|shown|disclosed) (?:due to|because of|in this)|data not available|no (?:data|information) (?:is )?disclosed",
    re.IGNORECASE,
)
THROTTLED = re.compile(
    r"(?:limit|quota|rate|number of (?:queries|requests|connections)|allowance|maximum)\b.{0,60}?\b(?:exceeded|reached|violat|exhausted)|"
    r"exceeded.{0,60}?(?:limit|quota|rate|maximum|allowed|queries|requests|connections|number)|"
    r"too many (?:quer|request|connection|lookup|simultaneous|attempt)|(?:quer(?:y|ies)|requests?|connections?) (?:is |are |has been |have been |was )?(?:denied|refused|throttled|blocked|limited)|"
    r"your (?:ip|host|address|connection|access).{0,40}?(?:blocked|blacklisted|banned|denied|restricted|refused|blocklisted|limited)|"
    r"try again (?:later|after|in|shortly)|please (?:wait|slow down)|(?:temporarily|currently) (?:unavailable|out of service|not available|unable)|"
    r"access (?:has been |is |was )?(?:denied|refused|blocked)|blacklisted|lookup quota|excessive (?:querying|queries|access)|"
    r"internal (?:server )?error|service (?:is )?(?:unavailable|not available|temporarily)|server (?:is )?(?:busy|too busy|down|error|failure)|timed? ?out|connection (?:reset|refused|closed|failed)|"
    r"under maintenance|cannot process|unable to (?:process|connect|query|complete)|^\W*(?:error\W+)?(?:\d{3} )?(?:forbidden|unauthori[sz]ed|permission denied|not authori[sz]ed|try again|socket)|"
    r"demasiad[ao]s (?:consultas|peticiones)|trop de requ[eê]tes|zu viele (?:anfragen|abfragen)|превышен|слишком много|limite de (?:consultas|requ[eê]tes)|超过|查询过于频繁|制限",
    re.IGNORECASE,
)
RESERVED = re.compile(
    r"(?:is |has been |domain )?(?:reserved|restricted|blocked|prohibited|not available for registration|cannot be registered|not allowed)\b[^.]{0,60}",
    re.IGNORECASE,
)
BOILERPLATE = re.compile(
    r"terms of use|copyright|for information purposes|you agree|provided (?:by|for|as)|purposes? only|guarantee|accuracy|unsolicited|"
    r"rate limited|high[- ]volume|will not|may not|without prior|prosecut|https?://|personal data|legal|policy|warrant|advertis|"
    r"does not necessarily|currently set to expire|indicative of|is only available|privacy",
    re.IGNORECASE,
)
LONGEST = 200


def not_found(text: str) -> str:
    """The words by which a registry says that nobody has the domain; empty where it does not say so."""
    for line in _said(text):
        if not NOT_SHOWN.search(line) and (NOT_FOUND.match(line) or ANYWHERE.search(line)):
            return line[:80]
    return ""


def no_answer(text: str) -> str:
    """Why this is no answer: empty, a web page, throttled, out of order; empty where it may be one."""
    if not text.strip():
        return "the answer is empty"
    if re.match(r"\s*<(?:!doctype|html|head|\?xml|body)", text, re.IGNORECASE):
        return "the answer is a web page, not a record"
    for line in _said(text):
        if match := THROTTLED.search(line):
            return f"the server says “{match[0][:80]}”"
    return ""


def reserved(text: str) -> str:
    """The words by which a registry says that nobody may have it."""
    return next((match[0][:80] for line in _said(text) if (match := RESERVED.search(line))), "")


def _said(text: str) -> list[str]:
    """What the server says in its own words: short lines, comment signs off, terms of use and legal notices left out."""
    lines = [re.sub(r"^[\s%#*;>=-]+", "", line).strip() for line in text.splitlines()]
    return [line for line in lines if line and len(line) <= LONGEST and not BOILERPLATE.search(line)]

"""How the desk writes things: moments, counts, words, and links that cannot be followed by mistake."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django import template
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.template import Context
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info, gettext, pgettext
from django.utils.translation import gettext_lazy as _

from cautery.core.tongues import primary
from cautery.custody.events import LABELS
from cautery.directory.roles import permissions_of
from cautery.report.dossier.timeline import Line, Run
from cautery.web import refusals
from cautery.web.labels import LANGUAGES, LINE_WORDS, WORDS
from cautery.web.navigation import MAIN, ROOMS, Place

register = template.Library()
EVENTS = {str(event): label for event, label in LABELS.items()}

_SCHEME = re.compile(r"^h(tt|xx)p(s?)://([^/?#]*)", re.IGNORECASE)
BECAUSE = (
    (re.compile(r"known content of degree (\d+)"), _("known content of degree %(n)s")),
    (
        re.compile(r"number (\d+) of those chosen to be acted on together"),
        _("number %(n)s of those chosen to be acted on together"),
    ),
    (re.compile(r"flagged by (\d+) units"), _("flagged by %(n)s units")),
    (re.compile(r"the same bytes as known content"), _("the same bytes as known content")),
    (re.compile(r"looks like known content"), _("looks like known content")),
    (re.compile(r"waits for 1 day"), _("waits for a day")),
    (re.compile(r"waits for (\d+) days"), _("waits for %(n)s days")),
    (re.compile(r"the oldest that waits"), _("the oldest that waits")),
    (re.compile(r"in a language you read \((\S+)\)"), _("in %(n)s, which you read")),
    (
        re.compile(r"in a language you have not said you read \((\S+)\)"),
        _("in %(n)s, which you have not said you read"),
    ),
    (
        re.compile(r"in a language nobody here has said they read \((\S+)\)"),
        _("in %(n)s, which nobody here has said they read"),
    ),
)
"""The clauses of a rank's reason."""

_ANY_SCHEME = re.compile(r"^([a-z][a-z0-9+.-]*):", re.IGNORECASE)


@register.filter
def when(moment: datetime | None) -> SafeString | str:
    """A moment in UTC, said as such, with its machine form; nothing for none."""
    if moment is None:
        return ""
    at = moment.astimezone(UTC)
    return format_html(
        '<time datetime="{}">{} <span class="clock">{} UTC</span></time>',
        at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        date_format(at, pgettext("a date, as Django's date filter writes it", "j M Y")),
        f"{at:%H:%M:%S}",
    )


@register.filter
def stamped(text: str) -> SafeString | str:
    """A moment that came as RFC 3339 text, as `when` writes it; nothing for none."""
    return when(datetime.fromisoformat(text)) if text else ""


@register.filter
def machine(moment: datetime | None) -> str:
    """A moment as programs read it, in UTC; nothing for none."""
    return "" if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@register.filter
def until(due: datetime, now: datetime) -> str:
    """How long from `now` to `due`: 2 d 03:04:05."""
    seconds = max(0, int((due - now).total_seconds()))
    days, rest = divmod(seconds, 86_400)
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return gettext("%(days)d d %(clock)s") % {"days": days, "clock": clock} if days else clock


@register.filter
def visible(text: str) -> str:
    """Text with its invisible and direction-changing characters written out: nothing in it can mislead the eye."""
    return "".join(
        f"\\u{ord(char):04x}" if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} else char
        for char in text
    )


@register.filter
def paragraphs(text: str) -> str:
    """Text of a page with its line breaks kept and everything else of it visible."""
    return "\n".join(visible(line.replace("\t", " ")) for line in text.splitlines())


@register.filter
def defang(url: str) -> str:
    """A link as text that no program follows: hxxp for http, [.] in the host, [:] behind any other scheme."""
    found = _SCHEME.match(url)
    if found:
        return visible(f"hxxp{found[2].lower()}://{found[3].replace('.', '[.]')}{url[found.end() :]}")
    return visible(_ANY_SCHEME.sub(r"\1[:]", url))


@register.filter
def count(number: int | None) -> str:
    """26000 as 26,000, as the reader's language groups it."""
    return "" if number is None else number_format(number, force_grouping=True)


@register.filter
def word(value: str | None, vocabulary: str) -> str:
    """A word of a vocabulary as people read it; one that nobody gave a label is shown as it is."""
    return str(WORDS[vocabulary].get(str(value), plainly(str(value)))) if value else ""


@register.filter
def words(values: str, vocabulary: str) -> str:
    """Several words of a vocabulary, as they stand in a cell with spaces between."""
    return ", ".join(word(value, vocabulary) for value in values.split())


@register.filter
def plainly(value: str) -> str:
    """A stable word nobody labelled, as words."""
    return value.replace("_", " ")


@register.filter
def told(message: str) -> str:
    """What an action said, in the reader's language where the catalogue has it; else as it was said, in English."""
    return refusals.told(message)


@register.filter
def because(reason: str) -> str:
    """Why an item comes next (core/triage.py), in the reader's language."""
    return ", ".join(_clause(clause) for clause in reason.split(", "))


def _clause(clause: str) -> str:
    for pattern, words in BECAUSE:
        if found := pattern.fullmatch(clause):
            return str(words) % {"n": _value(found[1])} if found.groups() else str(words)
    return clause


def _value(text: str) -> str:
    return text if text.isdigit() else tongue(text)


@register.filter
def tongue(tag: str) -> str:
    """A language in the reader's own, `Portuguese (pt-BR)` where the tag says more than its name; as it is where nobody named it."""
    code = primary(tag)
    if code in LANGUAGES:
        name = str(LANGUAGES[code])
    elif code in LANG_INFO and "name" in LANG_INFO[code]:
        name = str(get_language_info(code)["name_translated"])
    else:
        return tag
    return name if tag.strip().lower() == code else f"{name} ({tag})"


@register.filter
def tongues_of(tags: str) -> str:
    """Several languages, as they stand in a cell with spaces between."""
    return ", ".join(tongue(tag) for tag in tags.split())


@register.filter
def article(limb: str) -> str:
    """A limb as lawyers cite it in the reader's language."""
    return gettext("Art 2(7)(%(limb)s)") % {"limb": limb}


@register.filter
def as_share(figure: Mapping[str, Any]) -> str:
    """A share with its interval as a per cent; a dash where nothing could be said."""
    return "–" if figure.get("value") is None else f"{100 * figure['value']:.0f} %"


@register.filter
def as_hours(figure: Mapping[str, Any]) -> str:
    """A span in seconds as hours; a dash where nothing could be said."""
    return "–" if figure.get("value") is None else f"{figure['value'] / 3_600:.1f} h"


@register.filter
def as_range(figure: Mapping[str, Any]) -> str:
    """The interval of an estimate, in its unit."""
    low, high = figure.get("low"), figure.get("high")
    if low is None or high is None:
        return ""
    if figure.get("unit") == "s":
        return f"{low / 3_600:.1f} – {high / 3_600:.1f} h"
    return f"{100 * low:.0f} – {100 * high:.0f} %"


@register.filter
def points(line: list[tuple[int, int]], whole: int) -> str:
    """Hours and counts as points of a line in a box of 720 by 200: three days across, all of them high."""
    return " ".join(f"{hour * 10},{199 - 198 * n / max(whole, 1):.1f}" for hour, n in line)


@register.filter
def event(value: str) -> str:
    """What an entry of the log says happened."""
    return EVENTS.get(value, value)


@register.filter
def subject(value: str) -> str:
    """A subject one can rest from, as people read it."""
    kind, _colon, name = value.partition(":")
    if kind == "kind":
        return gettext("items of the kind %(name)s") % {"name": word(name, "kind")}
    return gettext("the outlet %(name)s") % {"name": name}


@register.filter
def line_word(line: Line) -> str:
    """The word of a line of the timeline."""
    return word(line.word, LINE_WORDS.get(line.what, "other"))


@register.filter
def of(counts: dict[str, int], key: str) -> int:
    """How many `key` has, 0 where it is not counted."""
    return counts.get(key, 0)


@register.filter
def probes_of(runs: dict[int, list[Run]], episode: int) -> list[Run]:
    """The probes of one episode."""
    return runs.get(episode, [])


@register.filter
def share_of(part: int, whole: int) -> str:
    """`part` of `whole` in per cent with one digit; empty when there is no whole."""
    return f"{number_format(100 * part / whole, 1)} %" if whole else ""


@register.simple_tag
def tongues() -> list[dict[str, str]]:
    """The languages of the desk: code and own name."""
    codes = (code for code, _name in settings.LANGUAGES)
    return [{"code": code, "name": str(get_language_info(code.partition("-")[0])["name_local"])} for code in codes]


@register.simple_tag
def rehearsal() -> bool:
    """Whether this register is a rehearsal's."""
    return bool(settings.REHEARSAL)


@register.simple_tag(takes_context=True)
def main_places(context: Context) -> list[dict[str, object]]:
    """The main places this reader may enter, each with its label and address; `here` where one is."""
    return _links(context, MAIN, [])


@register.simple_tag(takes_context=True)
def rooms_of(context: Context, slug: str) -> list[dict[str, object]]:
    """The rooms of an operation this reader may enter."""
    return _links(context, ROOMS, [slug])


def _links(context: Context, places: tuple[Place, ...], args: list[str]) -> list[dict[str, object]]:
    allowed = permissions_of(context["user"].roles)
    shown = [(place, reverse(f"web:{place.name}", args=args)) for place in places if place.permission in allowed]
    here = context["request"].path
    first = here.split("/")[1]
    return [
        {"label": place.label, "url": url, "here": "page" if url == here else "true" if first in place.holds else ""}
        for place, url in shown
    ]

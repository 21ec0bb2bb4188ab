"""The general rule: what a link stands for on a site nobody wrote a rule file for.

The provider is the registrable domain; a bare host is a site, anything below it a page; the key is host, path and the
query that matters, without tracking parameters, in a fixed order.
"""

from __future__ import annotations

import re

from cautery.core.links.address import Address, readable
from cautery.core.links.hosts import registrable
from cautery.core.links.model import Link

_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)
_PROFILE = re.compile(
    r"(/(?:(?:[a-z]{2}/)?(?:u|users?|profiles?|members?|people|authors?|artists?)/|@)@?[\w.~%-]+)(/.*)?", re.IGNORECASE
)
_NAMED = re.compile(r".*[?&](?:username|user_?name|nickname|member_?name)=[^&#]+", re.IGNORECASE)
_MOBILE = re.compile(r"(?:www|m|mobile|amp)\.(?=[^.]+\.[^.])")
_ROUTE = re.compile(r"!?/.+")
_TRACKING = re.compile(r"(?:utm|pk|piwik|mtm|matomo|hsa|vero|oly|itm|_hs|_ga|_gl)_\w+", re.IGNORECASE)


def general(address: Address, trackers: frozenset[str], *, provider: str = "", via: str | None = None) -> Link:
    """The link by the general rule; `provider` where the host is known but this shape of address is not."""
    host = _MOBILE.sub("", address.host, count=1) if address.host[0] in "wma" else address.host
    place = host if not address.port else f"{host}:{address.port}"
    query = "&".join(sorted(kept_query(address.raw_query, trackers)))
    path = _INDEX.sub("", readable(address.raw_path)).rstrip("/")
    route = address.fragment if _ROUTE.fullmatch(address.fragment) else ""
    shown = path + (f"?{readable(query)}" if query else "") + (f"#{readable(route)}" if route else "")
    origin = f"{address.scheme}://{address.host}" + (f":{address.port}" if address.port else "")
    kept = address.raw_path + (f"?{query}" if query else "") + (f"#{route}" if route else "")
    kind, owner = _kind_and_owner(place, path, shown)
    return Link(
        url=address.href,
        provider=provider or registrable(address.host),
        kind=kind,
        key=place + shown,
        owner=owner,
        canonical_url=origin + kept,
        via=via,
        host_flags=address.flags,
    )


def _kind_and_owner(place: str, path: str, shown: str) -> tuple[str, str | None]:
    if not shown:
        return "site", None
    profile = _PROFILE.fullmatch(path)
    if profile is None:
        return ("account" if _NAMED.fullmatch(shown) else "page"), place
    if profile[2] is None and shown == path:
        return "account", place
    return "page", place + profile[1]


def kept_query(query: str, trackers: frozenset[str]) -> list[str]:
    """The `name=value` parts of a query that can name an object, in their order."""
    if not query:
        return []
    return [part for part in query.split("&") if part and not _tracks(part.partition("=")[0], trackers)]


def _tracks(name: str, trackers: frozenset[str]) -> bool:
    return name.lower() in trackers or _TRACKING.fullmatch(name) is not None

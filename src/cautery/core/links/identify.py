"""From a link to the object it stands for: parse, find the provider by host, find the shape, fill in the link.

text -> Address -> provider of the host -> shape -> Link
                   |- no provider: shapes that any host can have, then the general rule
                   `- a wrapper: the same again with the address it leads to
"""

from __future__ import annotations

from dataclasses import replace

from cautery.core.errors import LinkRefused
from cautery.core.links.address import Address, mail_domain, parse, parse_app, require_known_suffix, scheme_of
from cautery.core.links.general import general
from cautery.core.links.hosts import registrable
from cautery.core.links.model import Link
from cautery.core.links.ruleset import Match, Provider, Ruleset
from cautery.core.links.shapes import Shape, fill, fill_url

MAX_DEPTH = 5
"""Wrappers inside wrappers that are followed; more is somebody's game."""

_WEB_PORTS = frozenset({"", "80", "443"})


def identify(url: str, rules: Ruleset | None = None) -> Link:
    """The object a link stands for.

    Raises LinkRefused with `reason`: `empty`, `too_long`, `scheme`, `not_a_url`, `no_host`, `private_address`,
    `not_an_object`.
    """
    return _identify(url, rules or Ruleset.default(), 0)


def _identify(text: str, rules: Ruleset, depth: int) -> Link:
    if text[:7].lower() != "http://" and text[:8].lower() != "https://" and len(text) < 8_192:
        special = _special(text.strip(), rules, depth)
        if special is not None:
            return special
    address = parse(text)
    if text[:4].lower() != "http":
        require_known_suffix(text, address)
    return of_address(address, rules, depth)


def of_address(address: Address, rules: Ruleset, depth: int = 0) -> Link:
    """The object an address taken apart stands for."""
    provider = rules.provider_of(address.host) or rules.labelled(address.host)
    if provider is None:
        anywhere = rules.match_anywhere(address)
        if anywhere is None:
            return general(address, rules.trackers)
        return _link(address, *anywhere, rules, depth)
    found = provider.match(address) if address.port in _WEB_PORTS else None
    if found is not None:
        return _link(address, provider, found, rules, depth)
    if provider.strict:
        raise _no_object(address)
    return _rest(address, provider, rules)


def _rest(address: Address, provider: Provider, rules: Ruleset) -> Link:
    trackers = rules.trackers | provider.trackers if provider.trackers else rules.trackers
    return general(address, trackers, provider=provider.slug)


def _special(text: str, rules: Ruleset, depth: int) -> Link | None:
    scheme = scheme_of(text)
    provider = rules.schemes.get(scheme) if scheme else None
    if provider is not None:
        address = parse_app(text, scheme)
        found = provider.match(address)
        if found is None:
            raise _no_object(address)
        return _link(address, provider, found, rules, depth)
    mail = text[7:].partition("?")[0] if scheme == "mailto" else text
    domain = mail_domain(mail) if not scheme or scheme == "mailto" else None
    if domain is None:
        return None
    key = mail.rpartition("@")[0].lower() + "@" + domain
    return Link(f"mailto:{key}", registrable(domain), "mail", key, domain, f"mailto:{key}")


def _link(address: Address, provider: Provider, found: Match, rules: Ruleset, depth: int) -> Link:
    shape, parts = found
    if shape.refuse:
        raise _no_object(address)
    if shape.given:
        _give(shape, address, parts)
    if shape.target:
        return _led_to(address, provider, found, rules, depth)
    if shape.copy:
        _add_original(shape, parts, rules, depth)
    return Link(
        url=address.href,
        provider=provider.slug,
        kind=shape.kind,
        key=fill(shape.key, parts).rstrip("/"),
        owner=(fill(shape.owner, parts) or None) if shape.owner else None,
        canonical_url=fill_url(shape.url, parts) if shape.url else address.href,
        space=shape.space,
        host_flags=address.flags,
        shortener=shape.shortener,
        original=parts.get("original"),
    )


def _give(shape: Shape, address: Address, parts: dict[str, str]) -> None:
    parts["host"] = address.host.removeprefix("www.")
    parts["raw_path"] = address.raw_path
    parts["raw_query"] = address.raw_query
    parts["search"] = f"?{address.raw_query}" if address.raw_query else ""
    if "domain" in shape.given:
        parts["domain"] = registrable(address.host)


def _led_to(address: Address, provider: Provider, found: Match, rules: Ruleset, depth: int) -> Link:
    shape, parts = found
    if depth >= MAX_DEPTH:
        raise _no_object(address)
    try:
        inner = _identify(fill(shape.target, parts), rules, depth + 1)
    except LinkRefused:
        if provider.strict:
            raise
        return _rest(address, provider, rules)
    return replace(inner, via=inner.via or f"{shape.via}:{provider.slug}")


def _add_original(shape: Shape, parts: dict[str, str], rules: Ruleset, depth: int) -> None:
    text = fill(shape.copy, parts)
    parts["original"] = parts["copied"] = text
    if depth < MAX_DEPTH:
        try:
            parts["original"] = _identify(text, rules, depth + 1).canonical_url
        except LinkRefused:
            return


def _no_object(address: Address) -> LinkRefused:
    return LinkRefused("The address names no object.", reason="not_an_object", url=address.href)

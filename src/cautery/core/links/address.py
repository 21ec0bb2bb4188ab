"""From text to an address, as a browser reads it (WHATWG, through ada), taken apart for the rules.

text -> refused early (empty, too long) -> scheme -> WHATWG parse -> host checked -> Address
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_plus

import ada_url

from cautery.core.errors import LinkRefused
from cautery.core.links.hosts import host_flags, in_ascii, known_suffix, not_public

MAX_LENGTH = 8_192
"""Characters. Longer than any address a site gives out; browsers and servers start to refuse here."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_HREF = re.compile(
    r"(https?)://(?:([^@/?#]*)@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d+))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL
)
_APP = re.compile(r"[a-z0-9.+\-]+:(?://)?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
_MAIL = re.compile(r"[^\s@/:?#<>()\[\],;\"]{1,64}@([^\s@/:?#<>()\[\],;\"]{1,253})")
_SCHEMELESS = re.compile(r"(?:[^\s/?#@\\:]+)(?::\d{1,5})?(?:[/?#].*)?", re.DOTALL)
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_KEPT_ESCAPED = re.compile(r"[\x00-\x20%/?#\\\x7f]")
_WEB_SCHEME = re.compile(r"https?:[/\\]{2}", re.IGNORECASE)


@dataclass(slots=True)
class Address:
    """An address taken apart. `path` is decoded and without slashes at its end; `host` is ASCII and lower case."""

    href: str
    scheme: str
    host: str
    port: str
    path: str
    raw_path: str
    raw_query: str
    fragment: str
    flags: tuple[str, ...]
    _query: dict[str, str] | None = None

    @property
    def query(self) -> dict[str, str]:
        """Name -> value, both decoded; of a name given twice the first, as sites read it."""
        if self._query is None:
            self._query = {}
            for part in self.raw_query.split("&"):
                if part:
                    name, _, value = part.partition("=")
                    self._query.setdefault(_plain(name), _plain(value))
        return self._query


def parse(text: str) -> Address:
    """The address a browser would open for `text`; http and https only.

    Raises LinkRefused: `empty`, `too_long`, `scheme`, `not_a_url`, `no_host`, `private_address`.
    """
    if len(text) > MAX_LENGTH:
        raise LinkRefused("The address is too long.", reason="too_long", length=len(text))
    text = text.strip("\t\n\r\f\v \0")
    if not text:
        raise LinkRefused("There is no address.", reason="empty")
    return _web(_with_scheme(text))


def parse_app(text: str, scheme: str) -> Address:
    """The parts of an app's own link (`tg://resolve?domain=x`), its path below the scheme, without a host."""
    match = _APP.fullmatch(scheme + text.strip()[len(scheme) :])
    if match is None:
        raise LinkRefused("The app link cannot be read.", reason="not_a_url")
    path, query, fragment = match.groups()
    path = "/" + path.strip("/")
    return Address(text.strip(), scheme, "", "", readable(path), path, query or "", fragment or "", ())


def scheme_of(text: str) -> str:
    """The scheme in lower case, or nothing where the text does not begin with one (`host:8080` has none)."""
    match = _SCHEME.match(text.lstrip())
    if match is None:
        return ""
    scheme = match[1].lower()
    rest = text.lstrip()[match.end() :]
    if rest[:1].isdigit() and (scheme == "localhost" or "." in scheme):
        return ""
    return scheme


def mail_domain(text: str) -> str | None:
    """The domain of a mail address, in ASCII; None for what is not a mail address."""
    match = _MAIL.fullmatch(text)
    if match is None or "." not in match[1]:
        return None
    return in_ascii(match[1]) or None


def readable(path: str) -> str:
    """Percent-escapes decoded where that changes no meaning; the rest with upper-case digits."""
    return _ESCAPES.sub(_decode, path) if "%" in path else path


def _decode(match: re.Match[str]) -> str:
    escaped = match[0]
    try:
        text = bytes.fromhex(escaped.replace("%", "")).decode()
    except UnicodeDecodeError:
        return escaped.upper()
    return _KEPT_ESCAPED.sub(lambda c: f"%{ord(c[0]):02X}", text)


def _plain(value: str) -> str:
    return unquote_plus(value) if "%" in value or "+" in value else value


def _with_scheme(text: str) -> str:
    if _WEB_SCHEME.match(text) is not None:
        return text
    scheme = scheme_of(text)
    if scheme in ("http", "https"):
        raise LinkRefused("The slashes after the scheme are missing.", reason="not_a_url")
    if scheme:
        raise LinkRefused("Only http and https lead to a web object.", reason="scheme", scheme=scheme)
    bare = text.removeprefix("//")
    if _SCHEMELESS.fullmatch(bare) is None:
        raise LinkRefused("This is not an address.", reason="not_a_url")
    return "https://" + bare


def _web(text: str) -> Address:
    try:
        href = ada_url.normalize_url(text)
    except ValueError as error:
        raise LinkRefused("A browser could not open this.", reason="not_a_url") from error
    match = _HREF.fullmatch(href)
    if match is None or not match[3]:
        raise LinkRefused("The address names no host.", reason="no_host")
    scheme, user, host, port, path, query, fragment = match.groups()
    host = host.rstrip(".")
    if not host:
        raise LinkRefused("The address names no host.", reason="no_host")
    if not_public(host):
        raise LinkRefused("The host is not on the public internet.", reason="private_address", host=host)
    flags = host_flags(host)
    if user:
        flags = (*flags, "credentials")
    if port:
        flags = (*flags, "port")
    if user is not None or match[3] != host:
        href = href.replace(f"{user}@" if user is not None else "", "", 1).replace(match[3], host, 1)
    shown = readable(path.rstrip("/")) or "/"
    return Address(href, scheme, host, port or "", shown, path, query or "", fragment or "", flags)


def require_known_suffix(text: str, address: Address) -> None:
    """Refuse a bare word with a dot (`notes.txt`) that no registry could hold."""
    if not scheme_of(text) and not known_suffix(address.host) and "ip" not in address.flags:
        raise LinkRefused("No registry has such names.", reason="not_a_url", host=address.host)

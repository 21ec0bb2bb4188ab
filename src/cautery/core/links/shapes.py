"""One shape of address: how it is recognised and what it stands for. Compiled from an `[[object]]` of a rule file.

A pattern is a regular expression in which `{id}` stands for the part `id` of the file's `[parts]` (where the file does
not say: one segment of a path, anything in a query). A template is text in which `{id}` is filled in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from cautery.core.errors import RulesInvalid
from cautery.core.links.address import Address, readable
from cautery.core.links.codecs import CODECS

SEGMENT = "[^/]+"
ANYTHING = ".+"
_PLACE = re.compile(r"\{([a-z][a-z_]*)\}")
_FIRST = re.compile(r"/(?:\(\?:([A-Za-z0-9_|-]+)\)(?!\?)|([A-Za-z0-9_-]+(?:\\\.[A-Za-z0-9_-]+)*)(?![?*+{]))")
_ROOT = "/"
_WHOLE = "*"
"""In place of a query parameter's name: the whole query as it stands (`?0123456789abcdef`)."""
_GIVEN = frozenset({"domain", "host", "raw_path", "raw_query", "search"})
_ADDRESSES = frozenset({"copied", "original", "raw_path", "raw_query", "search"})


@dataclass(slots=True)
class Shape:
    """What an `[[object]]`, `[[wrapper]]` or `[[refused]]` of a rule file says, for one of its paths."""

    kind: str
    space: str
    path: re.Pattern[str]
    hosts: re.Pattern[str] | None
    query: tuple[tuple[str, re.Pattern[str], bool], ...]
    fragment: re.Pattern[str] | None
    key: str
    owner: str
    url: str
    target: str
    copy: str
    via: str
    refuse: bool
    shortener: bool
    lower: tuple[str, ...]
    needs_query: bool
    may_be_empty: bool
    """Whether the key rests on parameters that may be missing; then a link without them is another shape."""
    decode: tuple[tuple[str, str], ...]
    given: frozenset[str]
    """Which of the parts every address has (`host`, `domain`, `search`, `raw_query`) the templates ask for."""

    def match(self, address: Address) -> dict[str, str] | None:
        """The parts this shape finds in the address, or None where it is another shape."""
        if (self.needs_query and not address.raw_query) or (self.fragment is not None and not address.fragment):
            return None
        found = self.path.fullmatch(address.path)
        if found is None:
            return None
        parts = found.groupdict("")
        if self.hosts is not None:
            on = self.hosts.fullmatch(address.host.removeprefix("www."))
            if on is None:
                return None
            parts.update(on.groupdict(""))
        if self.query and not self._in_query(address, parts):
            return None
        if self.fragment is not None:
            after = self.fragment.fullmatch(readable(address.fragment))
            if after is None:
                return None
            parts.update(after.groupdict(""))
        for name in self.lower:
            if name in parts:
                parts[name] = parts[name].lower()
        for name, codec in self.decode:
            parts[name] = CODECS[codec](parts[name])
        return None if self.may_be_empty and not fill(self.key, parts).strip("/") else parts

    def _in_query(self, address: Address, parts: dict[str, str]) -> bool:
        for name, pattern, needed in self.query:
            value = address.raw_query if name == _WHOLE else address.query.get(name)
            found = pattern.fullmatch(value) if value is not None else None
            if found is not None:
                parts.update(found.groupdict(""))
            elif needed:
                return False
            else:
                parts.update(dict.fromkeys(pattern.groupindex, ""))
        return True


def fill(template: str, parts: Mapping[str, str]) -> str:
    """The template with its places filled in, as a person reads it."""
    return template.format_map(parts)


def fill_url(template: str, parts: Mapping[str, str]) -> str:
    """The template with its places filled in and escaped, as a browser opens it."""
    return template.format_map({name: _escaped(name, value) for name, value in parts.items()})


def _escaped(name: str, value: str) -> str:
    return value if name in _ADDRESSES else quote(value, safe="/@:+,;=!$'()*~-._%|")


def first_segments(path: str) -> tuple[str, ...]:
    """The words a path of this pattern can begin with; none where it can begin with anything."""
    if path == _ROOT:
        return ("",)
    found = _FIRST.match(path)
    if found is None or not _ends_segment(path[found.end() :]):
        return ()
    return tuple(found[1].split("|")) if found[1] else (found[2].replace("\\.", "."),)


def _ends_segment(rest: str) -> bool:
    """Whether what follows a word in a pattern can only begin a new segment: `/x`, `(?:/x)?`, or nothing."""
    while rest.startswith("(?:/"):
        rest = rest[_group_end(rest) :].removeprefix("?").removeprefix("*")
    return rest == "" or (rest.startswith("/") and rest[1:2] not in ("?", "*"))


def _group_end(pattern: str) -> int:
    """Just behind the bracket that closes the one a pattern begins with."""
    depth = 0
    for at, letter in enumerate(pattern):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return at + 1
    return len(pattern)


class ShapeCompiler:
    """Compiles the tables of one rule file; `where` and the parts are the file's own."""

    def __init__(self, where: str, parts: Mapping[str, str], lower: tuple[str, ...]) -> None:
        self._where = where
        self._parts = parts
        self._lower = lower

    def compile(self, table: Mapping[str, Any], *, use: str) -> list[tuple[str, Shape]]:
        """(path pattern, shape) for each path of the table. Raises RulesInvalid for what cannot hold."""
        unknown = set(table) - _ALLOWED
        if unknown:
            raise self._invalid("unknown_field", f"unknown field {min(unknown)!r}")
        return [(path, self._shape(path, table, use)) for path in _listed(table.get("path", ".*"))]

    def _shape(self, path: str, table: Mapping[str, Any], use: str) -> Shape:
        hosts = _listed(table.get("host", ()))
        query = tuple(
            (name.removesuffix("?"), self._pattern(value, unknown=ANYTHING), not name.endswith("?"))
            for name, value in table.get("query", {}).items()
        )
        shape = Shape(
            kind=str(table.get("kind", "redirect" if use == "wrapper" else "page")),
            space=str(table.get("space", "")),
            path=self._pattern(path),
            hosts=self._pattern("|".join(f"(?:{host})" for host in hosts)) if hosts else None,
            query=query,
            fragment=self._pattern(table["fragment"]) if "fragment" in table else None,
            key=str(table.get("key", "{id}")),
            owner=str(table.get("owner", "")),
            url=str(table.get("url", "")),
            target=str(table.get("target", "{target}" if use == "wrapper" else "")),
            copy=str(table.get("copy", "")),
            via=str(table.get("via", "redirect")),
            refuse=use == "refused",
            shortener=bool(table.get("shortener", False)),
            lower=self._lower,
            may_be_empty=use == "object" and not all(needed for _, _, needed in query),
            needs_query=any(needed for _, _, needed in query),
            decode=tuple(table.get("decode", {}).items()),
            given=_GIVEN & set(_PLACE.findall(" ".join(str(table.get(name, "")) for name in _TEMPLATES))),
        )
        if use != "refused":
            self._check_places(shape)
        for _, codec in shape.decode:
            if codec not in CODECS:
                raise self._invalid("unknown_codec", f"no codec {codec!r}")
        return shape

    def _check_places(self, shape: Shape) -> None:
        known = set(shape.path.groupindex) | _GIVEN
        for pattern in (shape.hosts, shape.fragment, *(pattern for _, pattern, _ in shape.query)):
            known |= set(pattern.groupindex) if pattern is not None else set()
        templates = (shape.target,) if shape.target else (shape.key, shape.owner, shape.url, shape.copy)
        extra = {"original", "copied"} if shape.copy else set()
        for name in _PLACE.findall(" ".join(templates)):
            if name not in known | extra:
                raise self._invalid("unknown_part", f"{shape.path.pattern!r} gives no {name!r}")

    def _pattern(self, text: str, unknown: str = SEGMENT) -> re.Pattern[str]:
        try:
            return re.compile(_PLACE.sub(lambda found: f"(?P<{found[1]}>{self._parts.get(found[1], unknown)})", text))
        except re.error as error:
            raise self._invalid("pattern", f"{text!r}: {error}") from error

    def _invalid(self, reason: str, message: str) -> RulesInvalid:
        return RulesInvalid(f"{self._where}: {message}", reason=reason, file=self._where)


_TEMPLATES = ("copy", "key", "owner", "target", "url")
_ALLOWED = frozenset(
    [
        "copy",
        "decode",
        "fragment",
        "host",
        "key",
        "kind",
        "owner",
        "path",
        "query",
        "shortener",
        "space",
        "target",
        "url",
        "via",
    ],
)


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)

"""The rules as a set: read from folders of TOML files, dispatched by host.

Of a file only the head (the lines before its first table) is read when the set is loaded; the rest when the first
link of that provider comes by, so that a command starts fast however many providers there are. `check()` reads all.
"""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from cautery.core.errors import RulesInvalid
from cautery.core.links.address import Address
from cautery.core.links.shapes import Shape, ShapeCompiler, first_segments

RULES = Path(__file__).parent / "rules"
"""The folder of rule files that come with the library."""

Match: TypeAlias = tuple[Shape, dict[str, str]]
T = TypeVar("T")
Dispatch: TypeAlias = tuple[dict[str, tuple[T, ...]], tuple[T, ...]]

_HEAD = frozenset(
    [
        "any_host",
        "each_host",
        "hosts",
        "labels",
        "lower",
        "name",
        "provider",
        "schemes",
        "shorteners",
        "strict",
        "trackers",
    ]
)
_BODY = _HEAD | {"examples", "object", "parts", "refused", "wrapper"}


class Provider:
    """One rule file: a provider, its hosts, and the shapes of its addresses (compiled when first asked for)."""

    def __init__(self, file: str, text: str) -> None:
        self._text = text
        self.file = file
        head = _toml(file, text.split("\n[", 1)[0])
        unknown = set(head) - _HEAD
        if unknown:
            raise _invalid(file, "unknown_field", f"unknown field {min(unknown)!r}")
        if not isinstance(head.get("provider"), str):
            raise _invalid(file, "no_provider", "`provider` is missing")
        self.slug: str = head["provider"]
        self.name: str = head.get("name", self.slug)
        self.hosts: tuple[str, ...] = tuple(spelled for host in head.get("hosts", ()) for spelled in _spelled(host))
        self.labels: tuple[str, ...] = tuple(head.get("labels", ()))
        self.schemes: tuple[str, ...] = tuple(head.get("schemes", ()))
        self.strict: bool = head.get("strict", False)
        self.each_host: bool = head.get("each_host", False)
        self.any_host: bool = head.get("any_host", False)
        self.trackers: frozenset[str] = frozenset(head.get("trackers", ()))
        self._lower: tuple[str, ...] = tuple(head.get("lower", ()))
        self._rules = self

    def of_host(self, host: str) -> Provider:
        """This provider, or in a file of many alike services (`each_host`) the one that `host` names."""
        if not self.each_host:
            return self
        service = copy.copy(self)
        service.slug = service.name = host
        return service

    def match(self, address: Address) -> Match | None:
        """The first shape of this provider that the address has, with the parts found."""
        by_segment, otherwise = self._rules._dispatch
        for shape in by_segment.get(_first_segment(address.path), otherwise):
            parts = shape.match(address)
            if parts is not None:
                return shape, parts
        return None

    @cached_property
    def body(self) -> dict[str, Any]:
        """The whole file. Raises RulesInvalid where it does not hold."""
        body = _toml(self.file, self._text)
        unknown = set(body) - _BODY
        if unknown:
            raise _invalid(self.file, "unknown_field", f"unknown table {min(unknown)!r}")
        return body

    @cached_property
    def shapes(self) -> tuple[tuple[str, Shape], ...]:
        """(path pattern, shape) in the order they are tried: refusals and wrappers first."""
        compiler = ShapeCompiler(self.file, self.body.get("parts", {}), self._lower)
        return tuple(
            found
            for use in ("refused", "wrapper", "object")
            for table in self.body.get(use, ())
            for found in compiler.compile(table, use=use)
        )

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of object the file knows, sorted."""
        return tuple(sorted({shape.kind for _, shape in self.shapes if not shape.refuse and not shape.target}))

    @cached_property
    def _dispatch(self) -> Dispatch[Shape]:
        return _dispatch_table((path, shape) for path, shape in self.shapes)


def _first_segment(path: str) -> str:
    end = path.find("/", 1)
    return path[1:] if end < 0 else path[1:end]


def _dispatch_table(patterns: Iterable[tuple[str, T]]) -> Dispatch[T]:
    """What to try for a path that begins with a word some pattern names, and what for any other path."""
    firsts = [(first_segments(path), value) for path, value in patterns]
    words = {word for words, _ in firsts for word in words}
    by_segment = {word: tuple(value for words, value in firsts if not words or word in words) for word in words}
    return by_segment, tuple(value for words, value in firsts if not words)


class Ruleset:
    """Providers by host, by app scheme and by shape of address."""

    def __init__(self, providers: Iterable[Provider]) -> None:
        self.providers: tuple[Provider, ...] = tuple(providers)
        self.schemes: dict[str, Provider] = {s: p for p in self.providers for s in p.schemes}
        self.trackers: frozenset[str] = frozenset().union(*(p.trackers for p in self.providers if not p.hosts))
        self._by_label: dict[str, Provider] = {label: p for p in self.providers for label in p.labels}
        self._by_host: dict[str, Provider] = {}
        for provider in self.providers:
            for host in provider.hosts:
                if host in self._by_host:
                    raise _invalid(provider.file, "host_taken", f"{host} belongs to {self._by_host[host].file}")
                self._by_host[host] = provider.of_host(host)

    @classmethod
    def load(cls, *folders: Path) -> Ruleset:
        """The rules in the folders' TOML files. Raises RulesInvalid (file, reason) for a file that does not hold.

        The library's own files are read as they are needed; any other folder is checked whole.
        """
        providers: list[Provider] = []
        for folder in folders:
            found = [Provider(path.name, _read(path)) for path in _files(folder)]
            if folder.resolve() != RULES:
                for provider in found:
                    provider.shapes  # noqa: B018 - read for its errors
            providers += found
        return cls(providers)

    @classmethod
    def default(cls) -> Ruleset:
        """The library's own rules, loaded once."""
        return _default()

    def provider_of(self, host: str) -> Provider | None:
        """The provider a host, or a host above it, belongs to."""
        by_host = self._by_host
        while True:
            found = by_host.get(host)
            if found is not None:
                return found
            dot = host.find(".")
            if dot < 0:
                return None
            host = host[dot + 1 :]

    def match_anywhere(self, address: Address) -> tuple[Provider, Match] | None:
        """The first shape that an address can have on any host (federated and self-hosted software), and whose."""
        by_segment, otherwise = self._anywhere
        for provider, shape in by_segment.get(_first_segment(address.path), otherwise):
            parts = shape.match(address)
            if parts is not None:
                return provider, (shape, parts)
        return None

    @cached_property
    def _anywhere(self) -> Dispatch[tuple[Provider, Shape]]:
        everywhere = (provider for provider in self.providers if provider.any_host)
        return _dispatch_table((path, (provider, shape)) for provider in everywhere for path, shape in provider.shapes)

    def labelled(self, host: str) -> Provider | None:
        """The provider whose software a host that nobody listed names in one of its labels (`nitter.example.org`)."""
        by_label = self._by_label
        for label in host.split(".")[:-1]:
            if label in by_label:
                return by_label[label]
        return None

    def named(self, slug: str) -> Iterator[Provider]:
        """The files of one provider."""
        return (p for p in self.providers if p.slug == slug or (p.each_host and slug in p.hosts))


@lru_cache(maxsize=1)
def _default() -> Ruleset:
    return Ruleset.load(RULES)


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise RulesInvalid(f"{folder}: no such folder of rules", reason="no_folder", file=str(folder))
    return sorted(folder.glob("*.toml"))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise _invalid(path.name, "encoding", "not UTF-8") from error


def _toml(file: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _invalid(file, "toml", str(error)) from error


def _invalid(file: str, reason: str, message: str) -> RulesInvalid:
    return RulesInvalid(f"{file}: {message}", reason=reason, file=file)


def _spelled(host: str) -> list[str]:
    """`google.{com,de}` -> `google.com`, `google.de`."""
    before, brace, rest = host.partition("{")
    if not brace:
        return [host]
    inside, _, after = rest.partition("}")
    return [before + word.strip() + after for word in inside.split(",")]


def examples(provider: Provider) -> Mapping[str, list[Any]]:
    """The file's own examples: `yes` rows of [address, kind, key, owner?] and `no` addresses."""
    found: Mapping[str, list[Any]] = provider.body.get("examples", {})
    return found

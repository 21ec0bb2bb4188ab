"""Which copy of IANA's lists of RDAP services is used, and how newer ones come in: fetched where that is allowed, or from files.

A newer copy lies in the data folder (`rdap/dns.json` ...) and goes before the one that is shipped; an older one never does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.conf import settings

from cautery.core.domains.bootstrap import KINDS, MAX_BYTES, Bootstrap, Registry, read_registry, shipped
from cautery.core.errors import FetchRefused, FileRefused
from cautery.fetch import Answer, Fetcher, FetchFailed, Request

PUBLISHED = "https://data.iana.org/rdap/{kind}.json"
"""Where IANA publishes them (RFC 9224, section 4)."""
EVERY = timedelta(days=7)
STAMP = "asked"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What became of one list: taken, the same as before, or why not."""

    kind: str
    said: str
    taken: bool = False
    problem: str = ""


def folder() -> Path:
    """Where newer copies lie."""
    return Path(settings.DATA) / "rdap"


def in_use() -> Bootstrap:
    """The lists that are used: of each the newest copy there is."""
    return _in_use(tuple(_stamp(folder() / f"{kind}.json") for kind in KINDS), folder())


@lru_cache(maxsize=4)
def _in_use(stamps: tuple[int, ...], place: Path) -> Bootstrap:
    del stamps  # another stamp is another file
    found = shipped()
    for registry, _ in _kept(place):
        if registry is not None and registry.publication > getattr(found, registry.kind).publication:
            found = found.with_(registry)
    return found


def sources() -> list[dict[str, Any]]:
    """What is used, list by list: kind, publication, services, entries, where from, and what is wrong with a copy that is not used."""
    used, ours = in_use(), shipped()
    refused = {kind: problem for _, (kind, problem) in _kept(folder()) if problem}
    return [
        {
            "kind": one.kind,
            "publication": one.publication,
            "services": one.services,
            "entries": one.entries,
            "from": "shipped" if one is getattr(ours, one.kind) else str(folder() / f"{one.kind}.json"),
            "problems": [*one.problems, *([refused[one.kind]] if one.kind in refused else [])],
        }
        for one in used
    ]


def refresh(fetcher: Fetcher) -> list[Refreshed]:
    """Fetch all four from where IANA publishes them. `FetchRefused` in a rehearsal, which asks nobody outside."""
    if settings.REHEARSAL:
        raise FetchRefused(
            "A rehearsal asks nobody outside.",
            reason="rehearsal",
            hint="Fetch the lists elsewhere and give them: cautery domain bootstrap --from dns.json",
        )
    requests = [Request(PUBLISHED.format(kind=kind), max_bytes=MAX_BYTES) for kind in KINDS]
    found = [_fetched(kind, answer) for kind, answer in zip(KINDS, fetcher.fetch_many(requests), strict=True)]
    folder().mkdir(parents=True, exist_ok=True)
    (folder() / STAMP).touch()
    return found


def is_stale(now: datetime) -> bool:
    """Whether the worker should fetch them anew: it is allowed to, and has not asked for a week."""
    asked = folder() / STAMP
    return settings.RDAP_REFRESH and (
        not asked.exists() or now.timestamp() - asked.stat().st_mtime > EVERY.total_seconds()
    )


def take(data: bytes, wanted: str = "") -> Refreshed:
    """Keep a list for use. `FileRefused` where it is none, not the one that was wanted, or older than the one in use."""
    registry = read_registry(data)
    current: Registry = getattr(in_use(), registry.kind)
    if wanted and registry.kind != wanted:
        raise FileRefused(f"This is the list for {registry.kind}, not for {wanted}.", reason="another_list")
    if registry.publication < current.publication:
        raise FileRefused(
            f"This list for {registry.kind} is of {registry.publication:%Y-%m-%d}; the one in use is of "
            f"{current.publication:%Y-%m-%d}.",
            reason="older",
        )
    said = f"{registry.kind}: {registry.services} services, published {registry.publication:%Y-%m-%d}"
    if registry.publication == current.publication:
        return Refreshed(registry.kind, f"{said}; the same as before")
    folder().mkdir(parents=True, exist_ok=True)
    new = folder() / f"{registry.kind}.json.new"
    new.write_bytes(data)
    new.replace(folder() / f"{registry.kind}.json")
    return Refreshed(registry.kind, said, taken=True)


def _fetched(kind: str, answer: Answer) -> Refreshed:
    """One list that was asked for; where it did not come that is said, and the one in use stands."""
    problem = ""
    if isinstance(answer, FetchFailed):
        problem = f"No answer ({answer.reason})."
    elif answer.status != HTTPStatus.OK:
        problem = f"Its status is {answer.status}."
    else:
        try:
            return take(answer.body, kind)
        except FileRefused as refused:
            problem = refused.message
    return Refreshed(kind, f"{kind}: not taken. {problem}", problem=problem)


def _kept(place: Path) -> Iterator[tuple[Registry | None, tuple[str, str]]]:
    """The copies in the data folder, and what is wrong with one that cannot be read."""
    for kind in KINDS:
        file = place / f"{kind}.json"
        if file.exists():
            try:
                registry = read_registry(file.read_bytes())
            except (FileRefused, OSError) as error:
                yield None, (kind, f"{file} is not used: {error}")
            else:
                yield (
                    registry,
                    (kind, "" if registry.kind == kind else f"{file} is not used: it is the list for {registry.kind}"),
                )


def _stamp(file: Path) -> int:
    return file.stat().st_mtime_ns if file.exists() else 0

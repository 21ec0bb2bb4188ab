"""Where registries are asked by RDAP: at the one service that is set, else at the registry's own, by IANA's lists."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cautery.core.domains.bootstrap import Bootstrap
from cautery.core.errors import Unreachable
from cautery.fetch import Answer, Fetcher, FetchFailed, Request
from cautery.watch.domains.looking import ANSWER_BYTES

ROOT = "https://rdap.iana.org/"
"""IANA's own service, which knows who runs each zone of the root."""
KEEP = timedelta(days=1)
MOST_KEPT = 20_000
Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rdap:
    """The service that is set (`base`), or the lists of them."""

    base: str
    bootstrap: Bootstrap | None

    def domain(self, name: str) -> Request | None:
        """The question about a domain; None where no service is known."""
        return self._question("domain", name, self.bootstrap.domain(name) if self.bootstrap else ())

    def address(self, address: str) -> Request | None:
        """The question about an address's network."""
        return self._question("ip", address, self.bootstrap.address(address) if self.bootstrap else ())

    def autnum(self, number: int) -> Request | None:
        """The question about an autonomous system."""
        return self._question("autnum", str(number), self.bootstrap.autnum(number) if self.bootstrap else ())

    def zone(self, name: str) -> Request:
        """The question about the zone of the root that a domain stands in."""
        return Request(f"{self.base or ROOT.rstrip('/')}/domain/{name.rpartition('.')[2]}", max_bytes=ANSWER_BYTES)

    def _question(self, kind: str, name: str, urls: Sequence[str]) -> Request | None:
        if self.base:
            return Request(f"{self.base}/{kind}/{name}", max_bytes=ANSWER_BYTES)
        return Request(urls[0], max_bytes=ANSWER_BYTES) if urls else None


def object_of(answer: Answer) -> Object:
    """The RDAP object of an answer; `Unreachable` with why there is none."""
    if isinstance(answer, FetchFailed):
        raise Unreachable(f"no answer ({answer.reason})", reason=answer.reason)
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        document = None
    if answer.status != 200 or not isinstance(document, Mapping):
        raise Unreachable(f"{answer.status}, and no RDAP object", reason="bad_answer")
    return document


class Book:
    """Answers that change rarely (networks, zones), kept for a day by the address that was asked. What failed is asked again."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[datetime, Object]] = {}

    def ask(self, fetcher: Fetcher, requests: Sequence[Request], now: datetime) -> dict[str, Object | str]:
        """By address the object, or why there is none."""
        by_url = {request.url: request for request in requests}
        fresh = {url for url, (at, _) in self._kept.items() if url in by_url and now - at < KEEP}
        found: dict[str, Object | str] = {url: self._kept[url][1] for url in fresh}
        asked = [request for url, request in by_url.items() if url not in fresh]
        for request, answer in zip(asked, fetcher.fetch_many(asked), strict=True):
            try:
                known = object_of(answer)
            except Unreachable as problem:
                found[request.url] = problem.message
            else:
                found[request.url] = known
                self._kept[request.url] = (now, known)
        while len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return found

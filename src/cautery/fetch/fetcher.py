"""Fetch many pages at once, each within bounds of time, size and redirects, none outside the guard.

One event loop runs in a thread of its own; callers stay synchronous: `fetch_many` for a batch, `submit` for a future.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from queue import SimpleQueue
from typing import Self, TypeVar
from urllib.parse import urljoin

import aiohttp
from django.conf import settings
from multidict import CIMultiDict
from yarl import URL

from cautery.core.addresses import host_refusal
from cautery.core.errors import FetchRefused, Unreachable
from cautery.core.text import storable
from cautery.fetch.hosts import Guard, GuardedResolver, HostMap
from cautery.fetch.pace import Pacer

REDIRECTS = frozenset({301, 302, 303, 307, 308})
ASKED_TO_WAIT = frozenset({429, 503})
MAX_HEADER = 16_384


@dataclass(frozen=True, slots=True)
class Request:
    """What to fetch. `max_bytes` bounds the decoded body; `redirects` is how many are followed."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    timeout_s: float | None = None
    max_bytes: int = 8_000_000
    redirects: int = 5
    note: str = ""
    """The caller's own word on it, for what reads the answer."""

    def __reduce__(self) -> tuple[type[Request], tuple[object, ...]]:
        """Thousands go to the reading process together: this is a third of what a data class does by itself."""
        rest = self.timeout_s, self.max_bytes, self.redirects, self.note
        return Request, (self.url, self.method, self.headers, self.body, *rest)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back. `url` is the last one asked; `hops` those before it."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    hops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """Why nothing usable came back, in a stable word; `sent` when the request may have reached the server."""

    url: str
    reason: str
    detail: str
    sent: bool


Answer = Fetched | FetchFailed
T = TypeVar("T")


class Answers:
    """The answers to a batch, in the order of its requests; each as soon as it and all before it are there.

    What comes in one turn of the loop is handed over together: waking the other thread costs more than an answer does.
    """

    def __init__(self, requests: int) -> None:
        self._wanted = range(requests)
        self._next = 0
        self._turn: list[tuple[int, asyncio.Task[Answer]]] = []
        self._turns: SimpleQueue[list[tuple[int, asyncio.Task[Answer]]]] = SimpleQueue()
        self._here: dict[int, asyncio.Task[Answer]] = {}

    def put(self, number: int, task: asyncio.Task[Answer]) -> None:
        """In the loop: the request of this number is answered."""
        if not self._turn:
            task.get_loop().call_soon(self._hand_over)
        self._turn.append((number, task))

    def _hand_over(self) -> None:
        self._turns.put(self._turn)
        self._turn = []

    def ready(self) -> bool:
        """Whether the next one is there."""
        while self._next not in self._here and not self._turns.empty():
            self._here.update(self._turns.get())
        return self._next in self._here

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Answer:
        """The next answer, waited for; an error of our own included."""
        if self._next not in self._wanted:
            raise StopIteration
        while self._next not in self._here:
            self._here.update(self._turns.get())
        self._next += 1
        return self._here.pop(self._next - 1).result()


class Fetcher:
    """Bounded, guarded HTTP for synchronous callers."""

    def __init__(
        self, hosts: HostMap | Guard, *, concurrency: int, timeout_s: float, user_agent: str, gap_s: float = 0.0
    ) -> None:
        self._guard = hosts if isinstance(hosts, Guard) else Guard(hosts)
        self._hosts = self._guard.hosts
        self._pacer = Pacer(gap_s)
        self._concurrency = concurrency
        self._timeout_s = timeout_s
        self._user_agent = user_agent
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[Answer]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fetcher", daemon=True)
        self._thread.start()
        self._session = asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()

    async def _open(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=self._concurrency,
            limit_per_host=max(2, self._concurrency // 2),
            use_dns_cache=False,
            resolver=GuardedResolver(self._guard),
        )
        return aiohttp.ClientSession(
            connector=connector,
            trust_env=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            max_line_size=MAX_HEADER,
            max_field_size=MAX_HEADER,
            headers={"User-Agent": self._user_agent},
        )

    def close(self) -> None:
        """Let go of every connection, and end the thread."""
        asyncio.run_coroutine_threadsafe(self._session.close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def submit(self, request: Request) -> Future[Answer]:
        """Start one fetch; the future never raises for what the far side does."""
        return asyncio.run_coroutine_threadsafe(self._gated(asyncio.Semaphore(), request), self._loop)

    def fetch_many(self, requests: Sequence[Request]) -> list[Answer]:
        """Fetch all, some at a time, and answer in their order."""
        return list(self.fetch_each(requests))

    def fetch_each(self, requests: Sequence[Request]) -> Answers:
        """The same, one answer after the other: the caller works on the first while the rest is under way."""
        answers = Answers(len(requests))
        self._loop.call_soon_threadsafe(self._start_all, requests, answers)
        return answers

    def each(self, requests: Sequence[Request], then: Callable[[Request, Answer], T]) -> Iterator[T]:
        """What `then` says of each request and its answer, in order; see `reading.Reader`."""
        return map(then, requests, self.fetch_each(requests))

    def fetch(self, request: Request) -> Answer:
        """Fetch one."""
        return self.submit(request).result()

    def _start_all(self, requests: Sequence[Request], answers: Answers) -> None:
        gate = asyncio.Semaphore(self._concurrency)
        for number, request in enumerate(requests):
            task = self._loop.create_task(self._gated(gate, request))
            self._tasks.add(task)
            task.add_done_callback(partial(self._hand_over, answers, number))

    async def _gated(self, gate: asyncio.Semaphore, request: Request) -> Answer:
        try:
            wait = self._turn(request)
        except (FetchRefused, ValueError):
            wait = 0.0  # what is wrong with it is said below
        if wait is None:
            return FetchFailed(request.url, "asked_to_wait", "its host is asked too often", sent=False)
        if wait:
            await asyncio.sleep(wait)
        async with gate:
            return await self._fetch(request)

    def _turn(self, request: Request) -> float | None:
        """Seconds until the host may be asked; the rehearsal's hosts, and what is not a mere look, do not wait."""
        if request.method != "GET":
            return 0.0
        host = URL(request.url).host or ""
        return 0.0 if self._hosts.find(host) is not None else self._pacer.turn(host)

    def _hand_over(self, answers: Answers, number: int, task: asyncio.Task[Answer]) -> None:
        """From the loop's thread to the caller's."""
        self._tasks.discard(task)
        answers.put(number, task)

    async def _fetch(self, request: Request) -> Answer:
        sent = False
        try:
            async with asyncio.timeout(request.timeout_s or self._timeout_s):
                url = request.url
                hops: tuple[str, ...] = ()
                while True:
                    link = self._checked(url)
                    sent = True
                    answer = await self._once(request, link, url, hops)
                    if isinstance(answer, FetchFailed):
                        return answer
                    if answer.status in ASKED_TO_WAIT:
                        self._pacer.hold(link.host or "", answer.headers.get("Retry-After"))
                    target = answer.headers.get("Location") if answer.status in REDIRECTS else None
                    if target is None or request.redirects == 0 or request.method != "GET":
                        return answer
                    if len(hops) >= request.redirects:
                        return FetchFailed(
                            request.url, "too_many_redirects", f"more than {request.redirects}", sent=True
                        )
                    url, hops = urljoin(url, target), (*hops, url)
        except FetchRefused as refused:
            return FetchFailed(request.url, refused.reason, refused.message, sent=False)
        except TimeoutError:
            return FetchFailed(request.url, "timeout", "no answer in time", sent=sent)
        except aiohttp.ClientConnectorError as error:
            cause = error.__cause__
            if isinstance(cause, FetchRefused):
                return FetchFailed(request.url, cause.reason, cause.message, sent=False)
            reason = "tls" if isinstance(error, aiohttp.ClientSSLError) else "no_connection"
            return FetchFailed(request.url, reason, f"{type(error).__name__}"[:200], sent=False)
        except (aiohttp.ClientError, ValueError, OSError) as error:
            return FetchFailed(request.url, "bad_answer", f"{type(error).__name__}: {error}"[:200], sent=sent)

    async def _once(self, request: Request, link: URL, url: str, hops: tuple[str, ...]) -> Answer:
        async with self._session.request(
            request.method, link, data=request.body, headers=request.headers, allow_redirects=False
        ) as answer:
            body = bytearray()
            async for chunk in answer.content.iter_any():
                body += chunk
                if len(body) > request.max_bytes:
                    return FetchFailed(request.url, "too_large", f"more than {request.max_bytes} bytes", sent=True)
            return Fetched(url, answer.status, _clean(answer.headers), bytes(body), hops)

    def _checked(self, url: str) -> URL:
        """`url` as it is connected to. Schemes, credentials and literal addresses are refused before anything is opened;
        names are checked when they are resolved. One reading of the URL serves the check and the connection.
        """
        link = URL(url)
        host = link.host or ""
        if link.scheme not in {"http", "https"} or not host:
            raise FetchRefused("Only http and https are fetched.", reason="scheme", url=url)
        if link.user or link.password:
            raise FetchRefused("A URL with credentials is not fetched.", reason="credentials", url=url)
        if self._hosts.find(host) is None:
            reason = None if host in self._guard.inside else host_refusal(host)
            if reason is not None:
                raise FetchRefused("The address is not public.", reason=reason, url=url)
        elif link.scheme == "https" and self._hosts.plain(host):
            return link.with_scheme("http")
        return link


def _clean(headers: Mapping[str, str]) -> CIMultiDict[str]:
    """Headers as text that can be kept; bytes that are not UTF-8 become replacement characters."""
    return CIMultiDict((name, storable(value, MAX_HEADER)) for name, value in headers.items())


@cache
def fetcher() -> Fetcher:
    """The process's fetcher, as the settings say."""
    return Fetcher(
        HostMap(settings.HOST_MAP),
        concurrency=settings.FETCH_CONCURRENCY,
        timeout_s=settings.FETCH_TIMEOUT_S,
        user_agent=settings.USER_AGENT,
        gap_s=settings.FETCH_GAP_S,
    )


@lru_cache(maxsize=8)
def fetcher_inside(host: str) -> Fetcher:
    """One for a service the operator named in a setting: `host`, and no other, may stand in our own network."""
    return Fetcher(
        Guard(HostMap(settings.HOST_MAP), inside=frozenset({host})),
        concurrency=4,
        timeout_s=settings.FETCH_TIMEOUT_S,
        user_agent=settings.USER_AGENT,
    )


def expect(answer: Answer) -> Fetched:
    """The answer, or `Unreachable` with why there is none."""
    if isinstance(answer, FetchFailed):
        raise Unreachable(f"{answer.url}: {answer.reason} ({answer.detail})", url=answer.url, reason=answer.reason)
    return answer

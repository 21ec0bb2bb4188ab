"""What a page view costs the rehearsal's world: CPU a request of its own HTTP server, beside aiohttp's in the same run.

.venv/bin/python benchmarks/world.py [--flags 6000] [--requests 20000]

A process of each kind answers the same posts of one world; one caller asks for them one after the other over a kept connection,
as the platform's reading process does. The answers of both are compared.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import random
import socket
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

from aiohttp import web

from cautery.exercise.books import Books
from cautery.exercise.media import Media
from cautery.exercise.providers.notices import NoticeApi
from cautery.exercise.providers.pages import Pages
from cautery.exercise.providers.search import Search
from cautery.exercise.providers.site import Site
from cautery.exercise.scenario import Run, load
from cautery.exercise.serving import Answer, Connection, Request
from cautery.exercise.specimens import Specimens
from cautery.exercise.state import State

SEED = 7
SLUG = "chirp"


def main() -> None:
    parser = argparse.ArgumentParser(description="CPU a page view of the rehearsal's world.")
    parser.add_argument("--flags", type=int, default=6_000)
    parser.add_argument("--requests", type=int, default=20_000)
    asked = parser.parse_args()
    spent, said = {}, {}
    for name in ("aiohttp", "own"):
        spent[name], said[name] = _measured(name, asked.flags, asked.requests)
    assert said["own"] == said["aiohttp"]
    print(f"{asked.requests:,} page views of {SLUG}, CPU of the server")
    for name, seconds in spent.items():
        print(f"  {name:8} {seconds / asked.requests * 1e6:6.0f} us each   {spent['aiohttp'] / seconds:4.1f}x")


def _measured(name: str, flags: int, requests: int) -> tuple[float, list[bytes]]:
    """CPU seconds that so many requests cost a server of this kind, and what it answered to the first hundred."""
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.Process(target=_serve, args=(name, flags, theirs), daemon=True)
    child.start()
    port, paths = ours.recv()
    bodies: list[bytes] = []
    with socket.create_connection(("127.0.0.1", port)) as caller:
        for path in random.Random(SEED).choices(paths, k=requests):
            caller.sendall(
                f"GET {path} HTTP/1.1\r\nHost: chirp.test\r\nAccept: */*\r\nUser-Agent: benchmark\r\n\r\n".encode()
            )
            body = _body(caller)
            if len(bodies) < 100:
                bodies.append(body)
    ours.send("how much?")
    spent: float = ours.recv()
    child.kill()
    return spent, bodies


def _body(caller: socket.socket) -> bytes:
    """The body of one answer."""
    came = caller.recv(65_536)
    while b"\r\n\r\n" not in came:
        came += caller.recv(65_536)
    head, _, body = came.partition(b"\r\n\r\n")
    length = int(next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))[15:])
    while len(body) < length:
        body += caller.recv(65_536)
    return body


def _serve(name: str, flags: int, pipe: Pipe) -> None:
    asyncio.run(_served(name, flags, pipe))


async def _served(name: str, flags: int, pipe: Pipe) -> None:
    scenario = load(Run(SEED, flags, 9, 4), None)
    with tempfile.TemporaryDirectory() as folder:
        state = State(scenario, Books(Path(folder) / "world.sqlite3", scenario.identity), Media(Specimens(SEED)))
        provider, pages = scenario.providers[SLUG], Pages(state)
        site = Site(state, provider, NoticeApi(state, provider, "token"), pages, Search(state, pages))
        loop = asyncio.get_running_loop()
        made: Callable[[], Any] = (
            web.Server(_wrapped(site), access_log=None) if name == "aiohttp" else lambda: Connection(site.handle)
        )
        server = await loop.create_server(made, "127.0.0.1", 0)
        things = [thing for thing in state.population.by_provider[SLUG] if thing.appeared_at < scenario.start]
        pipe.send((server.sockets[0].getsockname()[1], [thing.url.partition(".test")[2] for thing in things]))
        before = time.process_time()
        await asyncio.to_thread(pipe.recv)
        pipe.send(time.process_time() - before)
        await asyncio.sleep(60)


def _wrapped(site: Site) -> Callable[[web.BaseRequest], Any]:
    async def handle(request: web.BaseRequest) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        answer = site.handle(Request(request.method, request.path, request.query_string, headers, b"", gone))
        assert isinstance(answer, Answer)
        return web.Response(status=answer.status, body=answer.body, headers={"Content-Type": answer.mime})

    return handle


if __name__ == "__main__":
    main()

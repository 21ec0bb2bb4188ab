"""Small servers on loopback for tests: real HTTP and raw TCP, each in a thread of its own."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from aiohttp import web

from cautery.fetch import Fetcher
from cautery.fetch.hosts import HostMap

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Talk = Callable[[socket.socket], None]


@contextmanager
def http_server(handler: Handler) -> Iterator[int]:
    """An aiohttp server that hands every request to `handler`; its port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> tuple[web.AppRunner, int]:
        app = web.Application(client_max_size=64_000_000)
        app.router.add_route("*", "/{path:.*}", handler)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return runner, runner.addresses[0][1]

    async def stop(runner: web.AppRunner) -> None:
        await runner.cleanup()
        mine = asyncio.current_task()
        rest = [task for task in asyncio.all_tasks() if task is not mine]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    runner, port = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    try:
        yield port
    finally:
        asyncio.run_coroutine_threadsafe(stop(runner), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@contextmanager
def raw_server(talk: Talk) -> Iterator[int]:
    """A TCP server that hands every connection to `talk`; its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    talk(connection)
                except OSError:
                    continue  # the far side hung up, as it may

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


@contextmanager
def threaded(handler: type[BaseHTTPRequestHandler], host: str = "127.0.0.1") -> Iterator[str]:
    """An HTTP server whose `handler` answers each connection in a thread; its address, the host so named."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def fetcher_for(folder: Path, hosts: dict[str, int], *, timeout_s: float = 2.0) -> Iterator[Fetcher]:
    """A fetcher to whom these hosts lead to these ports on loopback."""
    file = folder / "hosts.json"
    file.write_text(json.dumps({host: f"127.0.0.1:{port}" for host, port in hosts.items()}))
    fetcher = Fetcher(HostMap(file), concurrency=8, timeout_s=timeout_s, user_agent="test")
    try:
        yield fetcher
    finally:
        fetcher.close()

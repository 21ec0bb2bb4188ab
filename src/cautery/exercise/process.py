"""The world as one process: its servers, its files, its end.

hosts.json    every `.test` host -> one loopback port a provider
control.json  where the clock is; written last, when everything listens
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

from cautery.exercise.books import Books, BooksError
from cautery.exercise.control import Control
from cautery.exercise.directory import HOMES, directory, provider_token
from cautery.exercise.known import known_csv
from cautery.exercise.mail import PostOffice
from cautery.exercise.media import Media
from cautery.exercise.providers import desk
from cautery.exercise.providers.notices import NoticeApi
from cautery.exercise.providers.pages import Pages
from cautery.exercise.providers.rdap import RdapServer
from cautery.exercise.providers.search import Search
from cautery.exercise.providers.site import Site
from cautery.exercise.scenario import Run, Scenario, ScenarioError, load
from cautery.exercise.serving import Connection, Handler
from cautery.exercise.specimens import Specimens
from cautery.exercise.state import State
from cautery.exercise.turns import Actors, Turns

LOOPBACK = "127.0.0.1"
BACKLOG = 1024
MakeActors = Callable[..., Actors]


def main(argv: list[str], make_actors: MakeActors) -> int:
    """Runs a world until it is finished, told to stop, or alone; the exit status. `make_actors` makes its people."""
    wanted = _arguments(argv)
    try:
        scenario = load(Run(wanted.seed, wanted.flags, wanted.providers, wanted.days), wanted.scenario)
        wanted.out.mkdir(parents=True, exist_ok=True)
        books = Books(wanted.out / "world.sqlite3", scenario.identity)
    except (ScenarioError, BooksError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    asyncio.run(_Process(scenario, books, wanted.out, make_actors).run(watch_stdin=wanted.watch_stdin))
    return 0


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m cautery.exercise.world", description="A world to rehearse in.")
    parser.add_argument("--out", type=Path, required=True, help="folder for books and files")
    parser.add_argument("--flags", type=int, default=26_000)
    parser.add_argument("--providers", type=int, default=9)
    parser.add_argument("--days", type=int, default=4)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--scenario", type=Path, help="TOML file that overrides figures of scenario.toml")
    parser.add_argument("--watch-stdin", action="store_true", help="exit when standard input ends")
    return parser.parse_args(argv)


class _Process:
    def __init__(self, scenario: Scenario, books: Books, out: Path, make_actors: MakeActors) -> None:
        self.scenario = scenario
        self.books = books
        self.out = out
        self.make_actors = make_actors
        self.media = Media(Specimens(scenario.run.seed))
        self.state = State(scenario, books, self.media)
        self.stop = asyncio.Event()
        self.ports: dict[str, int] = json.loads(books.setting("ports") or "{}")

    async def run(self, *, watch_stdin: bool) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop.set)
        if watch_stdin:
            threading.Thread(target=self._watch_stdin, args=(loop,), daemon=True).start()
        await self._open(loop)
        await self.stop.wait()
        self.books.close()
        sys.stdout.flush()
        sys.stderr.flush()
        # A thread may still be waiting for a platform that is gone; nothing is left to be saved.
        os._exit(0)

    async def _open(self, loop: asyncio.AbstractEventLoop) -> None:
        who = directory(self.scenario)
        _write_once(self.out / "directory.json", lambda: json.dumps(who, indent=1))
        _write_once(self.out / "known.csv", lambda: known_csv(self.state.population, self.media))
        post = PostOffice(self.state, self.out)
        actors = self._actors(loop, who)
        control = Control(self.state, Turns(self.state, actors, post), actors, self.out, self.stop)
        await self._serve_providers()
        await self._serve_mail(loop, post)
        port = await self._serve("control", control.handle)
        self.books.remember("ports", json.dumps(self.ports))
        _write(self.out / "hosts.json", json.dumps(self._hosts(), indent=1))
        gc.freeze()  # what the world begins with stays; looking through it again and again finds nothing
        place = {"clock": f"http://{LOOPBACK}:{port}/clock", "pid": os.getpid()}
        _write(self.out / "control.json", json.dumps(place))

    def _actors(self, loop: asyncio.AbstractEventLoop, who: Mapping[str, Any]) -> Actors:
        async def note(notes: Mapping[str, str]) -> None:
            self.books.note(notes)

        def save(notes: Mapping[str, str]) -> None:
            """People work in a thread; the books have one writer, which is the loop's."""
            asyncio.run_coroutine_threadsafe(note(notes), loop).result()

        async def take(provider: str, rows: Sequence[Mapping[str, Any]]) -> int:
            return desk.take(self.state, provider, rows)

        return self.make_actors(
            seed=self.scenario.run.seed,
            out=self.out,
            directory=who,
            scenario=self.scenario.tables(),
            flags_for=self.state.flagging.flags_for,
            late_flags=self.state.flagging.late_flags,
            holds_for=self.state.flagging.holds_for,
            truth=self.state.truth,
            take=lambda provider, rows: asyncio.run_coroutine_threadsafe(take(provider, rows), loop).result(),
            answers=lambda provider, after: desk.answers(self.state, provider, after),
            load=self.books.notes,
            save=save,
        )

    async def _serve_providers(self) -> None:
        pages = Pages(self.state)
        search = Search(self.state, pages)
        for slug, provider in self.scenario.providers.items():
            api = NoticeApi(self.state, provider, provider_token(self.scenario.run.seed, slug))
            await self._serve(slug, Site(self.state, provider, api, pages, search).handle)
        await self._serve("rdap", RdapServer(self.state).handle)

    async def _serve(self, name: str, handler: Handler) -> int:
        """Serves on the port of the last time, or on any other when that one is taken."""
        loop = asyncio.get_running_loop()

        def made() -> Connection:
            return Connection(handler)

        return await self._listen(name, lambda port: loop.create_server(made, LOOPBACK, port, backlog=BACKLOG))

    async def _serve_mail(self, loop: asyncio.AbstractEventLoop, post: PostOffice) -> None:
        def protocol() -> SMTP:
            return SMTP(post, hostname="mail.pastely.test", enable_SMTPUTF8=True, loop=loop)

        await self._listen("mail", lambda port: loop.create_server(protocol, LOOPBACK, port))

    async def _listen(self, name: str, serve: Callable[[int], Any]) -> int:
        try:
            server = await serve(self.ports.get(name, 0))
        except OSError:
            server = await serve(0)
        self.ports[name] = int(server.sockets[0].getsockname()[1])
        return self.ports[name]

    def _hosts(self) -> dict[str, str]:
        """Every host there is or will be; a web host's sites one by one."""
        hosts = dict(self.state.population.hosts)
        hosts |= {host: "hostkit" for host in self.state.population.sites() if "hostkit" in self.scenario.providers}
        hosts |= {f"mail.{slug}.test": "mail" for slug in self.scenario.providers}
        hosts |= {f"mail.home-{code}.test": "mail" for code in HOMES} | {
            "mail.pastely.test": "mail",
            "rdap.test": "rdap",
        }
        return {host: f"{LOOPBACK}:{self.ports[name]}" for host, name in sorted(hosts.items())}

    def _watch_stdin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Ends the world when whoever started it is gone and its end of the pipe with it."""
        while sys.stdin.buffer.read(4096):
            pass
        loop.call_soon_threadsafe(self.stop.set)


def _write_once(path: Path, make: Callable[[], str]) -> None:
    if not path.exists():
        _write(path, make())


def _write(path: Path, text: str) -> None:
    """Writes a file so that a reader sees all of it or none."""
    draft = path.with_suffix(path.suffix + ".new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)

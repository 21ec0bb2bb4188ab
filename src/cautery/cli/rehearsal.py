"""The platform's side of a rehearsal: bring the register up, run worker and web server until time ends, report, score.

World (cli.world) -> set up -> serve + work -> report -> world.json -> score.json
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from cautery import __version__
from cautery.cli.known import read_known
from cautery.cli.memory import Memory
from cautery.cli.world import Depth, World
from cautery.core.actors import Actor, Permission
from cautery.core.errors import Unreachable
from cautery.custody.actions import Sealer
from cautery.directory.actions import import_directory, set_password
from cautery.exercise.score import write_score
from cautery.fetch import clock
from cautery.intake.actions import create_operation
from cautery.intake.models import Operation
from cautery.match.actions import import_known
from cautery.report.actions import write_report

ACTOR = Actor("system:exercise", "", frozenset(Permission))
OBSERVER, PASSWORD = "observer", "rehearsal-observer"
"""Who can look around the desk afterwards. Nothing but a rehearsal has a password that is known."""
RESTARTS = 20
POLL_S = 0.25
PLANNING_S = 120
"""The longest the report waits for the plan: kernels may have to be compiled first."""


@dataclass(slots=True)
class Child:
    """A platform process, started again when it dies before its time."""

    command: list[str]
    environment: dict[str, str]
    restarts: int = 0
    process: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self._start()

    def _start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603 (our own module)
            [sys.executable, "-m", "cautery", *self.command, "--watch-stdin"],
            stdin=subprocess.PIPE,
            env=os.environ | self.environment,
        )

    def alive(self) -> bool:
        """Whether it still runs; one that died is started again, so often."""
        status = self.process.poll()
        if status is None:
            return True
        if status == 0:
            return False
        if self.restarts >= RESTARTS:
            raise Unreachable(f"`cautery {self.command[0]}` died {RESTARTS} times.", url=self.command[0])
        self.restarts += 1
        self._start()
        return True

    def stop(self) -> None:
        """Let it go: it leaves when its pipe ends."""
        self.process.stdin.close()  # type: ignore[union-attr]  # opened as a pipe
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def rehearse(world: World, *, quiet: bool) -> dict[str, Any]:
    """Run the rehearsal to its end; what came of it, with a text for people."""
    before = _spent(world)
    places = {"api": f"127.0.0.1:{_free_port()}", "smtp": f"127.0.0.1:{_free_port()}"}
    _write(world.out / "platform.json", {"api": f"http://{places['api']}", "smtp": places["smtp"]})
    # The web server takes seconds to come up; the register is filled meanwhile.
    children = [serve := Child(["serve", "--no-worker", "--port", places["api"].rpartition(":")[2]], {})]
    planner: subprocess.Popen[bytes] | None = None
    with Memory() as memory:
        try:
            operation = _bring_up(world)
            children.insert(0, work := Child(["work"], {"CAUTERY_MAIL_LISTEN": places["smtp"]}))
            with _progress(quiet=quiet) as show:
                while work.alive():
                    serve.alive()
                    memory.sample([os.getpid(), serve.process.pid, work.process.pid])
                    books = world.ask("/books")
                    show(books)
                    _write(world.out / "progress.json", books)
                    (world.out / "spent.json").write_text(
                        json.dumps({"wall_s": before + time.monotonic() - world.began})
                    )
                    time.sleep(POLL_S)
            planner = _planner(operation) if world.wanted.depth is Depth.FULL else None
            _await(planner, lambda: memory.sample([os.getpid(), serve.process.pid]))
            return _finish(world, operation, places["api"], memory, lambda: before + time.monotonic() - world.began)
        finally:
            for child in children:
                child.stop()
            if planner is not None:
                planner.kill()


def _planner(operation: Operation) -> subprocess.Popen[bytes] | None:
    """A process that plans on the register as it stood when the operation was released, and keeps the plan.

    It runs when the worker has ended: each needs a third of the memory there is.
    """
    released = Operation.objects.values_list("released_at", flat=True).get(pk=operation.pk)
    if released is None:
        return None
    asked = ["plan", "--operation", operation.slug, "--at", released.isoformat(), "--keep", "--json"]
    return subprocess.Popen([sys.executable, "-m", "cautery", *asked], stdout=subprocess.DEVNULL)  # noqa: S603 (our own module)


def _await(planner: subprocess.Popen[bytes] | None, meanwhile: Callable[[], None]) -> None:
    """Give the plan its time; a report without a plan says so."""
    deadline = time.monotonic() + PLANNING_S
    while planner is not None and planner.poll() is None and time.monotonic() < deadline:
        meanwhile()
        time.sleep(POLL_S)


def _finish(world: World, operation: Operation, api: str, memory: Memory, wall: Any) -> dict[str, Any]:
    """Seal, report, close the world's books, compare."""
    world.ask("/close", post=True)
    now = clock().now()
    Sealer().seal(now)
    operation.refresh_from_db()
    run = {"wall_s": round(wall(), 1), "peak_rss_mb": memory.peak_mb, "seed": world.wanted.seed, "version": __version__}
    folders = [world.out, Path(os.environ["CAUTERY_DATA"]) / "reports" / operation.slug]
    report = write_report(operation, folders, run=run, by=ACTOR, at=now)
    Sealer().seal(now)
    world.ask("/finish", post=True)
    observer = next(
        o for o in json.loads((world.out / "directory.json").read_text())["officers"] if "observe" in o["roles"]
    )
    score = write_score(world.out, f"http://{api}", observer["token"])
    return {"ok": bool(score["ok"]), "out": str(world.out), "run": run, "text": _summary(world.out, report, score)}


def _bring_up(world: World) -> Operation:
    """Directory, bank and operation from the world's files, as a real unit would import them; again is harmless."""
    document = json.loads((world.out / "directory.json").read_text())
    now = clock().now()
    plan = document["operation"]
    starts_at, t0, ends_at = (datetime.fromisoformat(plan[name]) for name in ("starts_at", "t0", "ends_at"))
    found = Operation.objects.filter(slug=plan["slug"]).first()
    if found is not None:
        return found
    import_directory(_with_an_observer(document), by=ACTOR, at=now)
    set_password(OBSERVER, PASSWORD, by=ACTOR, at=now)
    import_known(read_known(world.out / "known.csv"), by=ACTOR, at=now)
    return create_operation(plan["slug"], plan["name"], starts_at=starts_at, t0=t0, ends_at=ends_at, by=ACTOR, at=now)


def _with_an_observer(document: dict[str, Any]) -> dict[str, Any]:
    """The directory, in which the observer has a name to sign in with."""
    officers = [row | {"username": OBSERVER} if "observe" in row["roles"] else row for row in document["officers"]]
    return document | {"officers": officers}


def _spent(world: World) -> float:
    """Wall seconds a rehearsal had taken before it was cut off."""
    file = world.out / "spent.json"
    if not world.resume or not file.exists():
        return 0.0
    try:
        return float(json.loads(file.read_text())["wall_s"])
    except (ValueError, KeyError):
        return 0.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _write(file: Path, value: Any) -> None:
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps(value))
    draft.replace(file)


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Any]:
    """Shows the world's day and its counters while time passes."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[books]}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as bar:
        task = bar.add_task("The operation", total=1.0, books="")

        def show(books: dict[str, Any]) -> None:
            words = ", ".join(f"{name} {value:,}" for name, value in books.items() if isinstance(value, int))
            bar.update(
                task, completed=float(books.get("progress", 0.0)), books=words, description=str(books.get("now", ""))
            )

        yield show


def _summary(out: Path, report: dict[str, Any], score: dict[str, Any]) -> str:
    """What a newcomer sees at the end."""
    flags, outcomes, speed = report["flags"], report["outcomes"], report["removal_time"]
    failed = [check["name"] for check in score["checks"] if not check["ok"]]
    lines = [
        (
            f"{flags['received']:,} flags from {len(flags['by_unit'])} units became {report['items']['unique']:,} items"
            f" ({flags['rejected']:,} rows rejected)."
        ),
        f"Known content: {report['matches']['exact']:,} same bytes, {report['matches']['perceptual']:,} alike.",
        (
            f"Decisions: {report['decisions']['confirmed']:,} confirmed, {report['decisions']['dismissed']:,} dismissed, "
            f"{report['decisions']['held']:,} held for an investigation."
        ),
        (
            f"Notices: {report['notices']['sent']:,} to {len(report['notices']['by_provider'])} providers; all began within "
            f"{report['notices']['spread_s']} s at T0."
        ),
        "Outcomes: "
        + ", ".join(f"{name.replace('_', ' ')} {outcomes[name]:,}" for name in outcomes if name != "by_provider")
        + ".",
        (
            f"Removal: median {_hours(speed['median_s'])}, within an hour {_percent(speed['share_1h'])}, "
            f"within a day {_percent(speed['share_24h'])}."
        ),
        f"Returns seen: {report['reemergence']['returned_seen']:,}. Custody: {report['custody']['entries']:,} entries, verified.",
        f"Against the world's own books: {'all checks hold' if score['ok'] else 'NOT all hold: ' + ', '.join(failed)}.",
        f"{report['run']['wall_s']} s, {report['run']['peak_rss_mb']} MiB at the peak. Read {out / 'report.html'}",
        f"Look around: cautery serve --data {out / 'data'} --no-worker, and sign in as {OBSERVER} with {PASSWORD}",
    ]
    return "\n".join(lines)


def _hours(found: dict[str, Any]) -> str:
    value = found["value"]
    return "not estimable" if value is None else f"{value / 3600:.1f} h"


def _percent(found: dict[str, Any]) -> str:
    value = found["value"]
    return "not estimable" if value is None else f"{value:.0%}"

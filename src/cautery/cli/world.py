"""The rehearsal's processes and files: the folder, its lock, the world, and the environment the platform gets."""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
import sys
import time
import urllib.request
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from cautery.core.errors import SettingInvalid, Unreachable

START_S = 120.0
LOCK_S = 20.0
DONE = "score.json"


class Depth(StrEnum):
    """How much of the platform takes part."""

    FULL = "full"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What kind of rehearsal."""

    flags: int
    providers: int
    days: int
    seed: int
    scenario: Path | None
    depth: Depth = Depth.FULL


class World:
    """A rehearsal's folder, held by one launcher at a time, and the world process in it."""

    def __init__(self, out: Path, wanted: Wanted, *, resume: bool, fresh: bool) -> None:
        self.out = out
        self.wanted = wanted
        self.resume = resume
        self._fresh = fresh
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None
        self.control = ""
        self.began = time.monotonic()

    def __enter__(self) -> Self:
        self.out.mkdir(parents=True, exist_ok=True)
        self._hold()
        self._prepare()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.stdin.close()  # type: ignore[union-attr]  # opened as a pipe
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
        if self._lock is not None:
            self._lock.close()

    def _hold(self) -> None:
        """One launcher a folder; a launcher just killed may need a moment to let go."""
        self._lock = (self.out / "launcher.lock").open("w")
        deadline = time.monotonic() + LOCK_S
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if time.monotonic() > deadline:
                    raise SettingInvalid(
                        f"Another rehearsal runs in {self.out}.",
                        setting="--out",
                        reason="locked",
                        hint="Wait for it, or name another folder.",
                    ) from error
                time.sleep(0.1)
            else:
                return

    def _prepare(self) -> None:
        """A new rehearsal begins in an empty folder (a finished one is cleared away); an unfinished one wants a word."""
        begun = self.out / "rehearsal.json"
        finished = (self.out / DONE).exists()
        if self.resume:
            if begun.exists():
                self.wanted = _read_wanted(begun)
            return
        if begun.exists() and not finished and not self._fresh:
            raise SettingInvalid(
                f"An unfinished rehearsal is in {self.out}.",
                setting="--out",
                reason="unfinished",
                hint="--resume finishes it, --fresh begins anew.",
            )
        if begun.exists():
            self._clear()
        begun.write_text(json.dumps(asdict(self.wanted), default=str))

    def _clear(self) -> None:
        """Remove what a rehearsal made, and nothing else."""
        shutil.rmtree(self.out / "data", ignore_errors=True)
        names = (
            "world.sqlite3",
            "world.sqlite3-wal",
            "world.sqlite3-shm",
            "hosts.json",
            "directory.json",
            "known.csv",
            "control.json",
            "platform.json",
            "world.json",
            "report.json",
            "report.html",
            "report.pdf",
            "score.json",
            "rehearsal.json",
        )
        for name in names:
            (self.out / name).unlink(missing_ok=True)

    @property
    def finished(self) -> bool:
        """Whether the rehearsal was brought to its end."""
        return (self.out / DONE).exists()

    def start(self) -> None:
        """Start the world and wait until it listens; a finished rehearsal needs none."""
        control = self.out / "control.json"
        control.unlink(missing_ok=True)
        wanted = self.wanted
        command = [
            sys.executable,
            "-m",
            "cautery.exercise.world",
            "--out",
            str(self.out),
            "--flags",
            str(wanted.flags),
            "--providers",
            str(wanted.providers),
            "--days",
            str(wanted.days),
            "--seed",
            str(wanted.seed),
            "--watch-stdin",
        ]
        if wanted.scenario is not None:
            command += ["--scenario", str(wanted.scenario)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 (our own module)
        deadline = time.monotonic() + START_S
        while not control.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise Unreachable("The world did not start; what it said stands above.", url="exercise")
            time.sleep(0.02)
        self.control = json.loads(control.read_text())["clock"].rpartition("/")[0]

    def environment(self) -> dict[str, str]:
        """What the platform's processes are told of this world."""
        return {
            "CAUTERY_MODE": "rehearsal",
            "CAUTERY_CAPTURE": "pages" if self.wanted.depth is Depth.FULL else "none",
            "CAUTERY_DEPTH": self.wanted.depth.value,
            "CAUTERY_DATA": str(self.out / "data"),
            "CAUTERY_HOST_MAP": str(self.out / "hosts.json"),
            "CAUTERY_CLOCK_URL": f"{self.control}/clock",
            "CAUTERY_RDAP_BASE": "http://rdap.test",
            "CAUTERY_SEND_TIMEOUT_S": "30",
            "CAUTERY_FETCH_TIMEOUT_S": "30",
            "CAUTERY_MAIL_FROM": "referrals@unit.test",
        }

    def ask(self, path: str, *, post: bool = False) -> dict[str, Any]:
        """Ask the world's control server; `Unreachable` when the world is gone."""
        method, body = ("POST", b"{}") if post else ("GET", None)
        request = urllib.request.Request(f"{self.control}{path}", data=body, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:  # noqa: S310 (loopback, our own child)
                found: dict[str, Any] = json.loads(answer.read())
        except (OSError, ValueError) as error:
            raise Unreachable("The world is gone.", url=path, hint="--resume goes on where it stopped.") from error
        return found


def _read_wanted(file: Path) -> Wanted:
    kept = json.loads(file.read_text())
    kept["scenario"] = Path(kept["scenario"]) if kept["scenario"] else None
    kept["depth"] = Depth(kept.get("depth", Depth.FULL))
    return Wanted(**kept)

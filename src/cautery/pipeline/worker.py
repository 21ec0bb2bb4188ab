"""One worker process: the flow, and the inbox where mail is taken."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from cautery.core.errors import SettingInvalid
from cautery.custody.sealing import sealing
from cautery.fetch import clock, fetcher, reading
from cautery.fetch.reading import ReadingProcess
from cautery.pipeline.flow import WORKER, Flow
from cautery.pipeline.inbox import open_inbox


def run_worker() -> None:
    """Work until time ends or the process is stopped."""
    with only_worker(settings.DATA) as alone:
        time = clock()
        reader = ReadingProcess()
        flow = Flow(time, fetcher(), f"{WORKER}{os.getpid()}", reader)
        if alone:
            flow.take_over()
        inbox = open_inbox(settings.MAIL_LISTEN, time) if settings.MAIL_LISTEN else None
        try:
            with sealing(flow.sealer, reading().now):
                flow.run()
        finally:
            reader.close()
            if inbox is not None:
                inbox.stop()


@contextmanager
def only_worker(data: Path) -> Iterator[bool]:
    """Hold the register's worker lock. SQLite knows one worker a register; PostgreSQL many, and no lock (False)."""
    if connection.vendor != "sqlite":
        yield False
        return
    with (data / "worker.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SettingInvalid(
                f"Another worker runs on {data}.",
                setting="CAUTERY_DATA",
                reason="locked",
                hint="Stop it; on PostgreSQL (DATABASE_URL) several can run.",
            ) from error
        yield True

"""Sealing beside the work: a thread that seals every second, however long a step takes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import DatabaseError, connection

from cautery.core.errors import CauteryError
from cautery.custody.actions import Sealer

LOG = logging.getLogger(__name__)
SEAL_EVERY_S = 1.0
"""How long an entry waits for its place in the tree, in seconds of wall time, beyond a transaction that holds the lock."""


@contextmanager
def sealing(sealer: Sealer, now: Callable[[], datetime], every_s: float = SEAL_EVERY_S) -> Iterator[None]:
    """Seal every `every_s` seconds while the block runs, and once more, with a time-stamp, at its end.

    A sealing that fails is logged and tried again: work goes on, entries wait.
    """
    stop = threading.Event()
    thread = threading.Thread(target=_run, args=(sealer, now, every_s, stop), name="sealing", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _run(sealer: Sealer, now: Callable[[], datetime], every_s: float, stop: threading.Event) -> None:
    ended = False
    while not ended:
        ended = stop.wait(every_s)
        try:
            sealer.seal(now())
            sealer.stamp(now=ended)
        except (CauteryError, DatabaseError, OSError):
            LOG.exception("Sealing failed; it is tried again.")
    connection.close()

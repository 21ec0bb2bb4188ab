"""Peak memory of the platform's processes, as the kernel counts it."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from types import TracebackType
from typing import Self


class Memory:
    """Adds up the peak resident memory (VmHWM) of processes and their children, as sampled. Linux; elsewhere 0."""

    def __init__(self) -> None:
        self._peaks: dict[int, int] = {}
        self._guard = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held open."""

    def sample(self, roots: list[int]) -> None:
        """Look at `roots` and all that descends from them - except the world, which is not the platform's."""
        for pid in _family(roots):
            peak = _peak_kib(pid)
            with self._guard:
                self._peaks[pid] = max(peak, self._peaks.get(pid, 0))

    @property
    def peak_mb(self) -> float:
        """The sum of the peaks, in MiB."""
        return round(sum(self._peaks.values()) / 1024, 1)


def _family(roots: list[int]) -> list[int]:
    found, todo = [], list(roots)
    while todo:
        pid = todo.pop()
        if pid in found or _is_world(pid):
            continue
        found.append(pid)
        children = Path(f"/proc/{pid}/task/{pid}/children")
        try:
            todo += [int(child) for child in children.read_text().split()]
        except OSError:
            continue  # it went meanwhile, or this is not Linux
    return found


def _is_world(pid: int) -> bool:
    try:
        return b"cautery.exercise.world" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _peak_kib(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found.group(1)) if found else 0

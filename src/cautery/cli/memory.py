"""Peak memory of the platform's processes, as the kernel counts it."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from types import TracebackType
from typing import Self


class Memory:
    """The largest sum of the peak resident memory (VmHWM) of the processes alive at one time, as sampled. Linux; elsewhere 0."""

    def __init__(self) -> None:
        self._peak = 0
        self._guard = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held open."""

    def sample(self, roots: list[int]) -> None:
        """Look at `roots` and all that descends from them - except the world, which is not the platform's."""
        together = sum(_peak_kib(pid) for pid in _family(roots))
        with self._guard:
            self._peak = max(together, self._peak)

    @property
    def peak_mb(self) -> float:
        """That sum, in MiB."""
        return round(self._peak / 1024, 1)


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

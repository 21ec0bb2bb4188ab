"""The child process in which files are decoded: `python -m cautery.core.fingerprints.child`.

It reads one request a line from standard input (JSON: `path`, or `size` with that many bytes behind the line) and
answers each with one line of JSON on what was standard output; with `redraw` (pixels at most) the answer is the picture
drawn anew instead of what is in the file. It writes no file, starts with no environment, and
gives up the network where the system lets it. Memory and CPU time are limited by the kernel; the wall clock by the
parent, which kills it.
"""

from __future__ import annotations

import ctypes
import io
import json
import os
import resource
import sys
import warnings
from base64 import b64encode
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from cautery.core.errors import FileRefused

from .image import redrawn
from .model import Limits
from .reading import READERS, read_file

_CLONE_NEWNET = 0x40000000
_LIBRARIES = ("av", "pypdfium2", "PIL.Image", "rensa")
"""Loaded before memory is limited, where they are installed: what they map is not a file's doing."""


def main() -> None:
    """Answer until standard input ends."""
    requests = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # libraries that print do not reach the parent
    warnings.simplefilter("ignore")
    limits = _limits(json.loads(requests.readline()))
    _load()
    _confine(limits)
    _say(answers, {"ready": True})
    while line := requests.readline():
        _allow_cpu(limits.cpu_seconds)
        _say(answers, _answer(json.loads(line), requests, limits))


def _limits(given: dict[str, Any]) -> Limits:
    return Limits(**{field.name: given[field.name] for field in fields(Limits)})


def _load() -> None:
    for name in (*_LIBRARIES, *READERS.values()):
        try:
            import_module(name)
        except ModuleNotFoundError as error:
            if error.name is None or error.name.startswith("cautery"):
                raise


def _confine(limits: Limits) -> None:
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    _lower(resource.RLIMIT_AS, mapped + limits.memory_bytes)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_CORE, 0)
    ctypes.CDLL(None).unshare(_CLONE_NEWNET)  # may be refused: readers open nothing but the file they are given


def _lower(what: int, limit: int) -> None:
    hard = resource.getrlimit(what)[1]
    limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(what, (limit, limit))


def _allow_cpu(seconds: int) -> None:
    """CPU time for the next file on top of what has been used; beyond it the kernel ends this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _answer(request: dict[str, Any], requests: BinaryIO, limits: Limits) -> dict[str, Any]:
    try:
        with _stream(request, requests) as stream:
            if "redraw" in request:
                return {"png": b64encode(redrawn(stream, limits, request["redraw"])).decode()}
            kind, found = read_file(stream, limits)
    except FileRefused as refused:
        return {"refused": refused.message, "fields": refused.fields}
    except MemoryError:
        return {"refused": "Reading the file takes more memory than is allowed.", "fields": {"reason": "memory"}}
    except RecursionError:
        return {"refused": "The file is nested too deeply.", "fields": {"reason": "bomb"}}
    except OSError as error:
        return {"refused": f"The file cannot be read: {error.strerror}.", "fields": {"reason": "unreadable"}}
    return {"kind": kind.kind, "mime": kind.mime, "container": kind.container, **found.as_dict()}


def _stream(request: dict[str, Any], requests: BinaryIO) -> BinaryIO:
    """The file to read; bytes that come with the request are taken whole, or the next request could not be found."""
    if "path" in request:
        return Path(request["path"]).open("rb")
    data = requests.read(request["size"])
    return io.BytesIO(data)


def _say(answers: BinaryIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer, ensure_ascii=True).encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    main()

"""Issues many notices with a pool of processes, and goes on where it was stopped.

    requests -> those without finished files -> processes (press and office loaded once each) -> FOLDER/REFERENCE.pdf, .json

A file is written under another name and then renamed, the JSON after the PDF: a notice whose JSON is there is finished. A
process that dies loses at most the notices it had in hand, and those are done again.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from cautery.core.errors import CauteryError, Refused
from cautery.core.instruments import Catalogue
from cautery.core.instruments.reference import file_name
from cautery.refer.printing.issue import Request, issue
from cautery.refer.printing.press import Press
from cautery.refer.signing.office import Office, SigningSettings

AT_ONCE = 20
"""Notices a process takes in hand at a time."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one request: finished files, or the error in words with its fields."""

    reference: str
    error: str = ""
    fields: dict[str, Any] | None = None


class Bench:
    """What one process works with, opened when it starts."""

    press: Press
    office: Office
    folder: Path

    @classmethod
    def open(cls, settings: SigningSettings, wording: tuple[Path, ...], folder: Path) -> None:
        """Load fonts, wording and key once."""
        cls.press = Press(Catalogue.load(*wording))
        cls.office = Office.open(settings)
        cls.folder = folder


def issue_many(
    requests: Iterable[Request],
    folder: Path,
    settings: SigningSettings,
    *,
    wording: tuple[Path, ...] = (),
    workers: int = 2,
) -> Iterator[Outcome]:
    """Issue each request into `folder`, in any order; those that are finished there are passed over silently.

    More workers than cores pay off where the time-stamping service answers slowly.
    """
    folder.mkdir(parents=True, exist_ok=True)
    waiting = (request for request in requests if not finished(folder, _reference(request)))
    # Not forked: the parent may hold threads and database connections.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, Bench.open, (settings, wording, folder)) as pool:
        yield from chain.from_iterable(pool.map(_issue_batch, _batches(waiting)))


def finished(folder: Path, reference: str) -> bool:
    """Whether a notice's files are all there."""
    return (folder / f"{file_name(reference)}.json").exists()


def _batches(requests: Iterable[Request]) -> Iterator[tuple[Request, ...]]:
    rest = iter(requests)
    while batch := tuple(islice(rest, AT_ONCE)):
        yield batch


def _issue_batch(requests: Sequence[Request]) -> list[Outcome]:
    return [_issue_one(request) for request in requests]


def _issue_one(request: Request) -> Outcome:
    reference = _reference(request)
    try:
        made = issue(request, Bench.press, Bench.office)
        if made.reference != reference:
            raise Refused("The reference is not the one given.", reason="reference")
        _write(Bench.folder / f"{file_name(reference)}.pdf", made.pdf)
        _write(Bench.folder / f"{file_name(reference)}.json", made.json)
    except CauteryError as wrong:
        return Outcome(reference, wrong.message, wrong.fields)
    return Outcome(reference)


def _reference(request: Request) -> str:
    return str(request.fields.get("reference", ""))


def _write(path: Path, data: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_bytes(data)
    unfinished.replace(path)

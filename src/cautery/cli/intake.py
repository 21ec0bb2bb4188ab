"""`cautery intake`: a list of links from a file into the register."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest, sha256
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cautery.cli.ground import DATA_OPTION, JSON_OPTION, say, set_up, told
from cautery.core.actors import Actor, Permission
from cautery.core.text import SLUG
from cautery.sources.lists import FORMATS, read_rows
from cautery.sources.lists.lines import open_list

app = typer.Typer(add_completion=False)
PERMISSIONS = frozenset(
    {Permission.DIRECTORY_ENTRY_IMPORT, Permission.INTAKE_FLAG_SUBMIT, Permission.INTAKE_OPERATION_CREATE}
)
SHOWN = 20
"""Rejected rows named on the terminal; all of them are in --json and --rejected."""
SOURCE = "file"
LOCAL = "local"
"""The unit that flags where none was said and there is not just one."""
NOWHERE = "ZZ"
"""State of a unit made here: ISO 3166 leaves this code to users, and it stands for none known."""


@dataclass(frozen=True, slots=True)
class List:
    """A list and how it is to be read."""

    file: Path
    format: str
    column: str

    @property
    def key(self) -> str:
        """What makes it the same list when it comes again: its bytes (SHA-256), and how it is read where that was said."""
        open_list(self.file).close()
        with self.file.open("rb") as stream:
            content = file_digest(stream, "sha256").hexdigest()
        if not self.format and not self.column:
            return content
        return f"{content}:{sha256(f'{self.format}|{self.column}'.encode()).hexdigest()[:16]}"


@app.command()
def intake(
    file: Annotated[Path, typer.Argument(help="The list: CSV, NDJSON, or any text with links in it, defanged or not.")],
    format_: Annotated[str, typer.Option("--format", help=f"{', '.join(FORMATS)}; else by name and first line.")] = "",
    operation: Annotated[str, typer.Option(help="The operation's slug; made if there is none.")] = "intake",
    unit: Annotated[
        str, typer.Option(help="The slug of the unit that flags (made if there is none); else the only unit, or local.")
    ] = "",
    column: Annotated[
        str, typer.Option(help="Column (name, or number from 1) or key of the links, if not found.")
    ] = "",
    rejected: Annotated[Path | None, typer.Option(help="Write every rejected row to this CSV file.")] = None,
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Take a list of links into the register; a bad row costs only itself, the same file again adds nothing.

    Stops with 1 only when the file cannot be read at all.

    Example: cautery intake links.csv --operation summer --unit fr-pharos
    """
    for option, slug in (("--operation", operation), ("--unit", unit or LOCAL)):
        if not SLUG.fullmatch(slug):
            raise typer.BadParameter(f"{slug!r} is not a slug (a-z, 0-9, - and _, at most 50)", param_hint=option)
    with told(seal=True):
        set_up(data)
        by = Actor("system:cli", unit or _only_unit(), PERMISSIONS)
        got = take(List(file, format_, column), operation, by=by, quiet=as_json)
        refused = import_module("cautery.intake.queries").rejections(got.batch_id, by=by)
    if rejected is not None:
        write_rejected(rejected, refused)
    new, known = (0, got.accepted + got.known) if got.again else (got.accepted, got.known)
    counts = {"accepted": new, "known": known, "rejected": got.rejected}
    text = f"{summary(counts, refused, again=got.again)}\nNext: /operations/{operation}/ in the desk (cautery serve)."
    say(counts | {"again": got.again, "rejections": refused}, as_json=as_json, text=text)


def _only_unit() -> str:
    """The register's unit where there is just one, else `local`."""
    units = import_module("cautery.directory.queries").unit_slugs()
    return next(iter(units)) if len(units) == 1 else LOCAL


def take(wanted: List, operation: str, *, by: Actor, quiet: bool) -> Any:
    """Read the list into the register; the total. Nothing is written before its first row was read."""
    key = wanted.key
    rows = read_rows(wanted.file, format_=wanted.format, column=wanted.column)
    first = [row for row in (next(rows, None),) if row is not None]
    now = import_module("cautery.fetch").clock().now()
    frame = _prepare(operation, by=by, at=now)
    receive = import_module("cautery.intake.actions").receive
    with _progress(quiet=quiet) as show:
        for total in receive(chain(first, rows), operation=frame, key=key, source=SOURCE, by=by, at=now):
            show(total)
    return total


def _prepare(operation: str, *, by: Actor, at: datetime) -> Any:
    """The operation, and the unit it is flagged by; either is made where there is none."""
    directory = import_module("cautery.directory.actions")
    if by.unit not in import_module("cautery.directory.queries").unit_slugs():
        new = {"slug": by.unit, "name": by.unit, "state": NOWHERE}
        directory.import_directory({"units": [new]}, by=by, at=at)
    create = import_module("cautery.intake.actions").create_operation
    return create(operation, operation, starts_at=at, t0=None, ends_at=None, by=by, at=at)


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Any]:
    """Shows the running total of a long list."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), disable=quiet, transient=True) as bar:
        task = bar.add_task("Reading", total=None)
        yield lambda got: bar.update(
            task, description=f"{got.accepted:,} accepted, {got.known:,} known, {got.rejected:,} rejected"
        )


def summary(counts: dict[str, int], refused: Sequence[dict[str, Any]], *, again: bool) -> str:
    """What a person sees: the counts, and the first rejected rows with line and reason."""
    lines = [f"{counts['accepted']:,} accepted, {counts['known']:,} already known, {counts['rejected']:,} rejected."]
    if again:
        lines.append("This list had come before; nothing was added.")
    if not any(counts.values()):
        lines.append("No link was found in it.")
    lines += [
        f"  line {row['line']}: {row['reason']}: {row['excerpt'][:60]!r}: {row['message']}" for row in refused[:SHOWN]
    ]
    if len(refused) > SHOWN:
        lines.append(f"  ... and {len(refused) - SHOWN:,} more; --rejected FILE writes them all.")
    return "\n".join(lines)


def write_rejected(file: Path, refused: Sequence[dict[str, Any]]) -> None:
    """Every rejected row as CSV."""
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, ["line", "part", "reason", "message", "excerpt"])
        writer.writeheader()
        writer.writerows(refused)

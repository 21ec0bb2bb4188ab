"""`cautery known`: import known content into the bank."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from cautery.cli.ground import DATA_OPTION, JSON_OPTION, say, set_up, told
from cautery.core.actors import Permission, system
from cautery.core.errors import FileRefused

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Import known content into the bank.")
ACTOR = system("cli", Permission.MATCH_BANK_IMPORT)
COLUMNS = ("label", "kind", "source", "sha256", "pdq")
SHOWN = 20


class KnownRow(NamedTuple):
    """One row of the list, with its line; what `match.actions.Known` is made of."""

    line: int
    label: str
    kind: str
    source: str
    sha256: str
    pdq: str


@app.callback()
def known() -> None:
    """Known content: what new items are compared with."""


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="CSV with a header: label, kind, source, sha256, pdq (hex; one may be empty).")
    ],
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Add known content to the bank; a row that cannot be taken is named and costs only itself.

    Example: cautery known import var/exercise/known.csv
    """
    with told(seal=True):
        set_up(data)
        actions = import_module("cautery.match.actions")
        now = import_module("cautery.fetch").clock().now()
        taken, refused = actions.import_known((actions.Known(*row) for row in read_known(file)), by=ACTOR, at=now)
    rejected: list[dict[str, Any]] = [
        {"line": e.fields["line"], "reason": e.reason, "message": e.message} for e in refused
    ]
    lines = [f"{taken} taken, {len(rejected)} rejected.", *(row["message"] for row in rejected[:SHOWN])]
    say({"taken": taken, "rejected": rejected}, as_json=as_json, text="\n".join(lines))


def read_known(file: Path) -> Iterator[KnownRow]:
    """The rows of a CSV of known content; `FileRefused` when it is none."""
    try:
        with file.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream)
            missing = set(COLUMNS) - set(reader.fieldnames or ())
            if missing:
                raise FileRefused(f"{file} has no column {', '.join(sorted(missing))}.", reason="no_column")
            for row in reader:
                yield KnownRow(reader.line_num, *(row[name] or "" for name in COLUMNS))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileRefused(f"{file} cannot be read as CSV: {error}.", reason="not_csv") from error

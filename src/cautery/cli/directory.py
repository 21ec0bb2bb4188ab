"""`cautery directory`: import who is who, give a password."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from cautery.cli.ground import DATA_OPTION, JSON_OPTION, say, set_up, told
from cautery.core.actors import Permission, system
from cautery.core.entries import read_entries
from cautery.core.errors import RowRefused

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Import authorities, units, officers and providers; give an officer a password.",
)
ACTOR = system("cli", Permission.DIRECTORY_ENTRY_IMPORT)


@app.callback()
def directory() -> None:
    """Who is who."""


@app.command("import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            help="JSON with authorities, units, officers and providers, or a CSV of authorities or of providers."
        ),
    ],
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Add or update authorities, units, officers (with tokens) and providers; the same file again changes nothing.

    A JSON file is taken whole or not at all. Of a CSV (docs/operating.md names its columns) each row stands on its own: one that does
    not hold is named by its line, and the rest is taken. It stops with 1 where nothing could be.

    Example: cautery directory import authorities.csv
    """
    with told(seal=True):
        set_up(data)
        try:
            given = file.read_bytes()
        except OSError as error:
            raise RowRefused(f"{file} cannot be opened: {error.strerror}.", reason="not_a_file") from error
        now = import_module("cautery.fetch").clock().now()
        if given.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
            counts = import_module("cautery.directory.actions").import_directory(
                _document(file, given), by=ACTOR, at=now
            )
            say(counts, as_json=as_json, text=", ".join(f"{n} {what}" for what, n in counts.items()))
            return
        sheet = read_entries(given)
        made = import_module("cautery.directory.tables.actions").import_sheet(sheet, by=ACTOR, at=now)
    say(made.as_dict(), as_json=as_json, text="\n".join(_lines(made)))
    if made.refused and not (made.added or made.changed or made.same):
        raise typer.Exit(1)


def _document(file: Path, given: bytes) -> dict[str, Any]:
    try:
        document = json.loads(given)
    except (ValueError, RecursionError) as error:
        raise RowRefused(f"{file} cannot be read as JSON: {error}.", reason="not_json") from error
    if not isinstance(document, dict):
        raise RowRefused(f"{file} holds no JSON object.", reason="not_json")
    return document


def _lines(made: Any) -> list[str]:
    """An imported table for people: counts, then each refused row by its line."""
    first = f"{made.what}: {len(made.added)} added, {len(made.changed)} changed, {made.same} the same, {len(made.refused)} refused"
    unknown = [f"  passed over, nobody knows the columns: {', '.join(made.unknown)}"] if made.unknown else []
    return [first, *unknown, *(f"  {row.message} ({row.reason})" for row in made.refused)]


@app.command()
def password(
    username: Annotated[str, typer.Argument(help="The officer's user name.")],
    data: Annotated[Path | None, DATA_OPTION] = None,
) -> None:
    """Give an officer a password for the desk; it is read from standard input, never from the command line.

    Example: cautery directory password a.specimen < password.txt
    """
    with told(seal=True):
        set_up(data)
        word = sys.stdin.readline().rstrip("\n")
        if len(word) < 12:
            raise RowRefused("A password has at least 12 characters.", reason="too_short")
        now = import_module("cautery.fetch").clock().now()
        import_module("cautery.directory.actions").set_password(username, word, by=ACTOR, at=now)
    typer.echo("Done.")


@app.command()
def invite(
    username: Annotated[str, typer.Argument(help="The officer's user name.")],
    data: Annotated[Path | None, DATA_OPTION] = None,
    site: Annotated[
        str, typer.Option(help="Address of the desk, as the officer reaches it.")
    ] = "http://localhost:8300",
    anew: Annotated[
        bool, typer.Option("--anew", help="They lost their second factor: what they had ends when the link is used.")
    ] = False,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Make a link by which an officer chooses a password, once, within three days; it is shown this once.

    Example: cautery directory invite a.specimen --site https://desk.example
    """
    with told(seal=True):
        set_up(data)
        now = import_module("cautery.fetch").clock().now()
        secret = import_module("cautery.directory.people.actions").invite(username, by=ACTOR, at=now, anew=anew)
    link = f"{site.rstrip('/')}/welcome/{secret}/"
    say({"username": username, "link": link}, as_json=as_json, text=link)

"""`cautery directory`: import who is who, give a password."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from cautery.cli.ground import DATA_OPTION, JSON_OPTION, say, set_up, told
from cautery.core.actors import Permission, system
from cautery.core.errors import RowRefused

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Import units, officers and providers; give an officer a password."
)
ACTOR = system("cli", Permission.DIRECTORY_ENTRY_IMPORT)


@app.callback()
def directory() -> None:
    """Who is who."""


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="JSON with units, officers and providers (docs/exercise.md shows the form).")
    ],
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Add or update units, officers (with tokens) and providers.

    Example: cautery directory import var/exercise/directory.json
    """
    with told(seal=True):
        set_up(data)
        try:
            document = json.loads(file.read_text())
        except (OSError, ValueError) as error:
            raise RowRefused(f"{file} cannot be read as JSON: {error}.", reason="not_json") from error
        now = import_module("cautery.fetch").clock().now()
        counts = import_module("cautery.directory.actions").import_directory(document, by=ACTOR, at=now)
    say(counts, as_json=as_json, text=", ".join(f"{n} {what}" for what, n in counts.items()))


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
) -> None:
    """Make a link by which an officer chooses a password, once, within three days; it is shown this once.

    Example: cautery directory invite a.specimen --site https://desk.example
    """
    with told(seal=True):
        set_up(data)
        now = import_module("cautery.fetch").clock().now()
        secret = import_module("cautery.directory.people.actions").invite(username, by=ACTOR, at=now, anew=anew)
    typer.echo(f"{site.rstrip('/')}/welcome/{secret}/")

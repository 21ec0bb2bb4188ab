"""`cautery custody`: check the log."""

from __future__ import annotations

from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from cautery.cli.ground import DATA_OPTION, JSON_OPTION, say, set_up, told

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Check the custody log.")


@app.callback()
def custody() -> None:
    """Check the custody log."""


@app.command()
def verify(
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Recompute every entry, batch and checkpoint; stops with 1 and names the first that does not hold.

    Example: cautery custody verify --data var/exercise/data
    """
    with told():
        set_up(data)
        found = import_module("cautery.custody.queries").verify()
    text = f"{found.entries} entries, {found.sealed} sealed, all hold. Head {found.head or '(none yet)'}"
    say(asdict(found), as_json=as_json, text=text)

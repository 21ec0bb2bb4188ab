"""`cautery report`: an operation's report."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from cautery import __version__
from cautery.cli.ground import DATA_OPTION, JSON_OPTION, say, set_up, told
from cautery.core.actors import Permission, system

app = typer.Typer(add_completion=False)
ACTOR = system("cli", Permission.INTAKE_OPERATION_READ, Permission.REPORT_OPERATION_READ)


@app.command()
def report(
    operation: Annotated[str, typer.Argument(help="The operation's slug.")],
    out: Annotated[Path, typer.Option(help="Folder for report.json, report.html and report.pdf.")] = Path("var/report"),
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Write an operation's report, as of now.

    Example: cautery report op-specimen --out var/report --data var/exercise/data
    """
    with told(seal=True):
        set_up(data)
        now = import_module("cautery.fetch").clock().now()
        found = import_module("cautery.intake.queries").get_operation(operation, by=ACTOR)
        settings = import_module("django.conf").settings
        folders = [out, settings.DATA / "reports" / operation]
        run = {"wall_s": None, "peak_rss_mb": None, "seed": None, "version": __version__}
        made = import_module("cautery.report.actions").write_report(found, folders, run=run, by=ACTOR, at=now)
    say(made, as_json=as_json, text=f"Wrote report.json, report.html and report.pdf in {out}.")

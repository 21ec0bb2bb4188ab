"""`cautery report`: what an operation, a year, a provider or an outlet amounts to, as page, PDF and data."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from cautery import __version__
from cautery.cli.ground import DATA_OPTION, JSON_OPTION, say, set_up, told
from cautery.core.actors import Permission, system
from cautery.core.errors import FileRefused

app = typer.Typer(add_completion=False)
ACTOR = system("cli", Permission.INTAKE_ITEM_READ, Permission.INTAKE_OPERATION_READ, Permission.REPORT_OPERATION_READ)
LARGEST_FACTS = 1 << 20

Kind = Literal["full", "press", "scorecard", "audit", "outlet", "year-authority", "year-flagger", "provider"]


@app.command()
def report(
    operation: Annotated[str, typer.Argument(help="The operation's slug; not needed for a year.")] = "",
    kind: Annotated[Kind, typer.Option(help="Which report.")] = "full",
    out: Annotated[Path, typer.Option(help="Folder for the JSON, the page and the PDF.")] = Path("var/report"),
    year: Annotated[int, typer.Option(min=0, max=9998, help="Calendar year; this one if not given.")] = 0,
    unit: Annotated[str, typer.Option(help="year-flagger: the unit's slug; all units if not given.")] = "",
    authority: Annotated[str, typer.Option(help="year-authority: its slug; all if not given.")] = "",
    provider: Annotated[str, typer.Option(help="provider, scorecard: the provider's slug.")] = "",
    outlet: Annotated[str, typer.Option(help="outlet: its name.")] = "",
    brand: Annotated[
        list[str] | None, typer.Option(help="outlet: a further word of its handles; may be repeated.")
    ] = None,
    at: Annotated[
        datetime | None,
        typer.Option(help="As of when (UTC); now, or the operation's end where it lies ahead, as a rehearsal's does."),
    ] = None,
    facts: Annotated[
        Path | None, typer.Option(help="JSON object with what the register does not know (docs/reports.md).")
    ] = None,
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Write a report, as of now: of an operation (full, press, scorecard, audit), of an outlet, of a year.

    Example: cautery report op-specimen --out var/report --data var/exercise/data
    Example: cautery report op-specimen --kind scorecard
    Example: cautery report op-specimen --kind outlet --outlet "Grey Harbour" --brand harbour
    Example: cautery report --kind year-authority --year 2027 --authority de-bka --facts facts.json
    """
    with told(seal=True):
        known = _facts(facts)
        set_up(data)
        now = _moment(at, operation)
        making = import_module("cautery.report.kinds.making")
        asked = making.Asked(
            making.Kind(kind), operation, year, unit, authority, provider, outlet, tuple(brand or ()), known
        )
        run = {"wall_s": None, "peak_rss_mb": None, "seed": None, "version": __version__}
        made = making.make_report(asked, run=run, by=ACTOR, at=now)
        name = "report" if kind == "full" else kind
        subject = f"operation:{operation}" if operation else f"{kind}:{year or now.year}"
        folders = [out]
        if kind == "full":
            folders.append(import_module("django.conf").settings.DATA / "reports" / operation)
        import_module("cautery.report.actions").write_files(made, folders, name, subject=subject, by=ACTOR, at=now)
    say(made, as_json=as_json, text=f"Wrote {name}.json, {name}.html and {name}.pdf in {out}.")


def _moment(at: datetime | None, operation: str) -> datetime:
    """The time a report speaks of."""
    if at is not None:
        return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    now: datetime = import_module("cautery.fetch").clock().now()
    if not operation:
        return now
    frame = import_module("cautery.intake.queries").get_operation(operation, by=ACTOR)
    return frame.ends_at if frame.ends_at is not None and frame.starts_at > now else now


def _facts(file: Path | None) -> dict[str, Any]:
    """The caller's own facts; FileRefused for what is no JSON object."""
    if file is None:
        return {}
    try:
        if file.stat().st_size > LARGEST_FACTS:
            raise FileRefused(f"{file} is too large for facts.", reason="too_large")
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise FileRefused(f"{file} cannot be read as JSON: {wrong}", reason="not_json") from wrong
    if not isinstance(found, dict) or not isinstance(found.get("statement", {}), dict):
        raise FileRefused(f"{file} is not a JSON object of facts.", reason="not_an_object")
    return found

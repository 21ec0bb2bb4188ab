"""`cautery effect`: estimators on anybody's CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cautery.cli import effect_recurrence, effect_survival, effect_unseen
from cautery.cli.effect_columns import Table, read_table
from cautery.cli.ground import JSON_OPTION, say, told

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Estimators on anybody's CSV.")
FILE = Annotated[Path, typer.Argument(help="CSV with a header.")]
CHART = Annotated[Path | None, typer.Option(help="Write the curve to this SVG file.")]
GROUP = Annotated[str, typer.Option(help="Column of groups to compare.")]
LEVEL = Annotated[float, typer.Option(min=0.5, max=0.999, help="Level of the intervals.")]
SHOWN = 10


@app.callback()
def effect() -> None:
    """How soon, how often again, how many never found: with intervals."""


@app.command()
def survival(
    file: FILE,
    time: Annotated[str, typer.Option(help="Column of durations.")] = "",
    event: Annotated[
        str, typer.Option(help="Column that says what happened: 0/1, 1/2, yes/no, or causes 0, 1, 2 ...")
    ] = "",
    happened: Annotated[str, typer.Option(help="Value of that column that means that it happened.")] = "",
    entry: Annotated[str, typer.Option(help="Column: when it came under observation (left truncation).")] = "",
    left: Annotated[str, typer.Option(help="Column: last seen going on (numbers or times).")] = "",
    right: Annotated[str, typer.Option(help="Column: first seen over; empty where never.")] = "",
    origin: Annotated[str, typer.Option(help="Column: when the clock starts, where left and right are times.")] = "",
    group: GROUP = "",
    covariates: Annotated[str, typer.Option(help="Columns for a Cox regression, with commas.")] = "",
    cluster: Annotated[str, typer.Option(help="Column: rows that hang together (robust errors).")] = "",
    at: Annotated[str, typer.Option(help="Times to say the share at, with commas.")] = "",
    begin: Annotated[float | None, typer.Option("--from", help="Survival given that this time was reached.")] = None,
    unit: Annotated[
        str, typer.Option(help="Unit of the times: seconds, minutes, hours, days. Times of day are read as seconds.")
    ] = "",
    scale: Annotated[str, typer.Option(help="Scale of Kaplan-Meier's interval: log-log, or log as in R.")] = "log-log",
    level: LEVEL = 0.95,
    chart: CHART = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """How soon: Kaplan-Meier, or Turnbull where only looks before and after are known; by cause; Cox regression.

    Columns are found by their usual names (time, status, entry, left, right, cause ...) or named by options.

    Example: cautery effect survival probes.csv --left last_seen_up --right first_seen_down --chart curve.svg
    """
    with told():
        table = read_table(file)
        asked = effect_survival.Asked(
            columns={
                "time": time,
                "event": event,
                "entry": entry,
                "left": left,
                "right": right,
                "origin": origin,
                "group": group,
                "cluster": cluster,
            },
            covariates=tuple(name.strip() for name in covariates.split(",") if name.strip()),
            happened=happened,
            times=_times(at),
            begin=begin,
            unit=unit,
            scale=scale,
            level=level,
        )
        found, picture = effect_survival.survival(table, asked)
    _out(found, effect_survival.in_words(found), table, picture, chart, as_json=as_json)


@app.command()
def recurrence(
    file: FILE,
    subject: Annotated[str, typer.Option(help="Column: whose row it is.")] = "",
    time: Annotated[str, typer.Option(help="Column: when it happened, or when observation ended.")] = "",
    event: Annotated[str, typer.Option(help="Column: 1 where it came back, 0 where observation ended.")] = "",
    start: Annotated[str, typer.Option(help="Column: when the spell of the row began.")] = "",
    group: GROUP = "",
    covariates: Annotated[str, typer.Option(help="Columns for an Andersen-Gill regression, with commas.")] = "",
    strata: Annotated[
        str, typer.Option(help="Column of strata (the number of the return: Prentice, Williams and Peterson).")
    ] = "",
    at: Annotated[str, typer.Option(help="Times to say the mean at, with commas.")] = "",
    each: Annotated[
        bool, typer.Option("--each", help="Count each of several returns of one subject at one time.")
    ] = False,
    level: LEVEL = 0.95,
    chart: CHART = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """How often things come back: the mean cumulative function with robust intervals; Andersen-Gill regression.

    Example: cautery effect recurrence returns.csv --subject account --time days --event returned
    """
    with told():
        table = read_table(file)
        asked = effect_recurrence.Asked(
            columns={
                "subject": subject,
                "time": time,
                "event": event,
                "start": start,
                "group": group,
                "strata": strata,
            },
            covariates=tuple(name.strip() for name in covariates.split(",") if name.strip()),
            times=_times(at),
            each=each,
            level=level,
        )
        found, picture = effect_recurrence.recurrence(table, asked)
    _out(found, effect_recurrence.in_words(found), table, picture, chart, as_json=as_json)


@app.command()
def unseen(
    file: FILE,
    lists: Annotated[
        str, typer.Option(help="Columns of 0 and 1, one a list, with commas; else all such columns.")
    ] = "",
    item: Annotated[str, typer.Option(help="Column of things, where each row is one thing on one list.")] = "",
    source: Annotated[str, typer.Option("--list", help="Column of the lists they are on.")] = "",
    count: Annotated[str, typer.Option(help="Column: how many things the row stands for.")] = "",
    level: LEVEL = 0.95,
    chart: CHART = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """What no list has: Chao's lower bound and log-linear models of lists made independently, with intervals.

    Example: cautery effect unseen flags.csv --item url --list unit
    """
    with told():
        table = read_table(file)
        names = tuple(name.strip() for name in lists.split(",") if name.strip())
        found, picture = effect_unseen.unseen(table, names, item, source, count, level)
    _out(found, effect_unseen.in_words(found), table, picture, chart, as_json=as_json)


def _times(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} are not numbers with commas between", param_hint="--at") from error


def _out(found: dict[str, Any], text: str, table: Table, picture: str, chart: Path | None, *, as_json: bool) -> None:
    if chart is not None:
        try:
            chart.write_text(picture, encoding="utf-8")
        except OSError as error:
            raise typer.BadParameter(f"{chart} cannot be written: {error.strerror}", param_hint="--chart") from error
    for row in table.rejected[:SHOWN]:
        typer.echo(row["message"], err=True)
    if len(table.rejected) > SHOWN:
        typer.echo(f"... and {len(table.rejected) - SHOWN:,} more rows left out; --json names them all.", err=True)
    say(found | {"rejected": table.rejected}, as_json=as_json, text=text)

"""`cautery plan`: which accounts and channels to act on together."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from cautery.cli.ground import JSON_OPTION, say, told

app = typer.Typer(add_completion=False)

SHOWN = 20
"""Labels and problems listed for people; JSON has all."""


@app.command()
def plan(
    file: Annotated[Path, typer.Argument(help="Who is linked to whom: an edge list (any separator) or GraphML.")],
    budget: Annotated[int | None, typer.Option(min=0, help="How many can be acted on.")] = None,
    protect: Annotated[Path | None, typer.Option(help="Labels never to be in a plan, one a line.")] = None,
    gone: Annotated[Path | None, typer.Option(help="Labels already offline, one a line.")] = None,
    group: Annotated[
        Path | None, typer.Option(help="Mirrors: a label and its group a line; a group is one node.")
    ] = None,
    provider: Annotated[Path | None, typer.Option(help="A label and its provider a line, for --per-hour.")] = None,
    per_hour: Annotated[int | None, typer.Option(min=1, help="Notices each provider takes in an hour.")] = None,
    act_on: Annotated[Path | None, typer.Option(help="Two kinds of node: act only on these labels ...")] = None,
    measure: Annotated[Path | None, typer.Option(help="... and count only these.")] = None,
    seconds: Annotated[
        float | None, typer.Option(min=0, help="Search for so long; a fixed amount of work without.")
    ] = None,
    draws: Annotated[int, typer.Option(min=0, help="Plan again so often with 10 to 20 % of the links unseen.")] = 0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same plan, where no time is set.")] = 0,
    chart: Annotated[Path | None, typer.Option(help="Write the curves as SVG.")] = None,
    order: Annotated[Path | None, typer.Option(help="Write the whole order, one label a line.")] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Say whom to act on together so that the network comes apart, and what that achieves beside the obvious plans.

    Example: cautery plan links.csv --budget 200 --protect protected.txt --chart plan.svg
    """
    with told():
        # Numba takes a second to load, so that nothing here is read before a plan is wanted.
        asked = import_module("cautery.cli.planning")
        files = asked.Files(file, protect, gone, group, provider, act_on, measure)
        case = asked.read(files)
        if not as_json:
            typer.echo(f"Searching a plan for {case.network.n:,} nodes ...", err=True)
        outcome = asked.planned(case, budget, seconds, seed, draws, per_hour)
        asked.write(outcome, chart, order)
    value: dict[str, Any] = outcome.as_dict()
    say(value, as_json=as_json, text="" if as_json else outcome.text(SHOWN))

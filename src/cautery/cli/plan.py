"""`cautery plan`: which accounts and channels to act on together."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from cautery.cli.ground import DATA_OPTION, JSON_OPTION, say, set_up, told
from cautery.core.errors import Refused

app = typer.Typer(add_completion=False)

SHOWN = 20
"""Labels and problems listed for people; JSON has all."""


@app.command()
def plan(
    file: Annotated[Path | None, typer.Argument(help="Who is linked to whom: an edge list or GraphML.")] = None,
    operation: Annotated[str | None, typer.Option(help="Plan on this operation's register instead of a file.")] = None,
    data: Annotated[Path | None, DATA_OPTION] = None,
    at: Annotated[str | None, typer.Option(help="As the register stood at this moment (ISO 8601).")] = None,
    per_provider: Annotated[Path | None, typer.Option(help="A provider and its most notices a line.")] = None,
    keep: Annotated[bool, typer.Option(help="Keep the plan, in the log.")] = False,
    choose: Annotated[Path | None, typer.Option(help="Record a choice: items of the kept plan, one a line.")] = None,
    reason: Annotated[str, typer.Option(help="Why these were chosen.")] = "",
    officer: Annotated[str, typer.Option(help="Who chose (user name).")] = "",
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
    Or: cautery plan --operation op-specimen --data var/exercise/data --keep
    """
    if operation is not None:
        wanted = (operation, at, per_provider, budget, seconds, seed, draws, per_hour, keep)
        _on_register(wanted, data, (choose, reason, officer), (chart, order), as_json=as_json)
        return
    with told():
        if file is None:
            raise Refused("Name a file, or an operation with --operation.", reason="nothing_to_plan")
        # Numba takes a second to load, so that nothing here is read before a plan is wanted.
        asked = import_module("cautery.cli.planning")
        files = asked.Files(file, protect, gone, group, provider, act_on, measure, per_provider)
        case = asked.read(files)
        if not as_json:
            typer.echo(f"Searching a plan for {case.network.n:,} nodes ...", err=True)
        outcome = asked.planned(case, budget, seconds, seed, draws, per_hour)
        asked.write(outcome, chart, order)
    value: dict[str, Any] = outcome.as_dict()
    say(value, as_json=as_json, text="" if as_json else outcome.text(SHOWN))


def _on_register(
    wanted: tuple[Any, ...],
    data: Path | None,
    choice: tuple[Path | None, str, str],
    files: tuple[Path | None, Path | None],
    *,
    as_json: bool,
) -> None:
    """Plan on an operation's register, or record what was chosen by its kept plan."""
    keep, (chosen, reason, officer) = bool(wanted[-1]), choice
    with told(seal=keep or chosen is not None):
        set_up(data)
        asked = import_module("cautery.cli.plan_operation")
        if chosen is not None:
            made = asked.record_choice(wanted[0], chosen, reason, officer)
            value = {"choice": made.pk, "items": made.items}
            return say(value, as_json=as_json, text=f"Choice {made.pk} of {len(made.items):,} items recorded.")
        outcome, beside = asked.plan_operation(asked.Asked(*wanted))
        import_module("cautery.cli.planning").write(outcome, *files)
    said = "" if as_json else f"{outcome.text(SHOWN)}\n{asked.said(beside)}"
    return say(outcome.as_dict() | beside, as_json=as_json, text=said)

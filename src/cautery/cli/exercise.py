"""`cautery exercise`: a whole operation, rehearsed against a world of its own."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from cautery.cli.ground import JSON_OPTION, say, set_up, told
from cautery.cli.world import Depth, Wanted, World

app = typer.Typer(add_completion=False)
RULES = Path(__file__).resolve().parent.parent / "exercise" / "rules"


@app.command()
def exercise(
    flags: Annotated[int, typer.Option(min=20, help="How often units flag.")] = 26_000,
    providers: Annotated[int, typer.Option(min=1, max=9, help="How many providers take part.")] = 9,
    days: Annotated[int, typer.Option(min=1, max=60, help="Length of the operation in simulated days.")] = 4,
    seed: Annotated[int, typer.Option(help="The same seed gives the same world.")] = 7,
    out: Annotated[Path, typer.Option(help="Folder for the books, the register and the report.")] = Path(
        "var/exercise"
    ),
    scenario: Annotated[
        Path | None, typer.Option(help="TOML file that changes providers, rates, decoys, the adversary.")
    ] = None,
    depth: Annotated[
        Depth, typer.Option(help="full, or line: only the line from flag to report (CAUTERY_DEPTH).")
    ] = Depth.FULL,
    resume: Annotated[bool, typer.Option("--resume", help="Finish a rehearsal that was cut off.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew, over an unfinished rehearsal.")] = False,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Rehearse a whole operation: flags, copies, decisions, signatures, notices, answers, probes, returns, report, score.

    Example: cautery exercise --flags 2000 --out var/small
    """
    wanted = Wanted(flags, providers, days, seed, scenario.resolve() if scenario else None, depth)
    with told(), World(out.resolve(), wanted, resume=resume, fresh=fresh) as world:
        if world.finished:
            typer.echo(f"The rehearsal in {out} is finished; leave out --resume to begin anew.")
            return
        world.start()
        os.environ.update(world.environment() | {"CAUTERY_EXTRA_RULES": str(RULES)})
        set_up(None)
        result = import_module("cautery.cli.rehearsal").rehearse(world, quiet=as_json)
    say(result, as_json=as_json, text=result["text"])
    if not result["ok"]:
        raise typer.Exit(1)

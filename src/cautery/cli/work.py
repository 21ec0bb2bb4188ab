"""`cautery work`: the pipeline."""

from __future__ import annotations

import threading
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from cautery.cli.ground import DATA_OPTION, long_lived, set_up, stop_when_parent_goes, told

app = typer.Typer(add_completion=False)


@app.command()
def work(
    data: Annotated[Path | None, DATA_OPTION] = None,
    watch_stdin: Annotated[
        bool, typer.Option("--watch-stdin", hidden=True, help="Leave when standard input ends.")
    ] = False,
) -> None:
    """Run the pipeline until stopped: fetch, match, send what is signed, probe, watch.

    Example: cautery work --data var/data
    """
    with told():
        set_up(data)
        if watch_stdin:
            threading.Thread(target=stop_when_parent_goes, daemon=True).start()
        worker = import_module("cautery.pipeline.worker")
        long_lived()
        worker.run_worker()

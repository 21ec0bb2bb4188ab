"""`cautery serve`: the desk and the API on one address, with a worker beside them."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from cautery.cli.ground import DATA_OPTION, set_up, stop_when_parent_goes, told

app = typer.Typer(add_completion=False)
PR_SET_PDEATHSIG = 1


@app.command()
def serve(
    data: Annotated[Path | None, DATA_OPTION] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8300,
    worker: Annotated[bool, typer.Option(help="Run a worker beside the web server.")] = True,
    processes: Annotated[int, typer.Option(min=1, max=64, help="Web processes; one keeps one core busy.")] = 1,
    watch_stdin: Annotated[
        bool, typer.Option("--watch-stdin", hidden=True, help="Leave when standard input ends.")
    ] = False,
) -> None:
    """Serve the desk and the API (WSGI, granian), with a worker beside them.

    Example: cautery serve --data var/exercise/data --no-worker
    """
    with told():
        set_up(data)
        if watch_stdin:
            threading.Thread(target=stop_when_parent_goes, daemon=True).start()
        beside = _worker() if worker else None
        if not watch_stdin:
            typer.echo(f"Cautery listens on http://{host}:{port}/ (Ctrl-C stops it).", err=True)
            _offer_set_up(host, port)
        try:
            _granian(host, port, processes)
        finally:
            if beside is not None:
                beside.terminate()
                beside.wait(10)


def _offer_set_up(host: str, port: int) -> None:
    """Where nobody is in the register yet: the token that opens the set-up in the browser."""
    token = import_module("cautery.directory.people.first").offer()
    if token is not None:
        typer.echo(f"Nobody is in this register yet. Set it up at http://{host}:{port}/set-up/ with {token}", err=True)


def _worker() -> subprocess.Popen[bytes]:
    """The worker as a child that goes when we go: it reads a pipe we hold."""
    return subprocess.Popen([sys.executable, "-m", "cautery", "work", "--watch-stdin"], stdin=subprocess.PIPE)


def _go_with_parent() -> None:
    """In a web worker: ask Linux to end it when its parent is gone, however the parent went."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _granian(host: str, port: int, processes: int) -> None:
    os.register_at_fork(after_in_child=_go_with_parent)
    granian = import_module("granian")
    interfaces = import_module("granian.constants").Interfaces
    granian.Granian(
        "cautery.wsgi:application",
        address=host,
        port=port,
        interface=interfaces.WSGI,
        workers=processes,
        blocking_threads=4,
        log_level=import_module("granian.log").LogLevels.error,
        websockets=False,
    ).serve()

"""`cautery serve`: the desk and the API on one address, with a worker beside them."""

from __future__ import annotations

import subprocess
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from cautery.cli.ground import DATA_OPTION, set_up, stop_when_parent_goes, told

app = typer.Typer(add_completion=False)


@app.command()
def serve(
    data: Annotated[Path | None, DATA_OPTION] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8300,
    worker: Annotated[bool, typer.Option(help="Run a worker beside the web server.")] = True,
    watch_stdin: Annotated[bool, typer.Option("--watch-stdin", hidden=True, help="Leave when standard input ends.")] = False,
) -> None:
    """Serve the desk and the API (WSGI, granian), with a worker beside them.

    Example: cautery serve --data var/exercise/data --no-worker
    """
    with told():
        set_up(data)
        if watch_stdin:
            threading.Thread(target=stop_when_parent_goes, daemon=True).start()
        beside = _worker() if worker else None
        typer.echo(f"Cautery listens on http://{host}:{port}/ (Ctrl-C stops it).", err=True)
        try:
            _granian(host, port)
        finally:
            if beside is not None:
                beside.terminate()
                beside.wait(10)


def _worker() -> subprocess.Popen[bytes]:
    """The worker as a child that goes when we go: it reads a pipe we hold."""
    return subprocess.Popen([sys.executable, "-m", "cautery", "work", "--watch-stdin"], stdin=subprocess.PIPE)  # noqa: S603


def _granian(host: str, port: int) -> None:
    granian = import_module("granian")
    interfaces = import_module("granian.constants").Interfaces
    granian.Granian(
        "cautery.wsgi:application", address=host, port=port, interface=interfaces.WSGI, workers=1, blocking_threads=4, log_enabled=False,
        websockets=False,
    ).serve()

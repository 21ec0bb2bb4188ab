"""What every command stands on: Django set up, the register's tables there, errors told in one line."""

from __future__ import annotations

import gc
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import django
import typer
from django.apps import apps
from django.core.management import call_command

from cautery.core.errors import CauteryError

DATA_OPTION = typer.Option("--data", envvar="CAUTERY_DATA", help="Folder of the register (register.sqlite3).")
JSON_OPTION = typer.Option("--json", help="Answer in JSON, for programs.")


@contextmanager
def told(*, seal: bool = False) -> Iterator[None]:
    """Tell an error of ours in one line, with what to do, and stop with 1; `seal` what was written to the log before."""
    try:
        yield
    except CauteryError as error:
        hint = error.fields.get("hint")
        typer.echo(f"cautery: {error.message}" + (f" {hint}" if hint else ""), err=True)
        raise typer.Exit(1) from error
    finally:
        if seal and apps.ready:
            _seal()


def _seal() -> None:
    """At the end of a command that writes: entries get their places, and the log a signed checkpoint."""
    sealer = import_module("cautery.custody.actions").Sealer()
    if sealer.waiting():
        sealer.seal(import_module("cautery.fetch").clock().now())
        sealer.stamp(now=True)


def set_up(data: Path | None, *, migrate: bool = True) -> None:
    """Django with this data folder, and the register's tables brought up to date."""
    if data is not None:
        os.environ["CAUTERY_DATA"] = str(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cautery.settings")
    # Our matrices are 64 by 64: more threads only wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    django.setup()
    if migrate:
        call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def set_up_briefly(data: Path | None) -> Iterator[None]:
    """Django for what needs no register: on a folder that is there, or one that is gone afterwards, so that none is made unasked."""
    if data is not None and data.is_dir():
        set_up(data, migrate=False)
        yield
        return
    with tempfile.TemporaryDirectory(prefix="cautery-") as folder:
        set_up(Path(folder), migrate=False)
        yield


def long_lived() -> None:
    """For processes that stay: what was imported is never garbage, and rows come and go by the thousand."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def say(value: Any, *, as_json: bool, text: str) -> None:
    """Say a result: JSON for programs, `text` for people."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str) if as_json else text)


def stop_when_parent_goes() -> None:
    """Leave when standard input ends: the launcher holds the other end, so a killed launcher leaves nothing behind."""
    while os.read(0, 4096):  # not sys.stdin: its lock would be held for ever in a forked child
        pass
    os._exit(1)

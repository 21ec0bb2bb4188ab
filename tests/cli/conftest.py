"""Commands run in this process, on the tests' database."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from typer.testing import CliRunner

from cautery.cli import COMMANDS


class Ran:
    """What a command answered: its exit code, what it said, and its JSON."""

    def __init__(self, code: int, said: str, complaints: str) -> None:
        self.code, self.said, self.complaints = code, said, complaints

    @property
    def json(self) -> Any:
        """What it said, as JSON."""
        return json.loads(self.said)


Run = Callable[..., Ran]


@pytest.fixture
def run(db: None) -> Run:
    """Run `cautery COMMAND ARGUMENTS`."""

    def call(command: str, *arguments: object) -> Ran:
        app = import_module(COMMANDS[command][0]).app
        result = CliRunner().invoke(app, [str(argument) for argument in arguments], prog_name=f"cautery {command}")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ran(result.exit_code, result.stdout, result.stderr)

    return call

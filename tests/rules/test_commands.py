"""The door for the shell: every command explains itself with an example, and help is instant."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module

import pytest
import typer
from typer.core import TyperGroup

from cautery.cli import COMMANDS

WITHOUT_JSON = {
    "availability",
    "directory password",
    "domain parse",
    "fingerprint",
    "links",
    "mail classify",
    "serve",
    "work",
}
"""Commands that answer nothing a program could read, or JSON always."""


def leaves() -> Iterator[tuple[str, typer.core.TyperCommand]]:
    """Every command, those of groups by both names."""
    for name, (module, _) in COMMANDS.items():
        command = typer.main.get_command(import_module(module).app)
        if isinstance(command, TyperGroup):
            for below, leaf in command.commands.items():
                yield f"{name} {below}", leaf
        else:
            yield name, command


LEAVES = dict(leaves())


@pytest.mark.parametrize("name", LEAVES)
def test_a_command_has_help_with_an_example(name: str) -> None:
    words = LEAVES[name].help or ""
    assert f"Example: cautery {name}" in words


@pytest.mark.parametrize("name", sorted(set(LEAVES) - WITHOUT_JSON))
def test_a_command_answers_in_json_when_asked(name: str) -> None:
    assert any("--json" in parameter.opts for parameter in LEAVES[name].params)


def test_help_lists_every_command_and_reads_no_django() -> None:
    look = (
        "import sys; sys.argv = ['cautery', '--help']\n"
        "from cautery.cli import main\n"
        "try:\n    main()\n"
        "finally:\n    print('heavy:', sorted({'django', 'numpy', 'aiohttp', 'cautery.settings'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=False)
    assert "heavy: []" in said.stdout, said.stderr
    assert [name for name in COMMANDS if name not in said.stdout] == []

"""Only actions.py writes (and migrations, and the helpers in ground/ that actions call)."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.rules.source import STAGES, Source, called, calls, source, sources

DOORS = ("api", "cli", "pipeline", "web", "")
MAKING = {"abulk_create", "bulk_create", "bulk_update", "create", "get_or_create", "update_or_create"}
WITHOUT_POSITION = {"asave", "delete", "save", "update"}
"""Writes when called without positional arguments; with some they are a dictionary's, a digest's or a picture's."""
RAW = {"execute", "executemany", "raw", "update_many"}


def writes(module: Source) -> Iterator[str]:
    """Each call that writes to the register, with its line."""
    for call in calls(module.tree, *MAKING, *WITHOUT_POSITION, *RAW):
        name = called(call)
        if isinstance(call.func, ast.Attribute) and name in WITHOUT_POSITION and call.args:
            continue
        if isinstance(call.func, ast.Attribute) or name in RAW:
            yield f"{module.path}:{call.lineno} {name}"


def may_write(module: Source) -> bool:
    """Whether writing is this module's business."""
    return module.path.endswith("/actions.py") or "/migrations/" in module.path


def test_only_actions_write() -> None:
    watched = [m for m in sources() if m.folder in (*STAGES, *DOORS) and not may_write(m)]
    assert [line for module in watched for line in writes(module)] == []


@pytest.mark.parametrize(
    "text",
    [
        "Item.objects.create(url=url)",
        "Item.objects.filter(pk=1).update(state='sent')",
        "item.save()",
        "Item.objects.all().delete()",
        "cursor.execute('DELETE FROM item')",
        "execute('DELETE FROM item')",
    ],
)
def test_the_rule_finds_a_write(text: str) -> None:
    assert [line.rpartition(" ")[0] for line in writes(source(text))] == ["refer/steps.py:1"]


@pytest.mark.parametrize("text", ["words.update(more)", "picture.save(file)", "digest.update(b'')", "create(1)"])
def test_the_rule_leaves_other_things_alone(text: str) -> None:
    assert list(writes(source(text))) == []

"""The project's own source, read as syntax: what the house rules look at."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "src" / "cautery"
STAGES = (
    "custody",
    "directory",
    "intake",
    "identify",
    "match",
    "review",
    "authorise",
    "refer",
    "track",
    "watch",
    "report",
)
"""In the order of imports: the log and who is who first, then the flow."""


@dataclass(frozen=True, slots=True)
class Source:
    """One module: its path below `src/cautery`, and its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def folder(self) -> str:
        """The folder of the package it stands in; empty for the package itself."""
        return self.path.partition("/")[0] if "/" in self.path else ""


def source(text: str, path: str = "refer/steps.py") -> Source:
    """Text as a module, for the rules' own tests."""
    return Source(path, text, ast.parse(text))


@cache
def sources() -> tuple[Source, ...]:
    """Every module of the package."""
    files = sorted(PACKAGE.rglob("*.py"))
    return tuple(source(file.read_text(), file.relative_to(PACKAGE).as_posix()) for file in files)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function, nested ones too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    """Calls of a function or method with one of these names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in names:
            yield node


def called(call: ast.Call) -> str:
    """The last name of what is called."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def members(tree: ast.AST, enum: str) -> set[str]:
    """The members of an enum that are named: `EpisodeState.FLAGGED` gives FLAGGED."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == enum
    }

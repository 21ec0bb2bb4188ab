"""Sizes, places and habits: what a stranger can rely on in every file."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.rules.source import PACKAGE, STAGES, Source, called, functions, source, sources

MAX_FILE, MAX_FUNCTION = 500, 60
USUAL = {"__init__.py", "actions.py", "apps.py", "looking.py", "migrations", "models.py", "queries.py", "steps.py"}
FURTHER = {
    "authorise": {
        "allowed.py",
        "asking.py",
        "fields.py",
        "signed.py",
    },  # what may be signed, what people are asked for it, what a notice says, what a signature covers
    "custody": {  # what the log can say; what it is signed, kept and proved with
        "events.py",
        "exports.py",
        "guards.py",
        "keys.py",
        "mirror.py",
        "personal",
        "proofs.py",
        "sealing.py",
        "stamps.py",
        "tree.py",
    },
    "directory": {"officers", "people", "roles.py", "tables"},  # as kept; signing in; which role may do what; CSV
    "intake": {"capturing", "rules.py"},  # evidence of items; the rules of links this installation uses
    "match": {"asked.py", "bank.py", "indexes.py"},  # the bank and all that was captured, in memory
    "refer": {
        "deconfliction",
        "issuing",
        "merging",
        "printing",
        "signing",
    },  # who else has an interest; notices made out, printed, signed
    "review": {
        "care",
        "pictures",
        "queue",
    },  # what officers look at and must not; text in pictures; what comes next to whom
    "track": {
        "desk",
        "forms",
        "redress",
        "timelines",
    },  # the provider's side; forms of law that come in; redress; clocks
    "watch": {
        "closed.py",
        "ending.py",
        "domains",
        "memory.py",
        "searching.py",
        "tracing.py",
    },  # domains; what was decided on, in memory; searches; lineage
    "report": {  # how a report is made from figures; what belongs to an outlet
        "build.py",
        "definitions.py",
        "dossier",
        "kinds",
        "lineage.py",
        "measures",
        "outlets.py",
        "planning",
        "presence.py",
        "register",
        "render",
    },
}
BROAD = {"BaseException", "Exception"}


def long_functions(module: Source) -> Iterator[str]:
    """Functions longer than a screen."""
    for function in functions(module.tree):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines > MAX_FUNCTION:
            yield f"{module.path}:{function.lineno} {function.name} has {lines} lines"


def inner_imports(module: Source) -> Iterator[str]:
    """First-party imports inside a function, written plainly or through `import_module`."""
    for function in functions(module.tree):
        for node in ast.walk(function):
            names = []
            if isinstance(node, ast.ImportFrom):
                names = ["cautery" if node.level else node.module or ""]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.Call) and called(node) == "import_module" and node.args:
                names = [str(getattr(node.args[0], "value", ""))]
            if any(name.partition(".")[0] == "cautery" for name in names):
                yield f"{module.path}:{node.lineno} in {function.name}"


def broad_handlers(module: Source) -> Iterator[str]:
    """Handlers of everything: an error nobody expected must not be taken for one that somebody did."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler):
            caught = {leaf.id for leaf in ast.walk(node.type) if isinstance(leaf, ast.Name)} if node.type else BROAD
            if caught & BROAD and not _raises_again(node):
                yield f"{module.path}:{node.lineno}"


def _raises_again(handler: ast.ExceptHandler) -> bool:
    """Whether it only tidies up: its last word is a bare `raise`."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def test_no_file_is_over_500_lines() -> None:
    assert [m.path for m in sources() if m.text.count("\n") > MAX_FILE] == []


def test_no_function_is_over_60_lines() -> None:
    assert [line for module in sources() for line in long_functions(module)] == []


def test_first_party_imports_stand_at_the_top() -> None:
    # The shell's door is the exception, by name: settings are read at import, so what rests on them is imported
    # once a command has said which data folder it means; and `cautery --help` answers without any of it.
    watched = [m for m in sources() if m.folder != "cli"]
    assert [line for module in watched for line in inner_imports(module)] == []


def test_commands_import_late_only_by_name() -> None:
    for module in sources():
        if module.folder == "cli":
            plain = [
                n for f in functions(module.tree) for n in ast.walk(f) if isinstance(n, ast.Import | ast.ImportFrom)
            ]
            assert not plain, module.path


def test_nobody_catches_everything() -> None:
    assert [line for module in sources() for line in broad_handlers(module)] == []


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_holds_only_the_files_its_table_allows(stage: str) -> None:
    there = {path.name for path in (PACKAGE / stage).iterdir() if path.name != "__pycache__"}
    assert there - USUAL - FURTHER.get(stage, set()) == set()


def test_every_module_says_what_it_is() -> None:
    silent = [m.path for m in sources() if m.tree.body and not ast.get_docstring(m.tree)]
    assert [path for path in silent if not path.endswith("/apps.py") and "/migrations/" not in path] == []


def test_the_rule_of_length_finds_a_long_function() -> None:
    body = "\n".join("    pass" for _ in range(MAX_FUNCTION))
    assert list(long_functions(source(f"def long():\n{body}"))) == ["refer/steps.py:1 long has 61 lines"]


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    from cautery.core import clock",
        "def f():\n    from . import models",
        "def f():\n    import cautery.core",
        "def f():\n    import_module('cautery.core')",
    ],
)
def test_the_rule_of_imports_finds_one_inside(text: str) -> None:
    assert list(inner_imports(source(text))) == ["refer/steps.py:2 in f"]


@pytest.mark.parametrize("caught", ["", " Exception", " (ValueError, Exception)", " BaseException as error"])
def test_the_rule_of_handlers_finds_a_broad_one(caught: str) -> None:
    assert list(broad_handlers(source(f"try:\n    f()\nexcept{caught}:\n    pass"))) == ["refer/steps.py:3"]

"""`cautery links`: what each link of a list, or each link in a text, stands for."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from cautery.core.errors import LinkRefused, RulesInvalid
from cautery.core.links import RULES, Ruleset, find_links, identify

app = typer.Typer(add_completion=False)

MAX_LINE = 1 << 20
"""Bytes of a line that are read at once."""

SHOWN = 200
"""Letters of a line that is too long to be a link, repeated in the answer."""


@app.command()
def links(
    file: Annotated[str, typer.Argument(help="A file with one link a line, or - for standard input.")] = "-",
    extract: Annotated[bool, typer.Option("--extract", help="Find the links in free text, defanged or not.")] = False,
    rules: Annotated[list[Path] | None, typer.Option("--rules", help="A folder of further rule files.")] = None,
) -> None:
    """Say what each link stands for, one JSON object a line, in order.

    Example: cautery links list.txt, or: cautery links --extract report.txt
    """
    try:
        ruleset = Ruleset.load(RULES, *rules) if rules else Ruleset.default()
    except RulesInvalid as invalid:
        raise typer.BadParameter(invalid.message, param_hint="--rules") from invalid
    if file == "-":
        _write(sys.stdin.buffer, ruleset, extract=extract)
        return
    path = Path(file)
    if not path.is_file():
        raise typer.BadParameter(f"{file} is not a file", param_hint="FILE")
    with path.open("rb") as stream:
        _write(stream, ruleset, extract=extract)


def _write(stream: BinaryIO, ruleset: Ruleset, *, extract: bool) -> None:
    rows = _found(stream, ruleset) if extract else _listed(stream, ruleset)
    for row in rows:
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


def _listed(stream: BinaryIO, ruleset: Ruleset) -> Iterator[dict[str, Any]]:
    """One answer for each line that is not empty; of a line without end only the beginning is kept."""
    while piece := stream.readline(MAX_LINE):
        whole = piece
        while piece and not piece.endswith(b"\n"):
            piece = stream.readline(MAX_LINE)
        text = _decoded(whole).rstrip("\r\n")
        if text.strip():
            shown = text if len(text) < MAX_LINE // 2 else text[:SHOWN]
            yield {"input": shown} | _answer(text, ruleset)


def _found(stream: BinaryIO, ruleset: Ruleset) -> Iterator[dict[str, Any]]:
    """One answer for each link in the text, with its line; a line without end is cut between words."""
    number, rest = 1, b""
    while piece := stream.readline(MAX_LINE):
        piece = rest + piece
        rest = b""
        if not piece.endswith(b"\n") and len(piece) >= MAX_LINE:
            cut = piece.rfind(b" ") + 1 or len(piece)
            piece, rest = piece[:cut], piece[cut:]
        for link in find_links(_decoded(piece)):
            yield {"input": link.text, "line": number, "defanged": link.defanged} | _answer(link.url, ruleset)
        number += piece.endswith(b"\n")
    for link in find_links(_decoded(rest)):
        yield {"input": link.text, "line": number, "defanged": link.defanged} | _answer(link.url, ruleset)


def _answer(text: str, ruleset: Ruleset) -> dict[str, Any]:
    try:
        return identify(text, ruleset).as_dict()
    except LinkRefused as refused:
        return {"error": refused.message, "reason": refused.reason}


def _decoded(line: bytes) -> str:
    """Bytes that are not UTF-8 are kept visible (`\\xff`): no address has them."""
    return line.decode("utf-8", errors="backslashreplace")

"""`cautery links`: what each link of a list, or each link in a text, stands for."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from cautery.core.errors import LinkRefused
from cautery.core.links import find_links, identify

app = typer.Typer(add_completion=False)

MAX_LINE = 1 << 20
"""Bytes of one line that are read at once; a longer line is refused as a link and cut as a text."""


@app.command()
def links(
    file: Annotated[str, typer.Argument(help="A file with one link a line, or - for standard input.")] = "-",
    extract: Annotated[bool, typer.Option("--extract", help="Find the links in free text, defanged or not.")] = False,
) -> None:
    """Say what each link stands for, one JSON object a line, in order.

    Example: cautery links list.txt, or: cautery links --extract report.txt
    """
    if file == "-":
        _write(_rows(sys.stdin.buffer, extract=extract))
        return
    path = Path(file)
    if not path.is_file():
        raise typer.BadParameter(f"{file} is not a file", param_hint="FILE")
    with path.open("rb") as stream:
        _write(_rows(stream, extract=extract))


def _rows(stream: BinaryIO, *, extract: bool) -> Iterator[dict[str, Any]]:
    for line in _lines(stream):
        if not extract:
            if line.strip():
                yield {"input": line} | _answer(line)
            continue
        for found in find_links(line):
            yield {"input": found.text, "defanged": found.defanged} | _answer(found.url)


def _answer(text: str) -> dict[str, Any]:
    try:
        return identify(text).as_dict()
    except LinkRefused as refused:
        return {"error": refused.message, "reason": refused.reason}


def _lines(stream: BinaryIO) -> Iterator[str]:
    while line := stream.readline(MAX_LINE):
        yield line.decode("utf-8", errors="replace").rstrip("\r\n")


def _write(rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")

"""`cautery availability`: whether pages are up, from what came back for them."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from cautery.core.availability import WORDS, Judged, judge, read_record
from cautery.core.availability.records import read_siblings

app = typer.Typer(add_completion=False)
MAX_LINE = 16 << 20
"""Bytes of one record; a longer line is refused and the rest goes on."""


@app.command()
def availability(
    file: Annotated[str, typer.Argument(help="A file with one JSON object a line, or - for standard input.")] = "-",
) -> None:
    """Say of each page whether it is up, and on what ground, one JSON object a line, in order.

    A line has provider, url, status, final_url, headers, title, text; any may be missing. Also read: failed (why nothing came),
    exit (country of the look), missing and present (pages of the same site that are known to be so). A verdict is one of
    up, removed_by_provider, deleted_by_owner, account_gone, geo_blocked, age_or_login_wall, private, suspended_temporarily,
    moved, rate_limited, unreachable, unknown. What cannot be told is unknown. A line that cannot be read answers with its error.

    Example: cautery availability pages.ndjson
    """
    if file == "-":
        _write(sys.stdin.buffer)
        return
    path = Path(file)
    if not path.is_file():
        raise typer.BadParameter(f"{file} is not a file", param_hint="FILE")
    with path.open("rb") as stream:
        _write(stream)


def _write(stream: BinaryIO) -> None:
    number = 0
    while line := stream.readline(MAX_LINE):
        number += 1
        whole = line.endswith(b"\n") or len(line) < MAX_LINE
        while line and not line.endswith(b"\n") and not whole:
            line = stream.readline(MAX_LINE)
            if not line or line.endswith(b"\n"):
                sys.stdout.write(json.dumps(_refused(number, "too_long", f"longer than {MAX_LINE:,} bytes")) + "\n")
                break
        if whole and line.strip():
            sys.stdout.write(json.dumps(_answer(line, number), ensure_ascii=False) + "\n")


def _answer(line: bytes, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        return _refused(number, "not_json", str(error))
    if not isinstance(record, Mapping):
        return _refused(number, "not_an_object", "not a JSON object")
    judged = judge(read_record(record), read_siblings(record))
    kept = {name: record[name] for name in ("id", "url") if name in record}
    return kept | _said(judged)


def _said(judged: Judged) -> dict[str, Any]:
    answer = {"verdict": WORDS[judged.verdict], "grounds": judged.ground}
    return answer | ({"where": judged.where} if judged.where else {})


def _refused(number: int, reason: str, words: str) -> dict[str, Any]:
    return {"line": number, "verdict": "unknown", "grounds": f"the line could not be read: {words}", "error": reason}

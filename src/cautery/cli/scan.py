"""`cautery scan`: every fingerprint of an archive of files, resumable, with one report."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import IO, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cautery.cli.fingerprint import JOBS_OPTION, default_jobs
from cautery.cli.ground import DATA_OPTION, JSON_OPTION, say, set_up, told
from cautery.core.actors import Permission, system
from cautery.core.fingerprints import Decoders, describe

app = typer.Typer(add_completion=False)

ACTOR = system("cli", Permission.MATCH_BANK_IMPORT)
QUALITY = 50
SHOWN = 20
"""Groups of equal files, and refused files, that are named on the screen; the report has all."""


@app.command(no_args_is_help=True)
def scan(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Folder; links in it are not followed.")],
    out: Annotated[Path, typer.Option("--out", help="List of rows (NDJSON); one that is there is continued.")] = Path(
        "scan.ndjson"
    ),
    jobs: Annotated[int, JOBS_OPTION] = default_jobs(),
    known: Annotated[bool, typer.Option("--known", help="Compare with the register's known content.")] = False,
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Fingerprint every file in a folder and below, and report kinds, refused files and files that are there twice.

    Rows go to --out as they are made. The same call again does only files that are new or changed.
    Example: cautery scan /srv/seized --out seized.ndjson
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    done = _done(out)
    files = [file for file in _files(folder) if file != out.resolve() and done.get(str(file)) != _stamp(file)]
    with out.open("a", encoding="utf-8") as rows, Decoders(jobs) as decoders:
        for row in _shown(decoders.each(lambda file: _row(file, decoders), files), len(files)):
            _write(rows, row)
    latest = _latest(out, {str(file) for file in _files(folder)})
    made = _report(latest)
    if known:
        with told():
            set_up(data)
            made["known"] = _known(latest)
    say(made | {"new": len(files), "out": str(out)}, as_json=as_json, text=_words(made, len(files), out))


def _files(folder: Path) -> Iterator[Path]:
    """Plain files below a folder, in a fixed order; folders that may not be read are passed over by the system's walk."""
    for base, folders, names in os.walk(folder.resolve()):
        folders.sort()
        for name in sorted(names):
            file = Path(base, name)
            if file.is_file() and not file.is_symlink():
                yield file


def _stamp(file: Path) -> list[int]:
    """Size and time of change, by which a file is known to be the one already done."""
    try:
        state = file.stat()
    except OSError:
        return []
    return [state.st_size, state.st_mtime_ns]


def _row(file: Path, decoders: Decoders) -> dict[str, Any]:
    return {"stamp": _stamp(file)} | describe(file, decoders)


def _write(rows: IO[str], row: dict[str, Any]) -> None:
    rows.write(json.dumps(row, ensure_ascii=True) + "\n")
    rows.flush()


def _rows(out: Path) -> Iterator[dict[str, Any]]:
    """The rows of a list; a last line cut off by a crash is passed over, and ended so that the next begins on its own."""
    if not out.exists():
        return
    with out.open("r+b") as lines:
        for line in lines:
            if line.endswith(b"\n"):
                try:
                    yield json.loads(line)
                except ValueError:
                    continue
            else:
                lines.truncate(lines.tell() - len(line))


def _done(out: Path) -> dict[str, list[int]]:
    return {row["file"]: row["stamp"] for row in _rows(out)}


def _shown(rows: Iterator[dict[str, Any]], total: int) -> Iterator[dict[str, Any]]:
    """The rows, with a progress bar on standard error where a person is looking."""
    bar = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*bar, console=Console(stderr=True), transient=True, disable=not os.isatty(2)) as progress:
        task = progress.add_task("Reading", total=total)
        for row in rows:
            yield row
            progress.update(task, advance=1, description=Path(row["file"]).name[:30])


def _latest(out: Path, present: set[str]) -> dict[str, dict[str, Any]]:
    """The newest row of each file that is still there."""
    return {row["file"]: row for row in _rows(out) if row["file"] in present}


def _known(latest: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The files that are, or are like, something in the bank; nothing is written to the register."""
    queries = import_module("cautery.match.queries")
    now = import_module("cautery.fetch").clock().now()
    asked = (fingerprinted(row, queries.Fingerprinted) for row in latest.values() if row["fingerprints"])
    hits = queries.find_files(asked, by=ACTOR, at=now)
    return [{"file": str(file), "matches": matches} for file, matches in hits if matches]


def fingerprinted(row: dict[str, Any], make: Any) -> Any:
    """A row as the bank's query takes it; hashes too flat to tell by are left out."""
    prints = row["fingerprints"]
    digests = {one["kind"]: one["value"] for one in prints if one["form"] == "file"}
    pdqs = [one for one in prints if one["kind"] == "pdq" and one["quality"] >= QUALITY]
    hashes = tuple((bytes.fromhex(one["value"]), one["form"]) for one in pdqs)
    return make(Path(row["file"]), digests["md5"], digests["sha1"], digests["sha256"], hashes)


def _report(latest: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Figures over the newest row of each file."""
    kinds = Counter(row.get("kind", "refused") for row in latest.values())
    prints = Counter(one["kind"] for one in chain.from_iterable(row["fingerprints"] for row in latest.values()))
    same: dict[str, list[str]] = {}
    for file, row in sorted(latest.items()):
        for one in row["fingerprints"]:
            if one["kind"] == "sha256" and one["form"] == "file":
                same.setdefault(one["value"], []).append(file)
    refused = [{"file": file} | row["error"] for file, row in sorted(latest.items()) if "error" in row]
    return {
        "files": len(latest),
        "bytes": sum(row.get("size", 0) for row in latest.values()),
        "seconds": round(sum(row["seconds"] for row in latest.values()), 3),
        "kinds": dict(kinds.most_common()),
        "fingerprints": dict(prints.most_common()),
        "refused": refused,
        "reasons": dict(Counter(one["reason"] for one in refused).most_common()),
        "same": [files for files in same.values() if len(files) > 1],
    }


def _words(made: dict[str, Any], new: int, out: Path) -> str:
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in made["kinds"].items()) or "nothing"
    lines = [f"{made['files']:,} files ({new:,} new), {made['bytes']:,} bytes: {kinds}."]
    lines += [f"{len(files)} times the same bytes: {', '.join(files[:3])}" for files in made["same"][:SHOWN]]
    lines += [f"{one['file']}: {one['message']} ({one['reason']})" for one in made["refused"][:SHOWN]]
    for one in made.get("known", []):
        lines.append(f"{one['file']}: {one['matches'][0]['label']} (entry {one['matches'][0]['entry']})")
    left = len(made["refused"]) - SHOWN
    lines += [f"... and {left:,} more that could not be read."] if left > 0 else []
    return "\n".join([*lines, f"Rows: {out}"])

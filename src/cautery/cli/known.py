"""`cautery known`: import known content into the bank, list it, and match files with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from cautery.cli.ground import DATA_OPTION, JSON_OPTION, say, set_up, told
from cautery.core.actors import Permission, system
from cautery.core.errors import FileRefused, RowRefused
from cautery.core.hashlist import MIN_QUALITY, Known, read

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Known content: import it, list it, match files with it."
)
ACTOR = system("cli", Permission.MATCH_BANK_IMPORT)
SHOWN = 20


class Only(StrEnum):
    """Which entries to list."""

    ALL = "all"
    QUARANTINED = "quarantined"


@app.callback()
def known() -> None:
    """Known content: what new items are compared with."""


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="CSV or NDJSON of PDQ, MD5, SHA-1, SHA-256; columns by name or by what is in them.")
    ],
    source: Annotated[str, typer.Option(help="Where the list is from, for rows that do not say.")] = "",
    negative: Annotated[bool, typer.Option("--negative", help="Content that shall never be proposed.")] = False,
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Add known content to the bank; a row that cannot be taken is named and costs only itself.

    Example: cautery known import var/exercise/known.csv
    """
    with told():
        rows = read_known(file, source)
        set_up(data)
        actions = import_module("cautery.match.actions")
        taken, refused = actions.import_known(rows, by=ACTOR, at=_now(), negative=negative)
    rejected: list[dict[str, Any]] = [
        {"line": e.fields["line"], "reason": e.reason, "message": e.message} for e in refused
    ]
    lines = [f"{taken} taken, {len(rejected)} rejected.", *(row["message"] for row in rejected[:SHOWN])]
    if len(rejected) > SHOWN:
        lines.append(f"... and {len(rejected) - SHOWN} more; all of them with --json.")
    say({"taken": taken, "rejected": rejected}, as_json=as_json, text="\n".join(lines))


@app.command("list")
def list_(
    only: Annotated[Only, typer.Option(help="All entries, or those that matched too much.")] = Only.ALL,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest first.")] = 1000,
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """List the bank: what each entry is, how often it matched and what people said of that.

    Example: cautery known list --only quarantined
    """
    with told():
        set_up(data)
        rows = import_module("cautery.match.queries").entries(
            by=ACTOR, quarantined=only is Only.QUARANTINED, limit=limit
        )
    lines = [_line(row) for row in rows]
    say(rows, as_json=as_json, text="\n".join(lines) if lines else "Nothing.")


@app.command("match")
def match(
    files: Annotated[
        list[Path], typer.Argument(help="Pictures, videos, documents, anything: by their bytes and how they look.")
    ],
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Say for each file which entries it is or looks like; stops with 1 where a file could not be read. Nothing is kept.

    Example: cautery known match poster.jpg clip.mp4
    """
    failed: list[dict[str, Any]] = []
    with told():
        set_up(data)
        queries = import_module("cautery.match.queries")
        found = queries.find_files(_fingerprinted(files, queries.Fingerprinted, failed), by=ACTOR, at=_now())
        rows = [{"file": str(file), "matches": hits} for file, hits in found]
    lines = [line for row in rows for line in _told(row)] + [f"{row['file']}: {row['message']}" for row in failed]
    say({"files": rows, "refused": failed}, as_json=as_json, text="\n".join(lines))
    if failed:
        raise typer.Exit(1)


def read_known(file: Path, source: str = "") -> Iterator[Known | RowRefused]:
    """The rows of a list of known content; `FileRefused` when it is none."""
    try:
        return read(file.read_text("utf-8-sig"), source)
    except (OSError, UnicodeDecodeError) as error:
        raise FileRefused(f"{file} cannot be read as text: {error}.", reason="not_text") from error


def _now() -> datetime:
    now: datetime = import_module("cautery.fetch").clock().now()
    return now


def _fingerprinted(files: list[Path], make: Any, failed: list[dict[str, Any]]) -> Iterator[Any]:
    """Each file's digests and its PDQ in every form; one that cannot be read is noted, one that cannot be decoded still has digests."""
    fingerprints = import_module("cautery.core.fingerprints")
    tracks = import_module("cautery.core.fingerprints.copies").tracks
    with fingerprints.Decoders(1) as decoders:
        for file in files:
            row = fingerprints.describe(file, decoders)
            prints = row["fingerprints"]
            if not prints:
                failed.append({"file": str(file)} | row["error"])
                continue
            digests = {p["kind"]: p["value"] for p in prints if p["form"] == "file"}
            pdqs = tuple(
                (bytes.fromhex(p["value"]), p["form"])
                for p in prints
                if p["kind"] == "pdq" and "at" not in p and p["quality"] >= MIN_QUALITY
            )
            moving = tuple(tracks([fingerprints.Fingerprint(**p) for p in prints]).values())
            yield make(file, digests["md5"], digests["sha1"], digests["sha256"], pdqs, moving)


def _line(row: dict[str, Any]) -> str:
    marks = [name for name, said in (("negative", row["negative"]), ("quarantined", row["quarantined_at"])) if said]
    said = f"matched {row['matched']}, agreed {row['agreed']}, disagreed {row['disagreed']}"
    return "  ".join(filter(None, [f"{row['pk']:>8}", row["label"], row["kind"], row["source"], said, *marks]))


def _told(row: dict[str, Any]) -> Iterator[str]:
    if not row["matches"]:
        yield f"{row['file']}: nothing known."
    for hit in row["matches"]:
        how = "the same bytes"
        if hit["by"] == "perceptual":
            how = f"looks alike, {hit['distance']} of 256 bits ({hit['form']})"
        elif hit["by"] == "video":
            spans = (f"{part['start']:g} to {part['end']:g} s" for part in hit["parts"])
            how = f"shows the same from {', '.join(spans)}"
        yield f"{row['file']}: {hit['label']} (entry {hit['entry']}, {hit['source']}): {how}"

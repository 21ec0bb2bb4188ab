"""`cautery fingerprint`: every fingerprint of files, whatever they are."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from cautery.core.fingerprints import Decoders, describe

app = typer.Typer(add_completion=False)

JOBS_OPTION = typer.Option("--jobs", min=1, max=64, help="Files read at a time, each in a process of its own.")


def default_jobs() -> int:
    """One a processor, at most four: more mostly wait for the disk."""
    return min(4, os.cpu_count() or 1)


@app.command(no_args_is_help=True)
def fingerprint(
    files: Annotated[list[Path], typer.Argument(help="Pictures, videos, sound, PDFs, ZIPs, APKs, texts; by content.")],
    jobs: Annotated[int, JOBS_OPTION] = default_jobs(),
) -> None:
    """Say every fingerprint of each file, one JSON object a line, in order; a file that cannot be read has a line with its error.

    Stops with 1 where any file was refused. Example: cautery fingerprint poster.jpg clip.mp4 magazine.pdf
    """
    failed = False
    with Decoders(min(jobs, len(files))) as decoders:
        for row in decoders.each(lambda file: describe(file, decoders), files):
            failed |= "error" in row
            sys.stdout.write(json.dumps(row) + "\n")
            sys.stdout.flush()
    if failed:
        raise typer.Exit(1)

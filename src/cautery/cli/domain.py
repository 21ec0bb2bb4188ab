"""`cautery domain`: what registries say of a domain, read from files; what it may come back as."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cautery.core.domains import lookalikes, parse
from cautery.core.errors import FileRefused

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Read what registries say of a domain.")
MAX_BYTES = 4 << 20
"""An answer about one domain is a few thousand bytes; what is larger is none."""


@app.callback()
def domain() -> None:
    """Domains: their state, who sells them, whom to write to."""


@app.command("parse")
def parse_(
    files: Annotated[
        list[str], typer.Argument(help="RDAP answers (JSON) or WHOIS answers (text), or - for standard input.")
    ],
    name: Annotated[
        str, typer.Option("--domain", help="The name that was asked, where the answer does not say it.")
    ] = "",
) -> None:
    """Say what each answer means, one JSON object a line, in order. What cannot be read is "unknown", never "available".

    Stops with 1 when a file could not be opened; the others are read all the same.

    Example: cautery domain parse answer.json whois.txt
    """
    missing = False
    for file in files:
        said = _read(file, name)
        missing = missing or said.get("reason") == "not_a_file"
        sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")
    if missing:
        raise typer.Exit(1)


def _read(file: str, name: str) -> dict[str, Any]:
    try:
        return {"file": file} | parse(read_bytes(file), name).as_dict()
    except FileRefused as refused:
        return {
            "file": file,
            "domain": name or None,
            "state": "unknown",
            "error": refused.message,
            "reason": refused.reason,
        }


def read_bytes(file: str) -> bytes:
    """One answer's bytes; `-` is standard input. `FileRefused`: it cannot be opened, or is too large to be one."""
    try:
        if file == "-":
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(file).open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise FileRefused(f"{file} cannot be opened: {error.strerror}.", reason="not_a_file") from error
    if len(data) > MAX_BYTES:
        raise FileRefused(
            f"{file} is larger than {MAX_BYTES:,} bytes, and so no answer about one domain.", reason="too_large"
        )
    return data


@app.command("lookalikes")
def lookalikes_(
    name: Annotated[str, typer.Argument(help="The domain.")],
    among: Annotated[
        Path | None, typer.Option(help="A list of names, one a line (newly registered domains): only these.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")] = False,
) -> None:
    """Names a domain may come back as, likeliest first: other TLDs, numbers, misspellings, letters that look the same.

    Example: cautery domain lookalikes example.org --among new-domains.txt
    """
    taken = None
    if among is not None:
        try:
            taken = [line.strip() for line in among.read_text("utf-8", "replace").splitlines() if line.strip()]
        except OSError as error:
            raise typer.BadParameter(f"{among} cannot be read: {error.strerror}", param_hint="--among") from error
    found = list(lookalikes(name, taken=taken))
    if as_json:
        typer.echo(json.dumps([{"domain": one.domain, "way": one.way} for one in found], ensure_ascii=False))
    else:
        typer.echo("\n".join(f"{one.domain:40} {one.way}" for one in found) or "None looks like it.")

"""`cautery mail`: what incoming mail is."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track

from cautery.channels.mail.incoming import read_mail
from cautery.core.instruments import Catalogue
from cautery.core.instruments.incoming import heard_in_text, meant
from cautery.core.mail.belongs import belongings
from cautery.core.mail.classify import classify
from cautery.core.mail.letter import READ_BYTES, read_letter

app = typer.Typer(add_completion=False)

SINGLE = frozenset({".eml", ".txt", ".msg", ".html", ".htm", ".mail"})
"""Ends of names of files that hold one message, even where its first line is that of an mbox."""

START = re.compile(rb"From \S+ +.{0,40}\d\d:\d\d.{0,30}\d{4}.{0,10}\r?\n")
MANY = 50
"""Files from which progress is shown."""


@dataclass(frozen=True, slots=True)
class Found:
    """One message: where it lies, its first bytes, and how many it has."""

    file: str
    head: bytes
    size: int


@app.callback()
def mail() -> None:
    """What incoming mail is: a person's reply, a bounce, a machine's answer, somebody's report.

    Example: cautery mail classify var/inbox
    """


@app.command("classify")
def classify_files(
    files: Annotated[
        list[Path], typer.Argument(help="Messages (RFC 5322), mbox files, Maildirs or folders.", metavar="FILE...")
    ],
) -> None:
    """Say of each message what it is and which notice it belongs to, one JSON object a line.

    Example: cautery mail classify bounce.eml archive.mbox Maildir/
    """
    bad = False
    listed = [one for given in files for one in _listed(given)]
    shown = track(
        listed, "Reading", console=Console(stderr=True), disable=len(listed) < MANY or not sys.stderr.isatty()
    )
    for path in shown:
        try:
            for found in messages(path):
                sys.stdout.write(json.dumps(_row(found), ensure_ascii=False) + "\n")
        except OSError as error:
            bad = True
            reason = error.strerror or str(error)
            sys.stdout.write(json.dumps({"file": str(path), "error": reason, "reason": "unreadable"}) + "\n")
            typer.echo(f"cautery: {path}: {reason}", err=True)
    if bad:
        raise typer.Exit(1)


def _listed(given: Path) -> Iterator[Path]:
    """The files of a Maildir (new, then cur), of a folder in the order of their names, or the file itself."""
    if not given.is_dir():
        yield given
        return
    is_maildir = (given / "cur").is_dir() and (given / "new").is_dir()
    for folder in (given / "new", given / "cur") if is_maildir else (given,):
        yield from sorted(path for path in folder.rglob("*") if path.is_file())


def messages(path: Path) -> Iterator[Found]:
    """The messages of one file: one, or those of an mbox; of each only the beginning is read."""
    with path.open("rb") as stream:
        first = stream.readline(READ_BYTES)
        if not START.match(first) or path.suffix.lower() in SINGLE:
            head = first + stream.read(READ_BYTES + 1 - len(first)) if len(first) <= READ_BYTES else first
            yield Found(str(path), head, path.stat().st_size)
            return
        number, kept, size, blank = 1, bytearray(), 0, False
        while line := stream.readline(READ_BYTES):
            if blank and START.match(line):
                yield Found(f"{path}#{number}", bytes(kept), size)
                number, kept, size = number + 1, bytearray(), 0
            else:
                size += len(line)
                if len(kept) <= READ_BYTES:
                    kept += line[1:] if re.match(rb">+From ", line) else line
            blank = not line.strip()
        yield Found(str(path) if number == 1 else f"{path}#{number}", bytes(kept), size)


def _row(found: Found) -> dict[str, Any]:
    letter = read_letter(found.head)
    belongs = belongings(letter)
    told = classify(letter, ours=bool(belongs))
    return {
        "file": found.file,
        "kind": str(told.kind),
        "reason": told.reason,
        "addresses": list(told.addresses),
        "notice": next(iter(belongs.references), None),
        "cause": told.cause,
        "action": told.action,
        "status": told.status,
        "ticket": told.ticket,
        "notices": list(belongs.references),
        "answers": list(belongs.message_ids),
        "bytes": found.size,
        "truncated": found.size > READ_BYTES,
        "forms": _forms(found.head, letter.text),
    }


def _forms(head: bytes, text: str) -> list[dict[str, Any]]:
    """Annexes II and III and statements of reasons it carries: what each answers, and what it lacks."""
    incoming = read_mail(head)
    if incoming.attached:
        heard = import_module("cautery.track.forms.reading").forms_in(incoming, text, Catalogue.default()).heard
    else:
        written = heard_in_text(text, Catalogue.default())
        heard = (written,) if written else ()
    return [
        {
            "instrument": one.instrument,
            "reference": one.reference,
            "answers": [asdict(each) for each in meant(one)],
            "complete": not one.lacks,
            "lacks": [finding.as_dict() for finding in one.lacks],
        }
        for one in heard
    ]

"""`cautery ocr`: the text in pictures, machine-read; no register is needed."""

from __future__ import annotations

import json
import os
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import typer

from cautery.cli.ground import JSON_OPTION, told
from cautery.core.errors import CauteryError, FileRefused, SettingInvalid
from cautery.ocr.base import Engine
from cautery.ocr.reading import LIMITS, engine, languages_for, read_picture
from cautery.ocr.tesseract import GET, chosen

app = typer.Typer(add_completion=False)


@app.command(no_args_is_help=True)
def ocr(
    files: Annotated[list[Path], typer.Argument(help="Pictures; what they are is decided by their bytes.")],
    lang: Annotated[
        str, typer.Option("--lang", help="Languages by the program's names, such as ara+eng (else the likeliest).")
    ] = "",
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Read the text in pictures, line by line, with how sure the machine is of each; a `?` stands before what it is not sure of.

    What reads is CAUTERY_OCR, else Tesseract where it is installed. Stops with 1 where a file could not be read, which is not
    the same as a picture without text. Example: cautery ocr poster.jpg flyer.png --lang ara+eng
    """
    with told():
        using = _engine()
        languages = chosen(using.languages(), lang) if lang else languages_for(using)
    failed = False
    for file in files:
        row = _row(file, using, languages)
        failed |= "error" in row
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n" if as_json else _told(row))
        sys.stdout.flush()
    if failed:
        raise typer.Exit(1)


def _engine() -> Engine:
    found = engine(os.environ.get("CAUTERY_OCR", ""))
    if found is None:
        raise SettingInvalid(
            "Nothing is installed that reads text in pictures.", setting="CAUTERY_OCR", reason="none", hint=GET
        )
    return found


def _row(file: Path, using: Engine, languages: tuple[str, ...]) -> dict[str, Any]:
    """A file with what stands in it, or why that is not known."""
    started = time.perf_counter()
    row: dict[str, Any] = {"file": str(file)}
    try:
        data = _bytes(file)
        row["sha256"] = sha256(data).hexdigest()
        row |= read_picture(data, using, languages).as_dict()
    except CauteryError as error:
        reason = str(error.fields.get("reason", error.code))
        row["error"] = {"reason": reason, "message": error.message, "said": error.fields.get("said", "")}
    row["seconds"] = round(time.perf_counter() - started, 3)
    return row


def _bytes(file: Path) -> bytes:
    try:
        if file.exists() and not file.is_file():
            raise FileRefused("It is not a file.", reason="unreadable")
        if file.stat().st_size > LIMITS.file_bytes:
            raise FileRefused(f"The file has more than {LIMITS.file_bytes} bytes.", reason="too_large")
        return file.read_bytes()
    except OSError as error:
        raise FileRefused(f"The file cannot be read: {error.strerror}.", reason="unreadable") from error


def _told(row: dict[str, Any]) -> str:
    """A row for people."""
    if "error" in row:
        said = f" It said: {row['error']['said']}" if row["error"]["said"] else ""
        return f"{row['file']}: could not be read: {row['error']['message']}{said}\n"
    by = f"{row['engine']} {row['version']}" + (f", {'+'.join(row['languages'])}" if row["languages"] else "")
    lines = [f"{' ' if one['sure'] or one['confidence'] is None else '?'} {one['text']}" for one in row["lines"]]
    left = f" ({row['left_out']} lines too unsure to show)" if row["left_out"] else ""
    head = f"{row['file']} (machine-read by {by}){left}" if lines else f"{row['file']}: no text found by {by}{left}"
    return "\n".join([head, *lines]) + "\n"

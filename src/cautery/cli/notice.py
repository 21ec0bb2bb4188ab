"""`cautery notice`: print a draft of a notice, and check one somebody handed in. Neither needs a register."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from cautery.cli.ground import JSON_OPTION, say, told
from cautery.core.errors import CauteryError, FileRefused, Refused
from cautery.core.instruments import Catalogue, Finding, Problem
from cautery.core.links.hosts import registrable

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Print a draft of a notice; check a notice.")
WORDING_OPTION = typer.Option("--wording", envvar="CAUTERY_WORDING", help="A folder of wording that goes before ours.")
NOT_SOUND, NOT_READ = 1, 2


@app.callback()
def notice() -> None:
    """Print a draft of a notice; check a notice."""


@app.command()
def preview(
    instrument: Annotated[str, typer.Option("--instrument", help="Which notice; `list` names them all.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="FILE.pdf for the pages, FILE.json for the machine form.")
    ] = None,
    url: Annotated[
        list[str] | None, typer.Option("--url", help="The exact address; may be given more than once.")
    ] = None,
    lang: Annotated[str, typer.Option("--lang", help="The addressee's language: en, fr or de.")] = "en",
    data: Annotated[Path | None, typer.Option("--data", help="A TOML or JSON file with further fields.")] = None,
    wording: Annotated[Path | None, WORDING_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Write an unsigned draft with every field of its form; what is missing is listed, with the law that asks for it.

    Example: cautery notice preview --instrument tco-removal-order --url https://videos.example.org/watch/1 --lang de --out draft.pdf
    """
    with told():
        catalogue = Catalogue.load(*([wording] if wording else []))
        if instrument == "list":
            _list(catalogue, as_json=as_json)
            return
        if out is None or out.suffix.lower() not in (".pdf", ".json"):
            raise typer.BadParameter("Name a file that ends in .pdf or .json.", param_hint="--out")
        catalogue.get(instrument).wording(lang)
        known = catalogue.get(instrument).form.fields
        fields = _fields(data) | {
            name: value for name, value in _of_urls(instrument, url or []).items() if name in known
        }
        press = import_module("cautery.refer.printing.press").Press(catalogue)
        issuing = import_module("cautery.refer.printing.issue")
        made = issuing.draft(issuing.Request(instrument, fields, (lang,), datetime.now(UTC)), press)
        _write(out, made.pdf if out.suffix.lower() == ".pdf" else made.json)
    findings: tuple[Finding, ...] = made.findings
    found = [finding.as_dict() for finding in findings]
    held = [finding for finding in findings if finding.problem != Problem.ADVISED]
    text = f"{out}: draft of {instrument} in {lang}, not signed; {len(held)} fields are missing or wrong."
    answer = {"file": str(out), "instrument": instrument, "language": lang, "complete": not held, "findings": found}
    say(answer, as_json=as_json, text="\n".join([text, *(f"  {finding}" for finding in held)]))


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A notice as PDF or JSON.")],
    trust: Annotated[
        Path | None, typer.Option("--trust", envvar="CAUTERY_TRUST", help="A folder of root certificates to trust.")
    ] = None,
    wording: Annotated[Path | None, WORDING_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Check a notice: its signature, its completeness, its clocks. Stops with 0 when it is sound, 1 when not, 2 when it is none.

    Example: cautery notice check order.pdf --trust /etc/cautery/roots
    """
    try:
        found = _inspected(file, trust, wording)
    except CauteryError as wrong:
        reason = wrong.fields.get("reason", wrong.code)
        answer = {"file": str(file), "error": wrong.message, "reason": reason}
        say(answer, as_json=as_json, text=f"{file}: {wrong.message} ({reason})")
        raise typer.Exit(NOT_READ) from wrong
    say({"file": str(file)} | found.as_dict(), as_json=as_json, text="\n".join(_lines(file, found)))
    if not found.sound:
        raise typer.Exit(NOT_SOUND)


def _inspected(file: Path, trust: Path | None, wording: Path | None) -> Any:
    inspection = import_module("cautery.refer.printing.inspection")
    reading = import_module("cautery.refer.printing.reading")
    checking = import_module("cautery.refer.signing.checking")
    roots = checking.load_roots(trust) if trust else []
    try:
        size = file.stat().st_size
        if size > reading.LARGEST_PDF:
            raise FileRefused("The file is too large for a notice.", reason="too_large", bytes=size)
        given = file.read_bytes()
    except OSError as wrong:
        raise FileRefused(f"The file cannot be opened: {wrong.strerror}.", reason="not_a_file") from wrong
    return inspection.inspect(given, Catalogue.load(*([wording] if wording else [])), roots, now=datetime.now(UTC))


def _lines(file: Path, found: Any) -> list[str]:
    """An inspection for people."""
    signature = found.signature
    by = f" by {signature.signer}" if signature.signer else ""
    at = (
        f" at {signature.at:%Y-%m-%d %H:%M:%S %Z}{' (time stamp)' if signature.timestamped else ''}"
        if signature.at
        else ""
    )
    lines = [f"{file}: {found.instrument or 'a notice'} {found.reference}".rstrip()]
    lines.append(f"signature: {signature.state}{by}{at}{f' ({signature.why})' if signature.why else ''}")
    held = [finding for finding in found.findings if finding.problem != Problem.ADVISED]
    lines.append("complete" if found.complete and found.instrument else f"incomplete: {len(held)} fields")
    lines += [f"  {finding}" for finding in held]
    for clock in found.clocks:
        end = (
            f", ends {clock['ends']}"
            if clock.get("ends")
            else f", starts with {', '.join(clock.get('starts_with', ()))}"
        )
        lines.append(f"clock {clock['clock']}: {clock['standing']}{end}")
    return [*lines, *(f"  {line}" for line in found.timeline)]


def _list(catalogue: Catalogue, *, as_json: bool) -> None:
    titles = {name: instrument.wording("en").title for name, instrument in catalogue.instruments.items()}
    say(titles, as_json=as_json, text="\n".join(f"{name:26}{title}" for name, title in titles.items()))


def _fields(data: Path | None) -> dict[str, Any]:
    """The fields of a file: TOML, JSON, or a machine form."""
    if data is None:
        return {}
    try:
        text = data.read_text(encoding="utf-8")
        given = json.loads(text) if data.suffix.lower() == ".json" else tomllib.loads(text)
    except OSError as wrong:
        raise FileRefused(f"{data} cannot be opened: {wrong.strerror}.", reason="not_a_file") from wrong
    except (ValueError, RecursionError) as wrong:
        raise FileRefused(f"{data} is neither TOML nor JSON: {wrong}", reason="unreadable") from wrong
    if isinstance(given, dict) and isinstance(given.get("fields"), dict):
        given = given["fields"]
    if not isinstance(given, dict):
        raise FileRefused(f"{data} holds no fields.", reason="unreadable")
    return given


def _of_urls(instrument: str, urls: list[str]) -> dict[str, Any]:
    """What the addresses alone say: the address itself and, for a notice to who keeps a domain, that domain."""
    if not urls:
        return {}
    host = urls[0].partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
    return {"urls": urls} | ({"domain": registrable(host) or host} if instrument == "domain" else {})


def _write(out: Path, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as wrong:
        raise Refused(f"{out} cannot be written: {wrong.strerror}.", reason="not_written") from wrong

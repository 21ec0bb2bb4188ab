"""`cautery custody`: check the log, prove what is in it, give it out, and keep the terms of personal data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from cautery.cli.ground import DATA_OPTION, JSON_OPTION, say, set_up, told
from cautery.core.actors import Actor, Permission, system
from cautery.core.errors import NotFound, TamperFound

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Check the custody log, prove what is in it, export it, keep terms of personal data.",
)
ACTOR = system("cli", Permission.CUSTODY_HOLD_SET, Permission.CUSTODY_LOG_EXPORT, Permission.CUSTODY_PERSONAL_ERASE)
OUT_OPTION = typer.Option("--out", help="Write to this file instead of standard output.")
TO_OPTION = typer.Option("--to", help="Who gets it: officers and addresses have pseudonyms for this recipient.")
WHY_OPTION = typer.Option("--ground", help="On what ground; it stands in the log.")
DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]


@app.callback()
def custody() -> None:
    """The custody log."""


@app.command()
def verify(
    since: Annotated[
        list[str] | None,
        typer.Option(help="A checkpoint that was kept: a file of signed ones, or a root in hex. May be given again."),
    ] = None,
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Recompute every entry, batch, subtree, checkpoint and signature; stops with 1 and names the first that does not hold.

    Example: cautery custody verify --data var/exercise/data --since /media/second-party/checkpoints
    """
    with told(), _tampering_in_json(as_json=as_json), _existing(data):
        read = import_module("cautery.custody.proofs").read_checkpoints
        kept = [note for one in since or () for note in read(one)]
        with _progress(quiet=as_json) as seen:
            found = import_module("cautery.custody.queries").verify(kept, seen)
    waiting = found.entries - found.sealed
    text = (
        f"{found.entries} entries, {found.sealed} sealed{f', {waiting} wait to be' if waiting else ''}, all hold. "
        f"{found.checkpoints} checkpoints, {found.mirrored} in the mirror, {found.rows} rows of batches, "
        f"{found.stamps} time-stamps. Head {found.head if found.sealed else '(none yet)'}"
    )
    lines = [text, *(f"warning: {warning}" for warning in found.warnings)]
    say({"ok": True} | asdict(found), as_json=as_json, text="\n".join(lines))


@app.command()
def prove(
    entry: Annotated[int | None, typer.Argument(help="The number of the entry.")] = None,
    row: Annotated[int | None, typer.Option(help="A row of the entry's batch, from 0.")] = None,
    consistency: Annotated[
        tuple[str, str] | None,
        typer.Option(help="Two checkpoints, by size or by file: that the later log begins with the earlier."),
    ] = None,
    out: Annotated[Path | None, OUT_OPTION] = None,
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Prove that an entry, or a row of one, is in the signed log; the proof is JSON, and docs/verify.py checks it.

    Example: cautery custody prove 17 --row 3 --out proof.json && python3 docs/verify.py proof.json custody.pub
    """
    del as_json  # a proof is JSON always
    if (entry is None) == (consistency is None):
        raise typer.BadParameter("name an entry, or --consistency with two checkpoints", param_hint="ENTRY")
    with told(), _existing(data):
        proofs = import_module("cautery.custody.proofs")
        proof = proofs.prove_consistency(*consistency) if consistency else proofs.prove_entry(entry, row)
    _write([json.dumps(proof, ensure_ascii=False, indent=1)], out)


@app.command()
def export(
    to: Annotated[str, TO_OPTION] = "anybody",
    inside: Annotated[
        bool, typer.Option("--inside", help="For the unit itself: no pseudonyms, and every row of a batch.")
    ] = False,
    out: Annotated[Path | None, OUT_OPTION] = None,
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Write the sealed log as NDJSON, last its signed checkpoint; what leaves the unit has pseudonyms, and no rows.

    Example: cautery custody export --to court-specimen --out log.ndjson
    """
    del as_json  # NDJSON always
    with told(seal=True), _existing(data):
        recipient = "" if inside else to
        _note_export(recipient or "the unit itself", {"what": "log"})
        _write(import_module("cautery.custody.exports").sealed_log(recipient), out)


@app.command()
def consulted(
    subject: Annotated[str, typer.Option(help="Only what was consulted about this, such as item:17.")] = "",
    officer: Annotated[str, typer.Option(help="Only what this officer consulted (their number, a UUID).")] = "",
    since: Annotated[datetime | None, typer.Option(formats=DATES, help="From this time on (UTC).")] = None,
    until: Annotated[datetime | None, typer.Option(formats=DATES, help="Up to this time (UTC).")] = None,
    to: Annotated[str, TO_OPTION] = "",
    out: Annotated[Path | None, OUT_OPTION] = None,
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Write who looked at, copied or sent what, when and why, as NDJSON: for the data-protection officer.

    Example: cautery custody consulted --subject item:17 --since 2026-06-01
    """
    del as_json  # NDJSON always
    with told(seal=True), _existing(data):
        exports = import_module("cautery.custody.exports")
        actor = f"officer:{officer}" if officer else ""
        wanted = exports.Wanted(subject, actor, _utc(since), _utc(until))
        _note_export(to or "the unit itself", {"what": "consultations", "about": subject})
        _write(exports.consultations(wanted, to), out)


@app.command()
def held(
    about: Annotated[str, typer.Argument(help="Whom or what it is about, such as item:17.")],
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Show the personal data kept about a subject: for a person's right to know. The log notes that it was shown.

    Example: cautery custody held provider:specimen
    """
    with told(seal=True), _existing(data):
        rows = import_module("cautery.custody.personal.queries").held(about)
        access = import_module("cautery.custody.actions").consult
        access([about], by=ACTOR, at=_now(), why="cautery custody held")
    lines = [f"{row['kept_at']:%Y-%m-%d} {row['category']} ({row['law']}): {row['value']}" for row in rows]
    say(rows, as_json=as_json, text="\n".join(lines) or "Nothing is kept.")


@app.command()
def erase(
    about: Annotated[str, typer.Option(help="All that is kept about this subject, before its term.")] = "",
    ground: Annotated[str, WHY_OPTION] = "",
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Erase the personal data whose term is over (CAUTERY_RETENTION), or that of a subject; the log proves it.

    Example: cautery custody erase --about provider:specimen --ground "request of 3 June, granted"
    """
    if about and not ground:
        raise typer.BadParameter("erasing before the term needs one", param_hint="--ground")
    with told(seal=True), _existing(data):
        actions, now = import_module("cautery.custody.personal.actions"), _now()
        early = {"about": about, "ground": ground} if about else {}
        erased = (actions.erase_about if about else actions.erase_due)(**early, by=ACTOR, at=now)
        review = import_module("cautery.custody.personal.queries").to_review(now)
    lines = [
        f"{erased} values erased with their salts.",
        *(f"To be decided: {r['rows']} of {r['category']} ({r['law']}): {r['basis'] or 'no rule'}" for r in review),
    ]
    say({"erased": erased, "to_review": review}, as_json=as_json, text="\n".join(lines))


@app.command()
def hold(
    about: Annotated[str, typer.Argument(help="Whom or what it is about, such as item:17.")],
    ground: Annotated[str, WHY_OPTION],
    lift: Annotated[bool, typer.Option("--lift", help="Lift the hold.")] = False,
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Set a legal hold: nothing about the subject is erased until it is lifted.

    Example: cautery custody hold item:17 --ground "case 12/2026, court of specimen"
    """
    with told(seal=True), _existing(data):
        actions = import_module("cautery.custody.personal.actions")
        change = actions.lift_hold if lift else actions.set_hold
        change(about, ground=ground, by=ACTOR, at=_now())
    say({"about": about, "held": not lift}, as_json=as_json, text="Lifted." if lift else "Held.")


@app.command()
def guard(
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Put back the database's triggers that refuse to alter the log, where they are gone.

    Example: cautery custody guard --data /srv/cautery
    """
    with told(seal=True), _existing(data):
        gone = import_module("cautery.custody.actions").restore_guards(by=ACTOR, at=_now())
    say({"restored": gone}, as_json=as_json, text=f"{len(gone)} guards put back." if gone else "All were in place.")


@contextmanager
def _existing(data: Path | None) -> Iterator[None]:
    """The register in a data folder, which must be there; one that cannot be read as a database is told as such."""
    set_up(data, migrate=False)
    settings, database = import_module("django.conf").settings, import_module("django.db")
    file = Path(settings.DATABASES["default"]["NAME"])
    if database.connection.vendor == "sqlite" and not file.is_file():
        raise NotFound(f"There is no register at {file}.", hint="Name its folder: --data, or CAUTERY_DATA.")
    try:
        set_up(data)
        yield
    except database.DatabaseError as error:
        raise TamperFound(f"The register cannot be read as it should: {error}.", reason="unreadable") from error


@contextmanager
def _tampering_in_json(*, as_json: bool) -> Iterator[None]:
    """What does not hold, for programs too."""
    try:
        yield
    except TamperFound as error:
        if as_json:
            typer.echo(json.dumps({"ok": False, "message": error.message} | error.fields, default=str))
        raise


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Any]:
    """How many entries were checked, for people at a terminal."""
    columns = (TextColumn("Checking the log"), BarColumn(), MofNCompleteColumn())
    total = import_module("cautery.custody.tree").sealed_size()
    with Progress(*columns, console=Console(stderr=True), disable=quiet, transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda checked: bar.update(task, completed=checked)


def _note_export(to: str, facts: dict[str, str], by: Actor = ACTOR) -> None:
    import_module("cautery.custody.actions").note_export(to=to, by=by, at=_now(), facts=facts)


def _write(lines: Iterator[str] | list[str], out: Path | None) -> None:
    """Lines to a file, or to standard output."""
    if out is None:
        for line in lines:
            typer.echo(line)
        return
    with out.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
    typer.echo(f"Written to {out}.", err=True)


def _now() -> datetime:
    now: datetime = import_module("cautery.fetch").clock().now()
    return now


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)

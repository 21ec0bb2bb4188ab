"""`cautery capture`: keep what addresses show, as evidence; check a package; hand one over."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from cautery.cli.ground import DATA_OPTION, JSON_OPTION, say, set_up, told
from cautery.core.actors import Actor, Permission
from cautery.core.errors import Unreachable
from cautery.core.evidence.berkeley import missing

DEFAULT = "take"
PERMISSIONS = frozenset(
    {Permission.INTAKE_EVIDENCE_KEEP, Permission.INTAKE_EVIDENCE_READ, Permission.INTAKE_EVIDENCE_SEND}
)
FULL_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Capturing(TyperGroup):
    """`cautery capture URL` is `cautery capture take URL`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and not {"--help", "-h"} & set(args[:1]):
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=Capturing,
    add_completion=False,
    no_args_is_help=True,
    help="Keep what addresses show, as evidence: cautery capture URL... [--out DIR]; check and hand over packages.",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What to capture, and how."""

    urls: tuple[str, ...]
    out: Path
    media: bool
    browser: bool
    timeout: float | None
    max_bytes: int | None
    unit: str
    collector: str


@app.command()
def take(
    urls: Annotated[list[str], typer.Argument(help="Addresses (http, https).")],
    out: Annotated[Path, typer.Option(help="Folder for the package and its summary.")] = Path("captures"),
    media: Annotated[bool, typer.Option(help="Embedded media too.")] = True,
    browser: Annotated[bool, typer.Option(help="Picture, text and MHTML by Chromium, where it is installed.")] = True,
    timeout: Annotated[float | None, typer.Option(help="Seconds one exchange may take in all.")] = None,
    max_bytes: Annotated[int | None, typer.Option(help="Bytes of one response received at most.")] = None,
    unit: Annotated[str, typer.Option(help="The unit it is collected for; it chooses the exit.")] = "",
    collector: Annotated[str, typer.Option(help="Who collects; else the account on this machine.")] = "",
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Capture addresses into one package (WACZ) with a readable summary; print the digests.

    Works without a register. With --data (or CAUTERY_DATA) the package is kept in that register's evidence too.
    Hosts on loopback are reached only in a rehearsal: CAUTERY_MODE=rehearsal and CAUTERY_HOST_MAP (docs/evidence.md).
    Stops with 1 when an address could not be captured at all.

    Example: cautery capture take https://example.org/page --out evidence
    """
    asked = Asked(tuple(urls), out, media, browser, timeout, max_bytes, unit, collector or f"account:{os.getuid()}")
    with told(), _settings(data), Console(stderr=True).status(f"Capturing {len(urls)} ..."):
        out.mkdir(parents=True, exist_ok=True)
        value = _packed(asked) if data is None else _kept(asked)
    say(value, as_json=as_json, text=_summary(value))
    if any(row["state"] == "failed" for row in value["captures"]):
        raise typer.Exit(1)


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="A package (WACZ).")],
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Recompute every digest of a package and follow its index; stops with 1 and names what does not hold.

    Example: cautery capture verify captures/capture-20260615T060000Z.wacz
    """
    if not file.is_file():
        raise typer.BadParameter(f"{file} is not a file", param_hint="FILE")
    found = import_module("cautery.core.evidence.verification").verify_package(file)
    problems = [asdict(problem) for problem in found.problems]
    value = {
        "ok": found.ok,
        "file": str(file),
        "digests": found.digests,
        "records": found.records,
        "captures": found.captures,
        "problems": problems,
    }
    lines = [f"{p['place']}: {p['reason']}: {p['message']}" for p in problems]
    text = f"{found.digests} digests of {found.records} records in {len(found.captures)} captures: "
    say(value, as_json=as_json, text="\n".join([text + ("all hold." if found.ok else "not all hold."), *lines]))
    if not found.ok:
        raise typer.Exit(1)


@app.command()
def upload(
    file: Annotated[Path, typer.Argument(help="The file.")],
    statement: Annotated[str, typer.Option(help="Where it comes from, and how you came by it lawfully.")],
    unit: Annotated[str, typer.Option(help="The unit that hands it in.")] = "local",
    item: Annotated[int | None, typer.Option(help="The item it shows, by its number in the register.")] = None,
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Keep a file as evidence with a statement of where it comes from: what an officer saw lawfully elsewhere.

    Example: cautery capture upload story.mp4 --statement "Seen in a group I am a member of, 15 June" --item 12
    """
    if not file.is_file() or not statement.strip():
        raise typer.BadParameter("a file, and a statement that says where it comes from", param_hint="FILE --statement")
    with told():
        set_up(data)
        by = Actor("system:cli", unit, PERMISSIONS)
        keep = import_module("cautery.intake.capturing.uploads").keep_upload
        value = keep(file, statement, item=item, by=by, at=import_module("cautery.fetch").clock().now())
    say(value, as_json=as_json, text=f"{value['id']}  {value['state']}\nrecords SHA-256 {value['sha256']}")


@app.command()
def handover(
    which: Annotated[str, typer.Argument(help="An item (its number) or a capture (its id).")],
    to: Annotated[str, typer.Option(help="Who gets it: the court, the authority, the archive.")],
    why: Annotated[str, typer.Option(help="On what ground; the log keeps it.")],
    out: Annotated[Path, typer.Option(help="Folder for packages, proofs and readme.")] = Path("handover"),
    unit: Annotated[str, typer.Option(help="The unit that hands it over.")] = "",
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Write what was kept of an item, or one capture, with custody proofs and a readme; the log says to whom and why.

    Example: cautery capture handover 12 --to "Tribunal de Paris" --why "Order 2026/114" --out handover-12
    """
    with told():
        set_up(data)
        by = Actor("system:cli", unit, PERMISSIONS)
        reads, copies = (import_module(f"cautery.intake.capturing.{name}") for name in ("queries", "copies"))
        captures = reads.captures_of(int(which), by=by) if which.isdigit() else [reads.get_capture(which, by=by)]
        now = import_module("cautery.fetch").clock().now()
        made = copies.hand_over(captures, out, to=to, why=why, by=by, at=now)
    value = {"folder": str(made.folder), "files": made.files, "captures": list(made.captures)}
    lines = [f"{name}: SHA-256 {digest}" for name, digest in made.files.items()]
    say(value, as_json=as_json, text="\n".join([f"{made.folder}: {len(made.captures)} captures", *lines]))


@contextmanager
def _settings(data: Path | None) -> Iterator[None]:
    """Settings of the register; without one, of a folder that is gone afterwards, so that none is made unasked."""
    if data is not None:
        set_up(data)
        yield
        return
    with tempfile.TemporaryDirectory(prefix="cautery-") as folder:
        set_up(Path(folder), migrate=False)
        yield


def _collected(asked: Asked, urls: Sequence[str], scratch: Path) -> list[Any]:
    """What the addresses show."""
    collect = import_module("cautery.intake.capturing.collect")
    recording = import_module("cautery.fetch.recorder")
    settings = import_module("django.conf").settings
    usual = recording.recorder_for(asked.unit, scratch)
    limits = recording.Limits(asked.timeout or usual.limits.timeout_s, asked.max_bytes or usual.limits.max_bytes)
    recorder = replace(usual, limits=limits)
    policy = collect.FULL if asked.media else collect.PAGES_ONLY
    clock = "the rehearsal's" if settings.CLOCK_URL else "the machine's, UTC"
    with ExitStack() as stack:
        made = collect.Collector(
            recorder,
            policy,
            asked.collector,
            asked.unit,
            clock,
            settings.RDAP_BASE.rstrip("/"),
            _browser(recorder, stack, wanted=asked.browser),
        )
        found: list[Any] = made.collect(urls)
    return found


def _browser(recorder: Any, stack: ExitStack, *, wanted: bool) -> Any:
    """A running browser, or why there is none."""
    absent = import_module("cautery.core.evidence.berkeley").Missing
    if not wanted:
        return absent("no browser was asked for (--no-browser)")
    start = import_module("cautery.fetch.browser").browser_for
    try:
        return stack.enter_context(start(recorder))
    except Unreachable as error:
        typer.echo(f"cautery: {error.message}", err=True)
        return absent(error.message)


def _packed(asked: Asked) -> dict[str, Any]:
    """The package of these addresses, and what became of each; a full disk leaves no package."""
    wacz = import_module("cautery.core.evidence.wacz")
    at: datetime = import_module("cautery.fetch").clock().now()
    target = _free(asked.out, at)
    software = import_module("cautery.intake.capturing.collect").software()
    try:
        with tempfile.TemporaryDirectory(prefix=".capture-", dir=asked.out) as scratch:
            taken = _collected(asked, asked.urls, Path(scratch))
            draft = wacz.Draft(Path(scratch), at, software)
            with closing(draft):
                kept = [draft.add(one) for one in taken]
                package = draft.finish(target, title=f"Capture of {len(asked.urls)} addresses")
    except OSError as error:
        return _not_written(asked, error)
    value = {"package": {"path": str(target), "sha256": package.sha256, "size": package.size}, "captures": _rows(kept)}
    target.with_suffix(".txt").write_text(_summary(value) + "\n")
    return value


def _rows(kept: Sequence[Any]) -> list[dict[str, Any]]:
    return [one.row() | {"title": one.title, "missing": missing(one.said["checklist"])} for one in kept]


def _not_written(asked: Asked, error: OSError) -> dict[str, Any]:
    """Nothing could be kept: each address failed, for this reason."""
    reason = "disk_full" if error.errno in FULL_DISK else "not_written"
    typer.echo(
        f"cautery: Nothing was kept: {error.strerror}. Make room in {asked.out}, or name another: --out.", err=True
    )
    return {"package": None, "captures": [{"url": url, "state": "failed", "reason": reason} for url in asked.urls]}


def _kept(asked: Asked) -> dict[str, Any]:
    """The same, in the register's evidence: asked for, taken, kept in the store, logged; a copy in `out`."""
    by = Actor("system:cli", asked.unit, PERMISSIONS)
    at: datetime = import_module("cautery.fetch").clock().now()
    steps = import_module("cautery.intake.capturing.steps")
    actions = import_module("cautery.intake.capturing.actions")
    owner = f"cli:{os.getpid()}"
    captures = actions.ask_for(asked.urls, owner=owner, by=by, at=at)
    step = steps.Capturing(owner, lambda urls, scratch, _now: _collected(asked, urls, scratch), by=by)
    got = step.take(captures, at)
    step.keep_waiting(at)
    if got.package is None:
        rows = [{"url": url, "state": "failed", "reason": got.problem} for url in asked.urls]
        return {"package": None, "captures": rows}
    target = _free(asked.out, at)
    copy = import_module("cautery.intake.capturing.copies").copy_package
    waits = copy(captures, got.package, target, why="asked for on the command line", by=by, at=at)
    package = {"path": str(target), "sha256": got.package.sha256, "size": got.package.size, "waits": waits or None}
    return {"package": package, "captures": _rows([got.kept[capture.pk] for capture in captures])}


def _free(out: Path, at: datetime) -> Path:
    """A name nothing has yet: a package is never written over."""
    name = f"capture-{at:%Y%m%dT%H%M%SZ}"
    names: Iterator[Path] = (out / f"{name}{suffix}.wacz" for suffix in ["", *(f"-{n}" for n in range(2, 10_000))])
    return next(path for path in names if not path.exists())


def _summary(value: dict[str, Any]) -> str:
    """The package for people."""
    package = value["package"]
    lines = []
    if package is not None:
        lines += [f"{package['path']}: {package['size']:,} bytes", f"SHA-256 {package['sha256']}"]
    for row in value["captures"]:
        lines.append(f"\n{row['url']}\n  {row['state']}" + (f": {row['reason']}" if row["reason"] else ""))
        if row.get("sha256"):
            lines += [
                f"  at {row['at']}, records SHA-256 {row['sha256']}",
                f"  page SHA-256 {row['page_sha256'] or '(none)'}",
            ]
        lines += [f"  missing {name}: {why}" for name, why in row.get("missing", {}).items()]
    return "\n".join(lines)

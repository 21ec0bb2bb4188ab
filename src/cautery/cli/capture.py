"""`cautery capture`: keep what addresses show, as evidence; check a package; hand one over."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from cautery.cli.ground import DATA_OPTION, JSON_OPTION, say, set_up, told
from cautery.core.errors import Unreachable
from cautery.core.evidence.berkeley import missing

DEFAULT = "take"
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
    with told(), _settings(data):
        out.mkdir(parents=True, exist_ok=True)
        with (
            Console(stderr=True).status(f"Capturing {len(urls)} ..."),
            tempfile.TemporaryDirectory(prefix=".capture-", dir=out) as scratch,
            ExitStack() as stack,
        ):
            made = _collector(Path(scratch), stack, media=media, browser=browser, unit=unit, collector=collector)
            limits = made.recorder.limits
            made.recorder.limits = type(limits)(
                timeout or limits.timeout_s, max_bytes or limits.max_bytes, limits.redirects
            )
            value = _packed(made, urls, out, Path(scratch))
        if data is not None and value["package"] is not None:
            value["kept"] = import_module("cautery.intake.capturing.shelf").keep_file(value, unit)
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


def _collector(scratch: Path, stack: ExitStack, *, media: bool, browser: bool, unit: str, collector: str) -> Any:
    collect = import_module("cautery.intake.capturing.collect")
    settings = import_module("django.conf").settings
    recorder = import_module("cautery.fetch.recorder").recorder_for(unit, scratch)
    policy = collect.FULL if media else collect.PAGES_ONLY
    clock = "the machine's, UTC" if not settings.CLOCK_URL else f"the rehearsal's, {settings.CLOCK_URL}"
    made = collect.Collector(
        recorder, policy, collector or f"account:{os.getuid()}", unit, clock, settings.RDAP_BASE.rstrip("/")
    )
    made.browser = _browser(recorder, stack, wanted=browser)
    return made


def _browser(recorder: Any, stack: ExitStack, *, wanted: bool) -> Any:
    """A running browser, or why there is none."""
    absent = import_module("cautery.core.evidence.berkeley").Missing
    if not wanted:
        return absent("no browser was asked for (--no-browser)")
    start = import_module("cautery.fetch.browser").browser
    limits = recorder.limits
    try:
        return stack.enter_context(
            start(
                recorder.dialler,
                user_agent=recorder.user_agent,
                now=recorder.now,
                timeout_s=limits.timeout_s,
                max_bytes=limits.max_bytes,
            )
        )
    except Unreachable as error:
        typer.echo(f"cautery: {error.message}", err=True)
        return absent(error.message)


def _packed(made: Any, urls: Sequence[str], out: Path, scratch: Path) -> dict[str, Any]:
    """The package of these addresses, and what became of each; a full disk leaves no package."""
    wacz = import_module("cautery.core.evidence.wacz")
    at: datetime = made.recorder.now()
    name = f"capture-{at:%Y%m%dT%H%M%SZ}"
    target = _free(out, name)
    taken = made.collect(urls)
    try:
        draft = wacz.Draft(scratch, at, import_module("cautery.intake.capturing.collect").software())
        kept = [draft.add(one) for one in taken]
        package = draft.finish(target, title=f"Capture of {len(urls)} addresses")
        draft.close()
    except OSError as error:
        reason = "disk_full" if error.errno in FULL_DISK else "not_written"
        typer.echo(
            f"cautery: Nothing was kept: {error.strerror}. Make room in {out}, or name another: --out.", err=True
        )
        rows = [{"url": one.url, "state": "failed", "reason": reason} for one in taken]
        return {"package": None, "captures": rows}
    rows = [one.row() | {"title": one.title, "missing": missing(one.said["checklist"])} for one in kept]
    value = {"package": {"path": str(target), "sha256": package.sha256, "size": package.size}, "captures": rows}
    target.with_suffix(".txt").write_text(_summary(value) + "\n")
    return value


def _free(out: Path, name: str) -> Path:
    """A name nothing has yet: a package is never written over."""
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

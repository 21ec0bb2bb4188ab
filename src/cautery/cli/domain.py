"""`cautery domain`: what registries, the DNS and its site say of a domain; what it may come back as."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import ada_url
import typer

from cautery.cli.ground import DATA_OPTION, JSON_OPTION, say, set_up, set_up_briefly, told
from cautery.core.domains import as_shown, lookalikes, parse
from cautery.core.domains.bootstrap import NAME
from cautery.core.errors import FileRefused

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Ask and read what is said of a domain.")
USUAL = Path("var/data")
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


@app.command("look")
def look(
    name: Annotated[str, typer.Argument(help="The domain, or a link to it.")],
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Ask everything about a domain at once: its registry, the DNS, its certificate, the networks it answers from.

    Each part stands for itself: what could not be told says why, and the others are told. Nothing is kept.

    Example: cautery domain look example.org
    """
    asked = _name(name)
    with told(), set_up_briefly(data or USUAL):
        settings = import_module("django.conf").settings
        if not settings.DOMAIN_ASKS:
            raise FileRefused(
                "Nothing may be asked about domains.",
                reason="not_asked",
                hint="CAUTERY_DOMAIN_ASKS says what may be; a rehearsal asks what CAUTERY_RDAP_BASE and CAUTERY_DNS name.",
            )
        fetch, inquiry, telling = (
            import_module(one)
            for one in ("cautery.fetch", "cautery.watch.domains.asking.inquiry", "cautery.watch.domains.telling")
        )
        if sys.stderr.isatty():
            typer.echo(f"Asking {', '.join(sorted(settings.DOMAIN_ASKS))} about {asked} ...", err=True)
        (seen,) = inquiry.inquire([asked], inquiry.means(fetch.fetcher()), fetch.clock().now())
        record = as_shown(seen.record, seen.site)
        said = {"name": asked} | record.as_dict() | {"source": seen.source} | telling.told_of(record, seen.site)
        lines = [f"{asked}: {record.state}, {record.ground} [{seen.source}]", *_facts(said), *telling.lines_of(said)]
    say(said, as_json=as_json, text="\n  ".join(lines))


def _name(text: str) -> str:
    """The host of a link or a name in any alphabet, as DNS has it; `BadParameter` where it is none."""
    host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
    try:
        plain = str(ada_url.idna_to_ascii(host.rstrip(".")).decode()).lower()
    except (ValueError, UnicodeError):
        plain = ""
    if not NAME.fullmatch(plain) or "." not in plain or plain.rpartition(".")[2].isdecimal():
        raise typer.BadParameter(f"{text[:100]!r} is no domain.", param_hint="NAME")
    return plain


def _facts(said: dict[str, Any]) -> Iterator[str]:
    """What the registry has, a line each."""
    if said["registrar"]:
        yield f"registrar: {said['registrar']}"
    dates = [f"{what} {said[what][:10]}" for what in ("created", "updated", "expires") if said[what]]
    if dates:
        yield ", ".join(dates)
    if said["nameservers"]:
        yield f"name servers, by the registry: {' '.join(said['nameservers'])}"


@app.command("bootstrap")
def bootstrap(
    refresh: Annotated[bool, typer.Option("--refresh", help="Fetch IANA's lists anew.")] = False,
    files: Annotated[
        list[Path] | None, typer.Option("--from", help="Take a list from this file (again for more).")
    ] = None,
    more: Annotated[list[Path] | None, typer.Argument(help="Further files, after --from.")] = None,
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Show which lists of RDAP services are used (RFC 9224): when published, how many services; take newer ones.

    Stops with 1 when a list was not taken; the one in use stands.

    Example: cautery domain bootstrap --refresh
    """
    given = [*(files or ()), *(more or ())]
    if more and not files:
        raise typer.BadParameter("Files come after --from.", param_hint="--from")
    wrong = []
    with told():
        if refresh or given:
            set_up(data, migrate=False)
            services = import_module("cautery.watch.domains.asking.services")
            results = services.refresh(import_module("cautery.fetch").fetcher()) if refresh else []
            results += [_taken(services, file) for file in given]
            wrong = [one.problem for one in results if one.problem]
            for one in results:
                typer.echo(one.said, err=True)
            rows = services.sources()
        else:
            with set_up_briefly(data or USUAL):
                rows = import_module("cautery.watch.domains.asking.services").sources()
    lines = [
        f"{r['kind']:5} {r['publication']:%Y-%m-%d}  {r['services']:>4} services, {r['entries']:>5} entries  {r['from']}"
        + "".join(f"\n      {problem}" for problem in r["problems"])
        for r in rows
    ]
    base = import_module("django.conf").settings.RDAP_BASE
    if base:
        lines.append(f"CAUTERY_RDAP_BASE is set: {base} is asked about everything.")
    say(rows, as_json=as_json, text="\n".join(lines))
    if wrong:
        raise typer.Exit(1)


def _taken(services: Any, file: Path) -> Any:
    """A list from a file: taken, or why not."""
    try:
        return services.take(read_bytes(str(file)))
    except FileRefused as refused:
        return services.Refreshed("", f"{file}: not taken. {refused.message}", problem=refused.message)

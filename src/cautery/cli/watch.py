"""`cautery watch`: put what was decided on under watch, list it, and say why it says what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from hashlib import file_digest
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from cautery.cli.domain import read_bytes
from cautery.cli.ground import DATA_OPTION, JSON_OPTION, say, set_up, told
from cautery.core.actors import Permission, system
from cautery.core.domains import lookalikes, parse
from cautery.core.errors import FileRefused
from cautery.core.kinship import like_handles

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Put what was decided on under watch.")
ACTOR = system("cli", Permission.WATCH_WATCH_BEGIN)
READER = system("cli", Permission.INTAKE_OPERATION_READ)
DOMAIN = re.compile(
    r"(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})", re.IGNORECASE
)
NAMES = re.compile(r"(?:\*\.)?((?:[\w](?:[\w-]{0,61}[\w])?\.)+[^\W\d_][\w-]{1,62})")
LINE_LIMIT = 65_536
SHOWN = 50


@app.callback()
def watch() -> None:
    """Watches: on accounts, content, domains and files already decided on; never on a person at large."""


@app.command("add")
def add(
    subject: Annotated[str, typer.Argument(help="A link to an object of the register, a domain, or a file.")],
    ground: Annotated[str, typer.Option(help="Why: the decision it rests on.")],
    by: Annotated[str, typer.Option("--by", help="Who asks.")],
    seconded_by: Annotated[str, typer.Option(help="The second person who agreed; never the same.")],
    days: Annotated[int, typer.Option(min=1, max=730, help="For how long.")] = 180,
    only: Annotated[
        list[str] | None,
        typer.Option(
            help="Only this way (again for more): same_place, out_link, search, copy, likeness, feed, domain."
        ),
    ] = None,
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Put an account, content, a domain or a file under watch, on a ground, for a time. What runs already stays as it is.

    Example: cautery watch add example.org --ground "Decision 12 of 2 March" --by "A. Officer" --seconded-by "B. Officer"
    """
    with told(seal=True):
        set_up(data)
        actions, models, queries = (import_module(f"cautery.watch.{name}") for name in ("actions", "models", "queries"))
        what, name = _subject(subject)
        now = import_module("cautery.fetch").clock().now()
        scope = _ways(only or [], models.Way)
        asked = actions.Asked(models.What(what), name, ground, seconded_by, now + timedelta(days=days), scope)
        begun = queries.row_of(actions.begin_watch(asked, asker=by, by=ACTOR, at=now))
    text = f"Watch {begun['watch']} on {begun['what']} {begun['subject']}, until {begun['expires_at']:%Y-%m-%d}."
    if what == "item" and begun["url"] is None and not begun["closed"]:
        text += " The register does not hold it: what comes in is compared with its name."
    if what == "domain" and not import_module("django.conf").settings.DOMAIN_ASKS:
        text += " Nobody is asked about domains here (CAUTERY_DOMAIN_ASKS): give answers with cautery watch observe."
    say(begun, as_json=as_json, text=text)


def _ways(asked: list[str], ways: Any) -> tuple[Any, ...]:
    """The ways a watch may use; `BadParameter` names one that is none."""
    unknown = [one for one in asked if one not in ways.values]
    if unknown:
        raise typer.BadParameter(f"{unknown[0]} is none of {', '.join(ways.values)}.", param_hint="--only")
    return tuple(ways(one) for one in dict.fromkeys(asked))


@app.command("end")
def end(
    subject: Annotated[str, typer.Argument(help="The watch: its number, link, domain, file or SHA-256.")],
    by: Annotated[str, typer.Option("--by", help="Who ends it.")],
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """End a watch: what it was on is neither searched for nor compared with from now on.

    Example: cautery watch end example.org --by "A. Officer"
    """
    with told(seal=True):
        set_up(data)
        actions, models, queries = (import_module(f"cautery.watch.{name}") for name in ("actions", "models", "queries"))
        found = queries.find_watch(subject if subject.isdecimal() else _subject(subject)[1])
        now = import_module("cautery.fetch").clock().now()
        ended = actions.end([found.pk], models.Ended.PERSON, by=system(by, Permission.WATCH_WATCH_BEGIN), at=now)
        said = queries.row_of(queries.find_watch(str(found.pk)))
    text = f"Watch {found.pk} has ended." if ended else f"Watch {found.pk} had ended before ({said['ended_why']})."
    say(said, as_json=as_json, text=text)


@app.command("observe")
def observe(
    domain: Annotated[str, typer.Argument(help="A domain under watch.")],
    files: Annotated[
        list[Path], typer.Argument(help="Answers about it: RDAP (JSON) or WHOIS (text), the oldest first.")
    ],
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Keep answers that somebody else obtained in a watched domain's timeline, and say what changed.

    Example: cautery watch observe example.org whois.txt
    """
    with told(seal=True):
        set_up(data)
        steps, queries = (import_module(f"cautery.watch.{name}") for name in ("domains.steps", "queries"))
        watch = queries.find_watch(_subject(domain)[1])
        if watch.what != "domain":
            raise FileRefused(f"{domain} is no domain under watch.", reason="not_a_domain")
        now = import_module("cautery.fetch").clock().now()
        records = [(file, parse(read_bytes(str(file)), watch.subject)) for file in files]
        said = [
            {
                "file": str(file),
                "state": str(record.state),
                "events": steps.observe(watch, record, file.name, now + timedelta(microseconds=place)),
            }
            for place, (file, record) in enumerate(records)
        ]
    lines = [f"{one['file']}: {one['state']}" + "".join(f"\n  {event}" for event in one["events"]) for one in said]
    say(said, as_json=as_json, text="\n".join(lines))


@app.command("calendar")
def calendar(
    within: Annotated[int, typer.Option(min=1, help="Days from now.")] = 60,
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Watched domains that expire soon: what may drop, or be renewed.

    Example: cautery watch calendar --within 30
    """
    with told():
        set_up(data)
        now = import_module("cautery.fetch").clock().now()
        rows = import_module("cautery.watch.queries").calendar(now, timedelta(days=within))
    lines = [f"{r['expires']:%Y-%m-%d}  {r['domain']}  {r['state']}  {r['registrar'] or ''}".rstrip() for r in rows]
    say(rows, as_json=as_json, text="\n".join(lines) or f"No watched domain is known to expire within {within} days.")


def _subject(subject: str) -> tuple[str, str]:
    """What is to be watched: `file` and its SHA-256, `domain` and its name, `item` and its identity. `LinkRefused`, `FileRefused`."""
    if re.fullmatch(r"[0-9a-fA-F]{64}", subject):
        return "file", subject.lower()
    if Path(subject).is_file():
        try:
            with Path(subject).open("rb") as stream:
                return "file", file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise FileRefused(f"{subject} cannot be read: {error.strerror}.", reason="not_a_file") from error
    if DOMAIN.fullmatch(subject):
        return "domain", subject.lower().removeprefix("www.")
    return "item", import_module("cautery.intake.rules").object_of(subject).identity


@app.command("list")
def list_(
    ended: Annotated[bool, typer.Option("--ended", help="Those that ended, too.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = SHOWN,
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """List watches, newest first.

    Example: cautery watch list --limit 20
    """
    with told():
        set_up(data)
        queries = import_module("cautery.watch.queries")
        rows = queries.every() if ended else queries.running()
        closed = import_module("cautery.watch.closed").closed_to_view()
        total, shown = rows.count(), [queries.row_of(one, closed) for one in rows[:limit]]
    lines = [
        f"{r['watch']:>7}  {r['what']:6}  until {r['expires_at']:%Y-%m-%d}  {r['url'] or r['subject']}" for r in shown
    ]
    say(shown, as_json=as_json, text="\n".join([*lines, f"{len(shown)} of {total} watches."]))


@app.command("explain")
def explain(
    subject: Annotated[str, typer.Argument(help="The watch: its number, link, domain, file or SHA-256.")],
    candidate: Annotated[str, typer.Argument(help="A handle or domain: would it count as a return, and why?")] = "",
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Say what a watch rests on, what it asks where and when, and what it found, each with its reason.

    Example: cautery watch explain example.org example-news.org
    """
    with told():
        set_up(data)
        queries = import_module("cautery.watch.queries")
        found = queries.find_watch(subject if subject.isdecimal() else _subject(subject)[1])
        said = queries.explained(found)
        if candidate:
            said["candidate"] = _judged(said, candidate, queries, found)
    say(said, as_json=as_json, text="\n".join(_lines(said)))


def _judged(said: dict[str, Any], candidate: str, queries: Any, found: Any) -> dict[str, Any]:
    """Would this handle or domain count, and why; nothing of what is closed to view."""
    if said["closed"]:
        return {"name": candidate, "score": None, "way": None, "reason": "what it is on is closed to view"}
    if said["what"] == "domain":
        way = next((one.way for one in lookalikes(said["subject"], taken=[candidate])), None)
        like = next(iter(queries.domains_like([candidate.lower()], [found])), None)
        reason = like.reason if like is not None else f"{candidate} is not like {said['subject']}"
        return {"name": candidate, "score": like.score if like else 0.0, "way": way, "reason": reason}
    handle = said["subject"].rpartition(":")[2]
    like_ = like_handles(handle, candidate)
    return {"name": candidate, "score": round(like_.score, 3), "way": None, "reason": like_.reason}


def _lines(said: dict[str, Any]) -> Iterator[str]:
    yield f"Watch {said['watch']} on {said['what']} {said['url'] or said['subject']}"
    yield f"  ground: {said['ground']}; asked for by {said['by']}" + (
        f", seconded by {said['seconded_by']}" if said["seconded_by"] else ""
    )
    ended = f"ended {said['ended_at']:%Y-%m-%d} ({said['ended_why']})" if said["ended_at"] else "it runs"
    yield f"  from {said['began_at']:%Y-%m-%d %H:%M} until {said['expires_at']:%Y-%m-%d}; {ended}"
    yield f"  ways: {', '.join(said['scope'])}"
    for search in said["searches"]:
        last = f"last {search['last_at']:%Y-%m-%d %H:%M}" if search["last_at"] else "not yet"
        yield f"  asks {search['provider']} for “{search['words']}”, {search['asked']} times, {last}: {search['why']}"
    for one in said["found"]:
        yield f"  found {one['url']} ({one['way']}, {one['score']:.2f}): {one['reason']}"
    if said["state"] is not None:
        known = said["state"]
        expires = f", expires {known['expires'][:10]}" if known["expires"] else ""
        yield f"  {known['state']} on {known['seen_at']:%Y-%m-%d %H:%M}, by {known['source']}: {known['grounds']}{expires}"
        yield from (f"  {line}" for line in import_module("cautery.watch.domains.telling").lines_of(known))
    for event in said["events"]:
        since = f" (after {event['after']:%Y-%m-%d %H:%M})" if event["after"] else ""
        yield f"  {event['at']:%Y-%m-%d %H:%M}{since}: {event['said']}"
    for lead in said["leads"]:
        yield f"  lead {lead['domain']} ({lead['score']:.2f}, {lead['source']}): {lead['reason']}"
    if not said["found"] and not said["leads"]:
        yield "  found nothing yet"
    if "candidate" in said:
        one = said["candidate"]
        score = "is not compared" if one["score"] is None else f"would score {one['score']:.2f}"
        yield f"  {one['name']} {score}: {one['reason']}"


@app.command("feed")
def feed(
    file: Annotated[
        Path, typer.Argument(help="New certificates or domains: any text with host names in it (CSV, NDJSON, plain).")
    ],
    source: Annotated[str, typer.Option(help="Where the list is from.")] = "",
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Compare a list of new certificates or newly registered domains with the domains under watch; keep what is like one as a lead.

    Example: cautery watch feed new-domains.txt --source "zone files of 3 March"
    """
    with told(seal=True):
        if not file.is_file():
            raise FileRefused(f"{file} is no file.", reason="not_a_file")
        set_up(data)
        actions, queries = (import_module(f"cautery.watch.{name}") for name in ("actions", "queries"))
        watches = queries.watched_domains()
        found = list(queries.domains_like(_names(file), watches))
        now = import_module("cautery.fetch").clock().now()
        new = actions.keep_leads(found, source=(source or file.name)[:100], by=ACTOR, at=now)
    rows = [{"watch": f.watch.pk, "domain": f.domain, "score": f.score, "reason": f.reason} for f in found]
    lines = [f"{r['domain']:40} {r['score']:.2f}  {r['reason']}" for r in rows[:SHOWN]]
    text = "\n".join([*lines, f"{len(rows)} names are like one of {len(watches)} domains under watch; {new} are new."])
    say(rows, as_json=as_json, text=text)


@app.command("lineage")
def lineage(
    operation: Annotated[str, typer.Argument(help="The operation's slug.")],
    data: Annotated[Path | None, DATA_OPTION] = None,
    as_json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Who came after whom: nodes with their generation and lives, links with way, score and reason.

    Example: cautery watch lineage op-specimen --json > lineage.json
    """
    with told():
        set_up(data)
        found = import_module("cautery.intake.queries").get_operation(operation, by=READER)
        said = import_module("cautery.watch.queries").lineage(found)
    urls = {node["item"]: node["url"] for node in said["nodes"]}
    lines = [
        f"{urls[one['from']]} -> {urls[one['to']]} ({one['way']}, {one['score']:.2f}): {one['reason']}"
        for one in said["links"]
    ]
    say(said, as_json=as_json, text="\n".join([*lines, f"{len(lines)} links, {said['generations']} generations."]))


def _names(file: Path) -> Iterator[str]:
    """The host names of a list, each once in a row; a line that is no text is read as far as it is one."""
    last = ""
    with file.open("rb") as stream:
        while line := stream.readline(LINE_LIMIT):
            for found in NAMES.finditer(line.decode("utf-8", "replace")):
                name = found[1].lower()
                if name != last:
                    last = name
                    yield name

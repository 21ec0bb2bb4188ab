"""WHOIS answers, which have no format: lines become entries, entries become fields by what registries call them.

A line may be `key: value`, `key.....: value`, `[key] value`, `a. [key] value`, `Record expires on value`, a heading with
its values indented or listed below. Blocks about people are told from those about the domain by how they begin.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from importlib.resources import files

from .dates import months_first, read_date
from .record import DomainRecord, State
from .states import from_status, marked, plain
from .unread import no_answer, not_found, reserved

BRACKETED = re.compile(r"^(?:[a-z]\.\s*)?\[([^\[\]]{2,40})\]\s*(.*)$")
KEYED = re.compile(r"^([^:：]{1,60}?)[\s.…_]*[:：](?!//)\s*(.*)$")
WIDE = re.compile(r"^(\S[^\t:]{1,38}?)(?:\t+| {3,})(\S.*)$")
SENTENCE = re.compile(
    r"^(?:domain |record |registration )?(?:was |will )?(?P<key>created|registered|activated|last updated|updated|modified|expires?)"
    r"(?: date)?(?: on| at|)\s*[:.]*\s+(?P<value>\W?\d.*|\w{3},? .*\d{4}.*)$",
    re.IGNORECASE,
)
TITLE = re.compile(
    r"^domain(?: name)? [\"']?(?P<name>[\w.-]+\.[\w-]+)[\"']?\s*(?:\((?P<status>[^)]{2,40})\))?\W*$", re.IGNORECASE
)
HOST = re.compile(r"^(?=.{4,253}$)(?:[\w-]{1,63}\.)+[^\W\d][\w-]{1,62}\.?$")
REFERRAL = re.compile(r"^refer:", re.MULTILINE)
NAMED = re.compile(r"^[^\S\n]*domain(?: name)?:\s*(\S+)", re.MULTILINE | re.IGNORECASE)
WORDS = re.compile(r"[\s\"'“”:,!]+")
ZONE = re.compile(r"[^\W\d_]{2,24}|xn--[a-z0-9-]{2,59}")
MAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
LABEL = re.compile(r"[\W_]+")
NUMBER = re.compile(r"(?<=\w)\s*\d+$")
COMMENT = re.compile(r"^\s*(?:%+|#+|;+|\*+(?!\s*\S+:)|//|>>>|<<<|--|==)\s*")
LEGAL = re.compile(
    r"terms of use|^notice:|^the data in|^by submitting|^access to|^this whois|^for more information|^copyright",
    re.IGNORECASE,
)
NAMES = (
    "organization",
    "organisation",
    "org",
    "name",
    "registrar name",
    "org name",
    "organization name",
    "company name",
    "company",
    "nombre",
    "nazwa",
    "organization loc",
)
HANDLE = re.compile(r"[A-Z]+-[A-Z0-9]+|[a-z]{2}\.[a-z0-9-]+|[A-Z0-9]+-REG|REG-[A-Z0-9-]+|[a-z0-9-]+")
SURE = frozenset({"domain status", "domain state", "epp status", "eppstatus", "registry status"})
"""Keys that are the domain's own in whichever block they stand."""
NOTHING = frozenset(
    {"", "-", "--", "n/a", "none", "null", "not disclosed", "redacted for privacy", "not applicable", "unknown"}
)


@dataclass(slots=True)
class Entry:
    """A key with its values, the heading it stands under and what begins its block."""

    key: str
    values: list[str]
    heading: str
    block: str
    inline: bool = field(init=False)
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.inline = bool(self.values)


def read_whois(text: str, asked: str = "") -> DomainRecord:
    """What a WHOIS answer says; `asked` is the name that was looked up, where the caller knows it.

    Nothing, half an answer, or a server that had enough of us is `unknown`; only a plain "no match" is `available`.
    """
    entries = _entries(_last_answer(text))
    found = {
        name: list(_of(entries, name)) for name in ("domain", "registrar", "created", "expires", "updated", "status")
    }
    domain = _domain(found["domain"]) or asked.lower().rstrip(".") or _asked(text)
    servers = tuple(dict.fromkeys(_servers(entries, domain)))
    status = tuple(dict.fromkeys(_statuses(found["status"])))
    dates = _dates(found)
    registrar = _registrar(entries, found["registrar"])
    told = bool(servers or registrar or dates["created"] or dates["expires"])
    state, ground = _state(text, status, servers, told=told, named=bool(_domain(found["domain"])))
    return DomainRecord(
        domain=domain,
        state=state,
        ground=ground,
        status=status if told or state is not State.AVAILABLE else (),
        registrar=registrar,
        abuse_email=_abuse(entries, text),
        created=dates["created"],
        expires=dates["expires"],
        updated=dates["updated"],
        nameservers=servers,
        marks=tuple(dict.fromkeys(_marks(entries))),
    )


def _asked(text: str) -> str:
    """The name in the words that say that nobody has it."""
    names = (word.strip(".").lower() for word in WORDS.split(not_found(text)))
    return next((name for name in names if HOST.match(name)), "")


def _last_answer(text: str) -> str:
    """Of several answers in one text (the root's referral, the registry's, ...) the part from the first about a name below a TLD."""
    if not REFERRAL.search(text):
        return text
    names = [match for match in NAMED.finditer(text) if "." in match[1].strip(".")]
    return text[names[0].start() :] if names else text


def _state(text: str, status: Sequence[str], servers: Sequence[str], *, told: bool, named: bool) -> tuple[State, str]:
    """What the answer says of the domain comes first; then that there is none; then that there was no answer."""
    by_status = from_status(status)
    if told and by_status is not State.AVAILABLE:
        sign, why = marked(by_status, servers, text[:2_000])
        return sign, why or ("status " + ", ".join(status)[:150] if status else "the registry has it")
    if why := no_answer(text):
        return State.UNKNOWN, why
    if why := not_found(text):
        return State.AVAILABLE, f"the registry says “{why}”"
    if by_status is State.AVAILABLE:
        return State.AVAILABLE, "status " + ", ".join(status)
    if why := reserved(text):
        return State.RESERVED, f"the registry says “{why}”"
    if status and named:
        return by_status, "status " + ", ".join(status)[:150]
    return State.UNKNOWN, "nothing in it could be read as an answer about a domain"


def _entries(text: str) -> list[Entry]:
    """The answer as entries, in order; what continues an entry is added to its values."""
    entries: list[Entry] = []
    heading = block = ""
    last: Entry | None = None
    blank = True
    for raw in text.replace("\r", "").expandtabs(8).split("\n"):
        line = raw.strip()
        if not line or not COMMENT.sub("", line).strip():
            blank = True
            continue
        commented = COMMENT.match(raw)
        if commented:
            title = label(COMMENT.sub("", line))
            if title in _blocks():
                heading, block, last, blank = title, title, None, False
                continue
            line = COMMENT.sub("", line) if "***" in raw or raw.lstrip().startswith("**") else ""
            if not line:
                continue
        if LEGAL.match(line) and len(line) > 60:
            last = None
            continue
        entry = _entry(line, raw, heading, block)
        if entry is None:
            if last is not None:
                last.lines.append(line)
                if not last.inline:
                    last.values.append(line)
            blank = False
            continue
        if blank or (not entry.values and entry.key in _blocks()):
            block = entry.block = entry.key
        indented = raw[:1].isspace()
        if not entry.values and (not indented or blank or entry.key in _labels()):
            heading, entry.heading = entry.key, "" if entry.key in _blocks() else entry.heading
        elif blank and ((not indented and last is not None and (last.values or last.lines)) or entry.key in _own()):
            heading = entry.heading = ""
        entries.append(entry)
        last, blank = entry, False
    return entries


def _entry(line: str, raw: str, heading: str, block: str) -> Entry | None:
    """One line as an entry; None where it continues the one before."""
    if (match := TITLE.match(line)) and not raw[:1].isspace():
        values = [match["name"]] + ([f"status={match['status']}"] if match["status"] else [])
        return Entry("domain", values, "", "domain")
    if match := SENTENCE.match(line):
        return Entry(label(match["key"]), [match["value"].strip()], "", "domain")
    if match := BRACKETED.match(line):
        return Entry(label(match[1]), _values(match[2]), heading, block)
    if (match := KEYED.match(line)) and len(match[1].split()) <= 8:
        key = label(match[1])
        if key and (key in _labels() or not MAIL.search(match[1])):
            return Entry(key, _values(match[2]), heading, block)
    if (match := WIDE.match(line)) and label(match[1]) in _labels():
        return Entry(label(match[1]), _values(match[2]), heading, block)
    if label(line) in _labels() and not raw[:1].isspace():
        return Entry(label(line), [], heading, block)
    return None


def label(text: str) -> str:
    """A key as the tables have it: lower case, words apart by one blank, no punctuation, no number at its end."""
    return NUMBER.sub("", LABEL.sub(" ", text.lower()).strip())


def _values(text: str) -> list[str]:
    text = text.strip()
    return [text] if text else []


def _of(entries: Sequence[Entry], name: str) -> Iterator[str]:
    """Values of a field, in order: those of the domain's own blocks, then what only looks like another's."""
    strict = list(_in_own_blocks(entries, name))
    yield from strict
    if strict or name not in {"created", "expires"}:
        return
    for entry in entries:
        # People do not expire; and what names the domain in its key is the domain's, wherever it stands.
        if entry.key in _tables()[name] and (
            name == "expires" or "domain" in entry.key or entry.block in _tables()["registrar_blocks"]
        ):
            yield from (value for value in entry.values if value.lower() not in NOTHING)


def _in_own_blocks(entries: Sequence[Entry], name: str) -> Iterator[str]:
    names, contacts, registrars = _tables()[name], _tables()["contacts"], _tables()["registrar_blocks"]
    for entry in entries:
        if name == "domain" and entry.heading in _tables()["domain"] and entry.key == "name":
            yield from entry.values
        if name == "status" and entry.key == "domain":
            yield from (value.removeprefix("status=") for value in entry.values if value.startswith("status="))
        if entry.block == "server name":  # other names that begin with this one
            continue
        if entry.key not in names:
            continue
        if entry.key not in SURE and (
            entry.heading in contacts or (entry.block in contacts and entry.block not in registrars)
        ):
            continue
        if (
            name != "registrar"
            and entry.key not in SURE
            and (entry.heading in registrars or entry.block in registrars)
            and entry.key != entry.block
        ):
            continue
        yield from (value for value in entry.values if value.lower() not in NOTHING)


def _domain(values: Sequence[str]) -> str:
    for value in values:
        name = value.split()[0].strip("\"'.,()").lower() if value.split() else ""
        if HOST.match(name):
            return name.rstrip(".")
    return next((value.lower() for value in values if ZONE.fullmatch(value.lower())), "")


def _dates(found: dict[str, list[str]]) -> dict[str, datetime | None]:
    """Created, expires, updated: the first value of each that is a date, read as the whole answer writes them."""
    names = ("created", "expires", "updated")
    month_first = months_first([value for name in names for value in found[name]])
    moments = {name: (read_date(value, month_first=month_first) for value in found[name]) for name in names}
    return {name: next((moment for moment in each if moment is not None), None) for name, each in moments.items()}


def _statuses(values: Iterable[str]) -> Iterator[str]:
    for value in values:
        cleaned = plain(value)
        parts = re.split(r"\s*[,;|]\s*", cleaned)
        several = len(parts) > 1 and all(re.fullmatch(r"[A-Za-z]+(?: [A-Za-z]+){0,3}", part) for part in parts)
        yield from (part for part in (parts if several else [cleaned]) if part)


def _servers(entries: Iterable[Entry], domain: str) -> Iterator[str]:
    names = _tables()["nameservers"]
    for entry in entries:
        under = entry.heading in names
        if entry.key not in names and not under:
            continue
        if entry.key in {"dns", "hostname", "host name"} and not under and entry.values[:1] == [domain]:
            continue
        for value in [*entry.values, *(line for line in entry.lines if line not in entry.values)]:
            yield from _hosts(value)


def _hosts(value: str) -> Iterator[str]:
    """Host names at the start of a value: one, or several with commas or blanks between; addresses behind them are left."""
    for word in re.split(r"[\s,;|]+", value.lstrip("-*•0123456789). ") if value[:1] in "-*•" else value):
        name = re.sub(r"[\[(].*", "", word).strip("'\"").rstrip(".").lower()
        if HOST.match(name):
            yield name
        elif word and not re.match(r"^[\[(<\d:]|^(ipv[46]|and|ok)\b", word.lower()):
            return


def _registrar(entries: Sequence[Entry], values: Sequence[str]) -> str:
    """Its name: given outright, or the name in the block about it where what is given is only its handle."""
    blocks = _tables()["registrar_blocks"]
    inside = [entry for entry in entries if entry.heading in blocks or entry.block in blocks]
    names = (entry.values[0] for key in NAMES for entry in inside if entry.key == key and entry.values)
    named = next(names, "")
    for value in values:
        cleaned = re.sub(r"\s*\(\s*(?:https?:|www)[^)]*\)", "", value).strip()
        if cleaned and not cleaned.lower().startswith(("http", "url:", "www.")):
            return named if named and HANDLE.fullmatch(cleaned) else cleaned
    return named


def _abuse(entries: Iterable[Entry], text: str) -> str:
    """The first address under a key or a heading that says abuse."""
    names = _tables()["abuse"]
    for entry in entries:
        if entry.key in names or (
            "abuse" in f"{entry.key} {entry.heading}" and entry.heading not in _tables()["contacts"]
        ):
            for value in entry.values:
                if match := MAIL.search(value):
                    return match[0].strip(".").lower()
    stated = re.search(r"abuse contact for .{0,80}? is '?([\w.+%-]+@[\w.-]+\w)", text, re.IGNORECASE)
    return stated[1].lower() if stated else ""


def _marks(entries: Iterable[Entry]) -> Iterator[str]:
    for entry in entries:
        if (
            entry.key in {"registrant id", "registrant", "registrant handle", "holder c", "registrant c"}
            and entry.values
        ):
            yield "handle:" + entry.values[0].lower()
        if (
            entry.key
            in {"registrant organization", "registrant organisation", "org", "registrant contact organisation"}
            and entry.values
        ):
            yield "org:" + " ".join(entry.values[0].lower().split())


@lru_cache(maxsize=1)
def _tables() -> dict[str, frozenset[str]]:
    tables = tomllib.loads(files(__package__).joinpath("labels.toml").read_text("utf-8"))
    return {name: frozenset(label(word) for word in words) for name, words in tables.items()}


@lru_cache(maxsize=1)
def _labels() -> frozenset[str]:
    return frozenset().union(*_tables().values())


@lru_cache(maxsize=1)
def _own() -> frozenset[str]:
    return frozenset().union(*(_tables()[name] for name in ("domain", "created", "expires", "status", "nameservers")))


@lru_cache(maxsize=1)
def _blocks() -> frozenset[str]:
    return _tables()["contacts"] | _tables()["registrar_blocks"]

"""Authorities and providers as a table (CSV): columns by name, each row checked, what does not hold named by its line.

    CSV -> read_entries -> Sheet(what, entries with line and fields, refused with line and reason)

An empty cell says nothing: it leaves what is known as it is. Lists in a cell are words (roles, languages, hosts) or parted by `;`.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cautery.core.errors import Refused, RowRefused
from cautery.core.instruments.kinds import KINDS, Limits

What = Literal["authorities", "providers"]

MOST = 20_000
"""Rows of a table that are read."""
CELL = 2_000
"""Letters of a cell."""
ROLES = {
    "a": "issue", "issue": "issue", "issuing": "issue", "removal orders": "issue",
    "b": "scrutinise", "scrutinise": "scrutinise", "scrutinize": "scrutinise", "scrutiny": "scrutinise",
    "c": "measures", "measures": "measures", "specific measures": "measures", "oversight": "measures",
    "d": "penalties", "penalties": "penalties", "penalty": "penalties",
}  # fmt: skip
"""The four roles of Art 12(1)(a) to (d) of Regulation (EU) 2021/784, as tables write them."""
ALIASES = {
    "authority": "name", "competent_authority": "name", "provider": "name", "member_state": "state", "country": "state",
    "e_mail": "email", "mail": "email", "telephone": "phone", "role": "roles", "language": "languages",
    "contact_point": "contact_points", "main_establishment": "home_state", "representative": "legal_representative",
    "url": "portal", "id": "slug", "host": "hosts",
}  # fmt: skip
YES, NO = frozenset({"1", "true", "yes", "x"}), frozenset({"0", "false", "no", "-"})
ROLE = re.compile(r"(?:art\.?\s*)?(?:12\s*\(1\)\s*)?\(?([a-d])\)?")
CONTACT = re.compile(r"(\S+)(?:\s*\(([^()]{1,200})\))?")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: its line in the file, its slug, and the fields it gives."""

    line: int
    slug: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as read. `unknown` are columns nobody knows: they are passed over, and said."""

    what: What
    entries: tuple[Entry, ...]
    refused: tuple[RowRefused, ...]
    unknown: tuple[str, ...]


def _of_kind(kind: str) -> Callable[[str], Any]:
    return lambda text: KINDS[kind].read(text, Limits(longest=CELL))


_plain = _of_kind("text")


def _words(one: Callable[[str], Any]) -> Callable[[str], list[Any]]:
    return lambda text: list(dict.fromkeys(one(word) for word in re.split(r"[\s,;]+", text) if word))


def _role(text: str) -> str:
    word = " ".join(text.lower().split())
    lettered = ROLE.fullmatch(word)
    found = ROLES.get(lettered[1] if lettered else word)
    if found is None:
        raise Refused(f"{text[:40]!r} is none of the four roles of Art 12(1)", reason="role")
    return found


def _roles(text: str) -> list[str]:
    """Roles parted by `;` or `,`, or one word each."""
    parts = re.split(r"[;,]", text) if re.search(r"[;,]", text) else [text]
    try:
        found = [_role(part) for part in parts if part.strip()]
    except Refused:
        found = [_role(part) for part in re.split(r"[;,\s]+", text) if part]
    return list(dict.fromkeys(found))


def _contacts(text: str) -> list[dict[str, str]]:
    """`tco@p.example (its terms); https://p.example/law`: addresses, each with where it is published."""
    found = []
    for part in (part.strip() for part in text.split(";")):
        matched = CONTACT.fullmatch(part)
        if matched is None:
            raise Refused(
                f"{part[:60]!r} is no contact point: an address, then its source in brackets", reason="contact"
            )
        address, source = matched[1], matched[2] or ""
        KINDS["email" if "@" in address else "url"].read(address, Limits())
        found.append({"address": address, "source": source})
    return found


def _choice(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        word = text.lower().replace(" ", "_")
        if word not in words:
            raise Refused(f"{text[:40]!r} is none of: {', '.join(words)}", reason="not_a_choice")
        return word

    return read


def _flag(text: str) -> bool:
    if text.lower() not in YES | NO:
        raise Refused(f"{text[:40]!r} is neither yes nor no", reason="not_yes_or_no")
    return text.lower() in YES


def _count(text: str) -> int:
    if not re.fullmatch("[1-9][0-9]{0,5}", text):
        raise Refused(f"{text[:40]!r} is no number from 1", reason="not_a_number")
    return int(text)


Readers = Mapping[str, Callable[[str], Any]]
AUTHORITIES: Readers = {
    "slug": _plain, "name": _plain, "state": _of_kind("country"), "kind": _choice("judge", "law_enforcement", "other"),
    "roles": _roles, "languages": _words(_of_kind("language")), "address": _plain, "phone": _plain, "fax": _plain,
    "email": _of_kind("email"), "feedback_contact": _plain, "representative_name": _plain, "representative_post": _plain,
    "redress_body": _plain, "redress_period": _of_kind("period"), "redress_from": _plain,
    "national_provisions": _of_kind("url"), "coordinator": _plain, "warrant_needed": _flag,
}  # fmt: skip
PROVIDERS: Readers = {
    "slug": _plain, "name": _plain, "kind": _plain, "hosts": _words(str.lower), "rdap_handles": _words(_plain),
    "channel": _choice("api", "mail", "portal"), "api_base": _of_kind("url"), "email": _of_kind("email"),
    "languages": _words(_of_kind("language")), "max_batch": _count, "home_state": _of_kind("country"),
    "home_state_basis": _choice("main_establishment", "legal_representative"), "legal_name": _plain,
    "legal_representative": _plain, "contact_points": _contacts, "portal": _of_kind("url"), "terms_provision": _plain,
}  # fmt: skip
COLUMNS: Mapping[What, Readers] = {"authorities": AUTHORITIES, "providers": PROVIDERS}


def read_entries(data: bytes, what: What | None = None) -> Sheet:
    """Read a table; which of the two it is, its columns say where it is not given. RowRefused where it is no such table at all."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise RowRefused("The file is not UTF-8 text.", reason="not_utf8") from wrong
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        heads = [_column(head) for head in next(rows, [])]
        kind = what or _which(heads)
        return _read(rows, heads, kind)
    except csv.Error as wrong:
        raise RowRefused(f"Line {rows.line_num} is no CSV: {wrong}.", reason="not_csv", line=rows.line_num) from wrong


def _delimiter(text: str) -> str:
    head = text.lstrip("\r\n").split("\n", 1)[0]
    return max(",;\t", key=head.count)


def _column(head: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", head.strip().lower()).strip("_")
    return ALIASES.get(name, name)


def _which(heads: Iterable[str]) -> What:
    own = {what: len(set(heads) & (readers.keys() - _SHARED)) for what, readers in COLUMNS.items()}
    if own["authorities"] == own["providers"]:
        raise RowRefused(
            "The columns are neither those of authorities nor those of providers.",
            reason="columns",
            hint=f"Authorities: {', '.join(AUTHORITIES)}. Providers: {', '.join(PROVIDERS)}.",
        )
    return "authorities" if own["authorities"] > own["providers"] else "providers"


_SHARED = AUTHORITIES.keys() & PROVIDERS.keys()


def _read(rows: Any, heads: list[str], what: What) -> Sheet:
    entries: list[Entry] = []
    refused: list[RowRefused] = []
    seen: dict[str, int] = {}
    below = rows.line_num
    for number, cells in enumerate(rows):
        line, below = below + 1, rows.line_num
        if number >= MOST:
            refused.append(RowRefused(f"Line {line}: at most {MOST} rows are read.", reason="too_many", line=line))
            break
        if not any(cell.strip() for cell in cells):
            continue
        try:
            entry = _entry(line, dict(zip(heads, cells, strict=False)), len(cells) - len(heads), COLUMNS[what])
            _only_once(entry, seen)
        except Refused as wrong:
            message = f"Line {line}: {wrong.message.rstrip('.')}."
            refused.append(RowRefused(message, reason=wrong.reason, line=line))
            continue
        entries.append(entry)
    unknown = tuple(head for head in heads if head and head not in COLUMNS[what])
    return Sheet(what, tuple(entries), tuple(refused), unknown)


def _only_once(entry: Entry, seen: dict[str, int]) -> None:
    if seen.setdefault(entry.slug, entry.line) != entry.line:
        raise Refused(f"{entry.slug} stands in line {seen[entry.slug]} already", reason="twice")


def _entry(line: int, cells: Mapping[str, str], surplus: int, readers: Readers) -> Entry:
    if surplus > 0:
        raise Refused(f"it has {surplus} cells more than there are columns", reason="cells")
    fields: dict[str, Any] = {}
    for name, read in readers.items():
        cell = unicodedata.normalize("NFC", cells.get(name, "")).strip()
        if len(cell) > CELL:
            raise Refused(f"{name} is longer than {CELL} letters", reason="too_long")
        if cell:
            fields[name] = _cell(name, cell, read)
    slug = _slug(fields.pop("slug", "") or f"{fields.get('name', '')} {fields.get('state', '')}")
    if not slug:
        raise Refused("it has neither slug nor name", reason="nameless")
    return Entry(line, slug, fields)


def _cell(name: str, cell: str, read: Callable[[str], Any]) -> Any:
    try:
        return read(cell)
    except Refused as wrong:
        said = wrong.message if cell[:20] in wrong.message else f"{cell[:60]!r} {wrong.message}"
        raise Refused(f"{name}: {said}", reason=wrong.reason) from wrong


def _slug(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].rstrip("-")

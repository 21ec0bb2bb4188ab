"""Lists of known content as others send them: CSV with or without a header, NDJSON; columns by their names or by what is in them.

read(text) -> Known | RowRefused, a row each, in order

A hash is hex (any case, `0x` or `sha256:` before it) or base64 of its bytes. Where no header names a column of 64 hex
digits it is PDQ if most values have exactly half their bits set, as a hash cut at the median has, and SHA-256 if not:
of random bits one value in twenty has. A row that cannot be taken costs only itself.
"""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any

from cautery.core.errors import FileRefused, RowRefused

BYTES = {"md5": 16, "sha1": 20, "sha256": 32, "pdq": 32}
MIN_QUALITY = 50
"""Below this PDQ quality a picture is too flat to be told from others (Meta's PDQ paper, same threshold)."""
HANDLING = {"": "amber", "clear": "clear", "white": "clear", "green": "green", "amber": "amber"}
HANDLING |= {"amberstrict": "amber_strict", "red": "red"}
"""Codes of the Traffic Light Protocol (FIRST, 2.0), without TLP: and punctuation; a list that says nothing is amber."""

_ALIASES = {
    "label": ("label", "title", "name", "description", "comment"),
    "kind": ("kind", "media_type", "content_type"),
    "source": ("source", "origin", "provider"),
    "outlet": ("outlet", "organisation", "organization", "publisher"),
    "severity": ("severity", "threat_level", "priority"),
    "handling": ("handling", "tlp", "share_level", "marking"),
    "valid_from": ("valid_from", "first_seen", "not_before"),
    "valid_until": ("valid_until", "expires", "expire_time", "not_after"),
    "reference": ("reference", "id", "uuid", "ref"),
    "quality": ("quality", "pdq_quality"),
    "md5": ("md5", "hash_md5"),
    "sha1": ("sha1", "hash_sha1"),
    "sha256": ("sha256", "hash_sha256"),
    "pdq": ("pdq", "hash_pdq", "pdq_hash"),
    "track": ("track", "vpdq", "frames"),
    "type": ("type", "hash_type", "signal_type", "algorithm", "indicator_type"),
    "value": ("value", "hash", "hash_value", "indicator", "signal", "digest"),
}
_NAMES = {alias: name for name, aliases in _ALIASES.items() for alias in aliases}
_HEX = {32: "md5", 40: "sha1", 64: "sha256"}
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Known:
    """One row of a list of known content; hashes in hex or a `track`, at least one. `severity` 0 (not said) to 4.

    `handling` is one of HANDLING's values; `track` a video's frames as `core.fingerprints.tracks` reads them, still as text.
    """

    line: int
    label: str
    kind: str
    source: str
    sha256: str = ""
    pdq: str = ""
    md5: str = ""
    sha1: str = ""
    track: str = ""
    outlet: str = ""
    severity: int = 0
    handling: str = "amber"
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    reference: str = ""


def read(text: str, source: str = "") -> Iterator[Known | RowRefused]:
    """The rows of a list, each as what is known or as why it cannot be taken; FileRefused where nothing looks like a hash.

    `source` stands for what the rows do not say.
    """
    text = text.removeprefix("\ufeff")
    if text.lstrip().startswith(("{", "[")):
        return (_taken(line, row, source) for line, row in _objects(text))
    return (_taken(line, row, source) for line, row in _cells(text))


def _taken(line: int, row: Mapping[str, Any] | None, source: str) -> Known | RowRefused:
    if row is None:
        return RowRefused(f"Line {line}: not a JSON object.", reason="not_a_row", line=line)
    try:
        return _known(line, row, source)
    except RowRefused as error:
        return error


def _objects(text: str) -> Iterator[tuple[int, Mapping[str, Any] | None]]:
    """NDJSON, or one JSON array of objects."""
    if text.lstrip().startswith("["):
        try:
            rows = json.loads(text)
        except ValueError as error:
            raise FileRefused(f"The list is not whole JSON: {error}.", reason="not_json") from error
        numbered: Iterable[tuple[int, Any]] = enumerate(rows, 1)
    else:
        numbered = ((line, _object(row)) for line, row in enumerate(text.splitlines(), 1) if row.strip())
    for line, row in numbered:
        if not isinstance(row, dict):
            yield line, None
        else:
            yield line, {_name(str(key)): value for key, value in row.items()}


def _object(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _cells(text: str) -> Iterator[tuple[int, Mapping[str, Any] | None]]:
    lines = [line for line in text.splitlines()[:_LOOKED_AT] if line.strip()]
    if not lines:
        return
    delimiter = max(",;\t|", key=lambda mark: min(line.count(mark) for line in lines[:20]))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows = ((reader.line_num, row) for row in _whole(reader) if any(cell.strip() for cell in row))
    start = list(islice(rows, _LOOKED_AT))
    columns, has_header = _columns([row for _, row in start])
    for line, row in chain(start[has_header:], rows):
        yield line, dict(zip(columns, row, strict=False))


def _whole(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as error:
        raise FileRefused(f"The list cannot be read as CSV: {error}.", reason="not_csv") from error


def _columns(rows: Sequence[Sequence[str]]) -> tuple[list[str], bool]:
    """The name of each column, and whether the first row was a header."""
    header = [_name(cell) for cell in rows[0]]
    if not any(_shape(cell) for cell in rows[0]) and any(name in (*BYTES, "value", "track") for name in header):
        return header, True
    has_header = not any(_shape(cell) for cell in rows[0]) and len(rows) > 1
    width = max(map(len, rows))
    names = [_named_by_shape([row[at] for row in rows[has_header:] if at < len(row)]) for at in range(width)]
    if not any(name in BYTES for name in names):
        raise FileRefused(
            f"No column holds hashes: name one {', '.join(BYTES)}, or value with type beside it.",
            reason="no_hash_column",
        )
    if has_header:
        names = [found or given for found, given in zip(names, [*header, *[""] * width], strict=False)]
    elif "label" not in names:
        names = [name or ("label" if at == names.index("") else "") for at, name in enumerate(names)]
    return names, has_header


def _named_by_shape(cells: Sequence[str]) -> str:
    """What kind of hash most cells of a column are; empty when none."""
    shapes = [shape for shape in map(_shape, cells) if shape]
    if not shapes or 2 * len(shapes) < len(cells):
        return ""
    shape = max(set(shapes), key=shapes.count)
    if shape != "sha256":
        return shape
    values = [int(_bare(cell), 16) for cell in cells if _shape(cell) == "sha256"]
    halves = sum(value.bit_count() == 8 * BYTES["pdq"] // 2 for value in values)
    return "pdq" if 2 * halves > len(values) else "sha256"


def _shape(cell: str) -> str:
    bare = _bare(cell)
    return _HEX.get(len(bare), "") if re.fullmatch(r"[0-9a-f]+", bare) else ""


def _bare(text: str) -> str:
    return re.sub(r"^(?:0x|(?:md5|sha-?1|sha-?256|pdq)[:=])", "", text.strip().strip("'\"").lower())


def _name(text: str) -> str:
    word = re.sub(r"[^a-z0-9]+", "_", text.strip().lower()).strip("_")
    return _NAMES.get(word) or _NAMES.get(word.replace("_", ""), word)


def _known(line: int, row: Mapping[str, Any], source: str) -> Known:
    said = {key: str(value).strip() for key, value in row.items() if value is not None}
    if kind := _kind(said.get("type", ""), said.get("value", "")):
        said[kind] = said["value"]
    hashes = {name: _hash(line, name, said.get(name, "")) for name in BYTES}
    track = said.get("track", "")
    if not track and not any(hashes.values()):
        raise RowRefused(f"Line {line}: no {', no '.join(BYTES)}.", reason="no_hash", line=line)
    if hashes["pdq"] and said.get("quality", "").isdigit() and int(said["quality"]) < MIN_QUALITY:
        raise RowRefused(
            f"Line {line}: a PDQ of quality {said['quality']} is too flat.", reason="low_quality", line=line
        )
    handling = re.sub(r"tlp|[^a-z]", "", said.get("handling", "").lower())
    if handling not in HANDLING:
        raise RowRefused(f"Line {line}: no handling code {said['handling']!r}.", reason="bad_handling", line=line)
    first = next((value for value in hashes.values() if value), track)
    return Known(
        line,
        label=said.get("label", "") or first[:16],
        kind=said.get("kind", ""),
        source=said.get("source", "") or source,
        **hashes,
        track=track,
        outlet=said.get("outlet", ""),
        severity=_severity(line, said.get("severity", "")),
        handling=HANDLING[handling],
        valid_from=_moment(line, "valid_from", said.get("valid_from", "")),
        valid_until=_moment(line, "valid_until", said.get("valid_until", "")),
        reference=said.get("reference", ""),
    )


def _kind(said: str, value: str) -> str:
    """Which hash `value` is, by what its row says or else by its shape."""
    word = _name(said)
    return (word if word in BYTES else _shape(value)) if value else ""


def _hash(line: int, name: str, text: str) -> str:
    """The hash in hex; empty where there is none."""
    bare, size = _bare(text), BYTES[name]
    if not bare or re.fullmatch(rf"[0-9a-f]{{{2 * size}}}", bare):
        return bare
    try:
        value = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        value = b""
    if len(value) != size:
        raise RowRefused(f"Line {line}: {name} is not {size} bytes of hex.", reason=f"bad_{name}", line=line)
    return value.hex()


def _severity(line: int, text: str) -> int:
    if not text:
        return 0
    if not text.isdigit() or int(text) > 4:
        raise RowRefused(f"Line {line}: a severity is 0 to 4, not {text[:20]!r}.", reason="bad_severity", line=line)
    return int(text)


def _moment(line: int, name: str, text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise RowRefused(
            f"Line {line}: {name} is no ISO 8601 time: {text[:40]!r}.", reason=f"bad_{name}", line=line
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

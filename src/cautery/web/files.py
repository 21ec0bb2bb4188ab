"""Any list as a file: CSV, NDJSON or Parquet, written while it is read; with pseudonyms of people where it leaves the unit."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse

from cautery.core.actors import Actor
from cautery.core.errors import Refused
from cautery.custody.actions import consult
from cautery.custody.events import Access
from cautery.custody.exports import pseudonyms
from cautery.fetch import clock
from cautery.ground.rows import chunks
from cautery.web.exports import cell

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}
GROUP = 20_000
WHOLE = frozenset(
    {"decisions", "episode", "flags", "item_id", "items", "matches", "max_batch", "notice__item_id", "notices", "pk"}
    | {"removals", "returns", "severity"}
)
"""Fields of whole numbers; Parquet keeps the others as text."""
PEOPLE = frozenset({"owner", "author", "name"})
"""Fields that name a person online; `name` of an outlet too."""

Row = dict[str, Any]


def file_of(
    request: HttpRequest, rows: Iterable[Row], fields: tuple[str, ...], kind: str, name: str, *, by: Actor
) -> StreamingHttpResponse:
    """A list as a download; noted in the log as a copy, or as sent to the recipient the address names with `to`."""
    if kind not in FORMATS:
        raise Refused("A list comes as csv, ndjson or parquet.", reason="format", format=kind)
    recipient = request.GET.get("to", "").strip()[:100]
    access = Access.SEND if recipient else Access.COPY
    consult([f"list:{name}"], by=by, at=clock().now(), why=request.get_full_path()[:500], kind=access, to=recipient)
    told = _told(recipient)
    plain = ({field: told(field, row.get(field)) for field in fields} for row in rows)
    lines = {"csv": _csv, "ndjson": _ndjson, "parquet": _parquet}[kind](plain, fields)
    disposition = f'attachment; filename="{name}.{kind}"'
    return StreamingHttpResponse(lines, content_type=FORMATS[kind], headers={"Content-Disposition": disposition})


def _told(recipient: str) -> Callable[[str, Any], Any]:
    """A value as it leaves: times as RFC 3339, and for a recipient people under their pseudonyms."""
    known = pseudonyms(recipient) if recipient else None

    def told(field: str, value: Any) -> Any:
        if isinstance(value, datetime):
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        if known is None or not isinstance(value, str) or not value:
            return value
        return known.of(value) if field in PEOPLE else known.within(value)

    return told


def _csv(rows: Iterable[Row], fields: tuple[str, ...]) -> Iterator[bytes]:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(fields)
    for some in chunks(rows, 500):
        writer.writerows([cell(value) for value in row.values()] for row in some)
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()
    yield text.getvalue().encode()


def _ndjson(rows: Iterable[Row], _fields: tuple[str, ...]) -> Iterator[bytes]:
    for some in chunks(rows, 500):
        yield "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in some).encode()


def _parquet(rows: Iterable[Row], fields: tuple[str, ...]) -> Iterator[bytes]:
    """All columns as text but whole numbers; a row group at a time."""
    import pyarrow as pa  # noqa: PLC0415 (heavy: loaded by whoever asks for it)
    import pyarrow.parquet as pq  # noqa: PLC0415

    schema = pa.schema([(name, pa.int64() if name in WHOLE else pa.string()) for name in fields])
    sink = _Sink()
    with pq.ParquetWriter(sink, schema, compression="zstd") as writer:
        for some in chunks(rows, GROUP):
            table = {name: [_plain(row[name], number=name in WHOLE) for row in some] for name in fields}
            writer.write_table(pa.table(table, schema))
            yield sink.taken()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """A file that hands over what was written so far, and still knows where it is."""

    def __init__(self) -> None:
        self._held, self._at = bytearray(), 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def write(self, data: Any) -> int:
        self._held += data
        self._at += len(data)
        return len(data)

    def taken(self) -> bytes:
        """What was written since the last time."""
        held, self._held = bytes(self._held), bytearray()
        return held


def _plain(value: Any, *, number: bool) -> Any:
    return value if number or value is None else str(value)

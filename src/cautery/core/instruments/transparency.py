"""The DSA Transparency Database's form of a statement of reasons (API schema v2), read into ours and written from it.

The fields are the same but for a few spellings: `content_id` is an object with one key, languages are in capitals, absent
values may be null or empty. What the database adds to its answers is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cautery.core.errors import RowRefused
from cautery.core.instruments.kinds import Value

INSTRUMENT = "dsa-statement-of-reasons"
EAN = "EAN-13"
ADDED = ("uuid", "id", "created_at", "platform_name", "permalink", "self")
OURS = ("redress",)
"""Fields of ours the database has not: told to the recipient only."""

VOLUNTARY = "SOURCE_VOLUNTARY"


def from_database(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record as fields of ours, unchecked: validation says what is wrong with them. RowRefused for what is no record."""
    if not isinstance(record, Mapping):
        raise RowRefused("A statement of reasons is a JSON object.", reason="not_an_object")
    fields = {name: value for name, value in record.items() if value not in (None, "", []) and name not in ADDED}
    content_id = fields.pop("content_id", None)
    if content_id is not None:
        if not isinstance(content_id, Mapping) or set(content_id) != {EAN}:
            raise RowRefused(f"content_id has only the key {EAN}.", reason="content_id")
        fields["content_id_ean13"] = content_id[EAN]
    return fields


def to_database(values: Mapping[str, Value]) -> dict[str, Any]:
    """Checked values as a record to post; a notifier of an own initiative is left out, as the database would."""
    record: dict[str, Any] = {name: value for name, value in values.items() if name not in OURS}
    if "content_id_ean13" in record:
        record["content_id"] = {EAN: record.pop("content_id_ean13")}
    if "content_language" in record:
        record["content_language"] = str(record["content_language"]).upper()
    if record.get("source_type") == VOLUNTARY:
        record.pop("source_identity", None)
    return record

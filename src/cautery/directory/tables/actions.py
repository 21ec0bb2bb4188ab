"""Write a table of authorities or providers into the directory: row by row, each on its own; the same table again changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model

from cautery.core.actors import Actor, Permission
from cautery.core.entries import Entry, Sheet
from cautery.core.errors import RowRefused
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.directory.models import Authority, Provider

NEEDED: Mapping[str, tuple[str, ...]] = {"authorities": ("name", "state"), "providers": ("name", "kind", "channel")}
"""What a row that adds one must give; a row that changes one gives what it changes."""
MODELS: Mapping[str, type[Authority] | type[Provider]] = {"authorities": Authority, "providers": Provider}


@dataclass(slots=True)
class Imported:
    """What became of a table: slugs added, changed and left as they were, and the rows that were refused, by their lines."""

    what: str
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: int = 0
    refused: list[RowRefused] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "what": self.what,
            "added": len(self.added),
            "changed": len(self.changed),
            "same": self.same,
            "refused": [
                {"line": row.fields.get("line"), "reason": row.reason, "message": row.message} for row in self.refused
            ],
            "unknown_columns": self.unknown,
        }


def import_sheet(sheet: Sheet, *, by: Actor, at: datetime) -> Imported:
    """Add or update what the rows that hold give; the others are named by line. One entry in the log for all."""
    by.require(Permission.DIRECTORY_ENTRY_IMPORT)
    made = Imported(sheet.what, refused=list(sheet.refused), unknown=list(sheet.unknown))
    with transaction.atomic():
        known = MODELS[sheet.what].objects.in_bulk([e.slug for e in sheet.entries], field_name="slug")
        for entry in sheet.entries:
            try:
                _take(entry, known.get(entry.slug), made)
            except RowRefused as refused:
                made.refused.append(refused)
        if made.added or made.changed:
            rows = [{"slug": slug, "done": "added"} for slug in made.added]
            rows += [{"slug": slug, "done": "changed"} for slug in made.changed]
            facts = {sheet.what: len(rows), "refused": len(made.refused)}
            record(Event.DIRECTORY_ENTRIES_IMPORTED, by=by, at=at, subject="directory", facts=facts, rows=rows)
    made.refused.sort(key=lambda row: int(row.fields.get("line", 0)))
    return made


def _take(entry: Entry, one: Model | None, made: Imported) -> None:
    if one is None:
        lacking = [name for name in NEEDED[made.what] if name not in entry.fields]
        if lacking:
            raise _refused(entry, f"{entry.slug} is new and lacks {', '.join(lacking)}", "lacking")
        one = MODELS[made.what](slug=entry.slug)
        names = list(entry.fields)
        done = made.added
    else:
        names = [name for name, value in entry.fields.items() if getattr(one, name) != value]
        done = made.changed
    if not names:
        made.same += 1
        return
    for name in names:
        setattr(one, name, entry.fields[name])
    try:
        one.clean_fields(exclude=[each.name for each in one._meta.fields if each.name not in {*names, "slug"}])
    except ValidationError as wrong:
        said = "; ".join(f"{name}: {' '.join(words)}" for name, words in wrong.message_dict.items())
        raise _refused(entry, said, "invalid") from wrong
    one.save()
    done.append(entry.slug)


def _refused(entry: Entry, words: str, reason: str) -> RowRefused:
    return RowRefused(f"Line {entry.line}: {words.rstrip('.')}.", reason=reason, line=entry.line)

"""What leaves the log as text: the whole of it for somebody else, and who consulted what for a data-protection officer.

Whatever leaves the unit has keyed pseudonyms for officers and addresses, and no rows of batches. Its leaves are those of the
tree: whoever got it can compute the root and compare it with the signed checkpoint in the last line.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cautery.core.pseudonyms import Pseudonyms
from cautery.custody.events import Event
from cautery.custody.keys import pseudonym_key, verifier_keys
from cautery.custody.models import BatchRows, Checkpoint, Consultation, Leaf

CHUNK = 2_000
COLUMNS = ("position", "hash", "entry_id", "entry__body")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which consultations: of a subject, by an actor, from and until a time; empty and None are all."""

    subject: str = ""
    actor: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def fits(self, row: dict[str, Any]) -> bool:
        """Whether a consultation is among those asked for."""
        at = datetime.fromisoformat(row["at"])
        return (
            (not self.subject or self.subject in row["subjects"])
            and (not self.actor or self.actor == row["actor"])
            and (self.since is None or at >= self.since)
            and (self.until is None or at <= self.until)
        )


def pseudonyms(recipient: str) -> Pseudonyms:
    """The pseudonyms `recipient` sees."""
    return Pseudonyms(pseudonym_key(), recipient)


def sealed_log(recipient: str) -> Iterator[str]:
    """The sealed log, one JSON line an entry and last its checkpoint; for `recipient`, or for the unit itself where empty."""
    newest = Checkpoint.objects.order_by("-size").first()
    shown: Callable[[str], str] = pseudonyms(recipient).within if recipient else str
    leaves = Leaf.objects.filter(position__lt=newest.size if newest else 0).order_by("position")
    names = COLUMNS if recipient else (*COLUMNS, "entry__rows__lines")
    for position, leaf, key, body, *rows in leaves.values_list(*names).iterator(CHUNK if recipient else 100):
        line = {"position": position, "entry": key, "leaf": leaf, "body": json.loads(shown(body))}
        if rows and rows[0] is not None:
            line["rows"] = [json.loads(row) for row in zlib.decompress(bytes(rows[0])).split(b"\n")]
        yield _line(line)
    if newest is not None:
        yield _line({"checkpoint": newest.note, "keys": [str(key) for key in verifier_keys()], "for": recipient})


def consultations(wanted: Wanted, recipient: str = "") -> Iterator[str]:
    """Who looked at, copied or sent what, when and why, one JSON line each; with pseudonyms for `recipient` where named."""
    shown: Callable[[str], str] = pseudonyms(recipient).within if recipient else str
    for line in _consultations():
        row = json.loads(line)
        if wanted.fits(row):
            yield shown(_line(row))


def _consultations() -> Iterator[bytes | str]:
    """Every consultation as it was noted: those in the log, then those that wait for the next sealing."""
    batches = BatchRows.objects.filter(entry__event=Event.CUSTODY_CONSULTATIONS_RECORDED).order_by("pk")
    for packed in batches.values_list("lines", flat=True).iterator(20):
        yield from zlib.decompress(bytes(packed)).split(b"\n")
    yield from Consultation.objects.order_by("pk").values_list("line", flat=True).iterator(CHUNK)


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

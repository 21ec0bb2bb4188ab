"""Read personal data: by subject, by digest, by what is due; and check that it is what the log says."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from cautery.core.canonical import canonical
from cautery.core.errors import NotFound, RulesInvalid, TamperFound
from cautery.core.retention import Rule, Rules, Then, read_rules
from cautery.custody.events import Event
from cautery.custody.models import BatchRows, Hold, Personal
from cautery.ground.rows import chunks

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Due:
    """Data whose term is over, by rule; `rule` is None for data no rule speaks of."""

    category: str
    law: str
    rule: Rule | None
    rows: QuerySet[Personal]


def salted(salt: bytes, value: Any) -> str:
    """What the log says instead of a value: SHA-256 over salt and canonical JSON, in hex."""
    return sha256(salt + canonical(value)).hexdigest()


def rules() -> Rules:
    """The terms of retention: the unit's own where settings name a file."""
    file = settings.RETENTION
    if file is None:
        text = files("cautery.custody.personal").joinpath("retention.toml").read_text(encoding="utf-8")
        return read_rules(text, "retention.toml")
    try:
        return read_rules(Path(file).read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise RulesInvalid(f"{file} cannot be read: {error}.", reason="unreadable", file=str(file)) from error


def value_of(digest: str) -> Any:
    """The value behind a digest of the log; `NotFound` where it was erased or never was."""
    found = Personal.objects.filter(digest=digest).first()
    if found is None:
        raise NotFound("There is no such value, or it was erased.", digest=digest)
    return found.value


def held(about: str) -> list[dict[str, Any]]:
    """All that is kept about a subject outside the log, for a person's right to know (Article 14)."""
    found = Personal.objects.filter(about=about).order_by("kept_at", "pk")
    return [dict(row) for row in found.values("digest", "about", "category", "law", "kept_at", "value")]


def under_hold() -> QuerySet[Hold]:
    """Legal holds in force."""
    return Hold.objects.filter(lifted_at=None)


def due(at: datetime) -> Iterator[Due]:
    """What is over its term at `at` and not under a hold, by category and law; and what no rule speaks of."""
    table = rules()
    free = Personal.objects.exclude(about__in=under_hold().values("about"))
    kinds = Personal.objects.order_by("category", "law").values_list("category", "law").distinct()
    for category, law in kinds:
        rule = table.rule(category, law)
        rows = free.filter(category=category, law=law)
        yield Due(category, law, rule, rows if rule is None else rows.filter(kept_at__lte=rule.keep.before(at)))


def to_review(at: datetime) -> list[dict[str, Any]]:
    """What a person has to decide about: over its term with `review`, or without a rule."""
    return [
        {"category": d.category, "law": d.law, "rows": d.rows.count(), "basis": d.rule.basis if d.rule else ""}
        for d in due(at)
        if (d.rule is None or d.rule.then is Then.REVIEW) and d.rows.exists()
    ]


def check_personal() -> None:
    """`TamperFound` where a value is not the one its digest was made of, or one that was erased is there again."""
    for row in Personal.objects.order_by("pk").iterator(CHUNK):
        if salted(bytes(row.salt), row.value) != row.digest:
            raise TamperFound(f"Personal data {row.digest} was altered.", digest=row.digest, reason="altered_personal")
    for batch in chunks(_erased(), CHUNK):
        back = Personal.objects.filter(digest__in=batch).values_list("digest", flat=True).first()
        if back is not None:
            raise TamperFound(
                f"Personal data {back} was erased and is there again.", digest=back, reason="erased_is_back"
            )


def _erased() -> Iterator[str]:
    """Every digest the log says was erased."""
    batches = BatchRows.objects.filter(entry__event=Event.CUSTODY_PERSONAL_ERASED).order_by("pk")
    for packed in batches.values_list("lines", flat=True).iterator(20):
        for line in zlib.decompress(bytes(packed)).split(b"\n"):
            yield str(json.loads(line)["digest"])

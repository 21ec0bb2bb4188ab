"""Write personal data outside the log, hold it, and erase it with proof."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from cautery.core.actors import Actor, Permission
from cautery.core.errors import MovedMeanwhile, NotFound, Refused
from cautery.core.retention import Then
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.custody.models import Hold, Personal
from cautery.custody.personal.queries import due, salted, under_hold
from cautery.ground.rows import chunks

BATCH = 5_000


def withhold(value: Any, *, about: str, category: str, law: str, at: datetime) -> str:
    """Keep a personal value outside the log, in the caller's transaction; what the entry says instead of it.

    `about` is whom or what it is about (`item:17`, `provider:x`), `category` a kind the terms of retention know, `law` the
    state whose law applies. The digest tells nothing without the salt, which goes with the value when it is erased.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("What the log names by digest is kept in one transaction with its entry.")
    salt = secrets.token_bytes(32)
    digest = salted(salt, value)
    Personal.objects.create(digest=digest, salt=salt, value=value, about=about, category=category, law=law, kept_at=at)
    return digest


def erase_due(*, by: Actor, at: datetime) -> int:
    """Erase what is over its term and not under a hold, each rule's with an entry; how many values."""
    by.require(Permission.CUSTODY_PERSONAL_ERASE)
    erased = 0
    with _without_trace():
        for found in due(at):
            if found.rule is None or found.rule.then is not Then.ERASE:
                continue
            facts = {"category": found.category, "law": found.law, "basis": found.rule.basis, "ground": "term"}
            keys = list(found.rows.order_by("pk").values_list("pk", flat=True))
            erased += sum(_erase(batch, facts, by=by, at=at) for batch in chunks(keys, BATCH))
    return erased


def erase_about(about: str, *, ground: str, by: Actor, at: datetime) -> int:
    """Erase all that is kept about a subject before its term, for a person's right to erasure (Article 16); how many values."""
    by.require(Permission.CUSTODY_PERSONAL_ERASE)
    if under_hold().filter(about=about).exists():
        raise Refused(f"{about} is under a legal hold.", reason="held", about=about)
    keys = list(Personal.objects.filter(about=about).values_list("pk", flat=True))
    with _without_trace():
        return sum(_erase(batch, {"ground": ground}, by=by, at=at) for batch in chunks(keys, BATCH))


def _erase(keys: list[int], facts: dict[str, Any], *, by: Actor, at: datetime) -> int:
    """Remove values with their salts, and say in the log which digests stand for nothing now; a hold set meanwhile counts."""
    with transaction.atomic():
        rows = Personal.objects.filter(pk__in=keys).exclude(about__in=under_hold().values("about"))
        digests = sorted(rows.values_list("digest", flat=True))
        if not digests:
            return 0
        gone, _ = Personal.objects.filter(digest__in=digests).delete()
        if gone != len(digests):
            raise MovedMeanwhile("Somebody else erased the same.")
        record(
            Event.CUSTODY_PERSONAL_ERASED,
            by=by,
            at=at,
            subject="personal",
            facts=facts | {"erased": len(digests)},
            rows=[{"digest": digest} for digest in digests],
        )
    return len(digests)


@contextmanager
def _without_trace() -> Iterator[None]:
    """On SQLite: overwrite what is removed, and empty the write-ahead log (PostgreSQL's VACUUM frees it; docs/custody.md)."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete=ON")
        try:
            yield
        finally:
            cursor.execute("PRAGMA secure_delete=OFF")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def set_hold(about: str, *, ground: str, by: Actor, at: datetime) -> Hold:
    """Nothing about this subject is erased until the hold is lifted."""
    by.require(Permission.CUSTODY_HOLD_SET)
    with transaction.atomic():
        hold = Hold.objects.create(about=about, ground=ground, set_at=at)
        record(Event.CUSTODY_HOLD_SET, by=by, at=at, subject=about, facts={"hold": hold.pk, "ground": ground})
    return hold


def lift_hold(about: str, *, ground: str, by: Actor, at: datetime) -> int:
    """Lift every hold on this subject; how many there were."""
    by.require(Permission.CUSTODY_HOLD_SET)
    with transaction.atomic():
        lifted = under_hold().filter(about=about).update(lifted_at=at)
        if not lifted:
            raise NotFound(f"There is no hold on {about}.", about=about)
        record(Event.CUSTODY_HOLD_LIFTED, by=by, at=at, subject=about, facts={"holds": lifted, "ground": ground})
    return lifted

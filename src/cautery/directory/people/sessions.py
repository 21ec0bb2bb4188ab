"""Django's sessions in the database, in rows that know whose they are: so that an officer can see and end their own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as Store

from cautery.directory.people.models import Session

BEGUN = "begun"
"""Where a session keeps how it was begun: {address, agent, proofs, at, seen}, times in unix seconds of the machine."""


class SessionStore(Store):
    """The engine named in the settings (`SESSION_ENGINE`)."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The rows of ours."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row, with what the list of sessions shows."""
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]  # made of our class
        begun = data.get(BEGUN) or {}
        row.officer_id = data.get(SESSION_KEY)
        row.address = begun.get("address", "")
        row.agent = begun.get("agent", "")
        row.proofs = begun.get("proofs", [])
        row.began_at = _moment(begun.get("at"))
        row.seen_at = _moment(begun.get("seen"))
        return row


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)

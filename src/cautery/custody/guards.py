"""Triggers by which the database itself refuses to alter or remove what the log holds, on SQLite and on PostgreSQL.

They stop mistakes and careless hands, not somebody who owns the database: he drops them first. `verify` finds what he did
then, and says that they are gone.
"""

from __future__ import annotations

from collections.abc import Iterator

KEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "batchrows": (("entry_id",),),
    "checkpoint": (("id",), ("size",)),
    "entry": (("id",),),
    "leaf": (("position",), ("entry_id",)),
    "node": (("id",), ("level", "index")),
    "stamp": (("id",),),
}
"""The guarded tables, and what is unique in each."""
FUNCTION = """
CREATE OR REPLACE FUNCTION custody_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$
"""


def names(vendor: str) -> set[str]:
    """The triggers there should be."""
    kinds = ("insert", "update", "delete") if vendor == "sqlite" else ("guard",)
    return {f"custody_{table}_no_{kind}" for table in KEYS for kind in kinds}


def put_up(vendor: str) -> Iterator[str]:
    """Statements that put every guard in its place."""
    if vendor == "postgresql":
        yield FUNCTION
        for table in KEYS:
            yield (
                f"CREATE OR REPLACE TRIGGER custody_{table}_no_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON custody_{table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION custody_append_only()"
            )
        return
    for table, keys in KEYS.items():
        refuse = f"BEGIN SELECT RAISE(ABORT, 'custody_{table} is append-only'); END"
        for kind in ("update", "delete"):
            yield f"CREATE TRIGGER IF NOT EXISTS custody_{table}_no_{kind} BEFORE {kind} ON custody_{table} {refuse}"
        # INSERT OR REPLACE removes the row that is in its way without firing DELETE triggers
        there = " OR ".join(_there(table, key) for key in keys)
        yield f"CREATE TRIGGER IF NOT EXISTS custody_{table}_no_insert BEFORE INSERT ON custody_{table} WHEN {there} {refuse}"


def _there(table: str, columns: tuple[str, ...]) -> str:
    """Whether a row with these values is there already, as SQL; the names are our own."""
    same = " AND ".join(f'"{column}" = NEW."{column}"' for column in columns)
    return f"EXISTS (SELECT 1 FROM custody_{table} WHERE {same})"  # noqa: S608


def take_down(vendor: str) -> Iterator[str]:
    """Statements that remove every guard: what tests do before they tamper, and what a test database's flush needs."""
    for table in KEYS:
        for name in sorted(name for name in names(vendor) if name.startswith(f"custody_{table}_no_")):
            yield f"DROP TRIGGER IF EXISTS {name}" + (f" ON custody_{table}" if vendor == "postgresql" else "")


def listed(vendor: str) -> str:
    """The query that names the triggers there are."""
    if vendor == "postgresql":
        return "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'custody\\_%' AND tgenabled <> 'D'"
    return "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'custody\\_%' ESCAPE '\\'"

"""The index of words as each database makes it, and the triggers that say what has to be indexed.

SQLite: FTS5 over trigrams, its content in report_searchable. PostgreSQL: GIN over an array of trigrams, which needs no extension;
each is the code points of its characters in one bigint (3 x 21 bits): compared as numbers, whatever the collation, and a text is
cut in time linear in its length (substr(), which counts characters from the start, took 20 ms for one of 2,000, this 1).
"""

from __future__ import annotations

from collections.abc import Iterator

SOURCES = {
    "intake_item": "url, owner, merged_into_id",
    "identify_capture": "title, text",
    "review_picturetext": "text",
}
"""By table: the columns whose change is to be indexed."""

_SHOWS = (
    "SELECT DISTINCT item_id FROM intake_episode WHERE id IN "
    "(SELECT episode_id FROM identify_episodemedia WHERE media_id = NEW.media_id)"
)
"""Items that show the picture in which something was read."""

_SQLITE = (
    (
        "CREATE VIRTUAL TABLE report_words USING fts5(text, content='report_searchable', content_rowid='item_id', "
        "tokenize='trigram case_sensitive 1')"
    ),
    (
        "CREATE TRIGGER report_words_new AFTER INSERT ON report_searchable BEGIN "
        "INSERT INTO report_words (rowid, text) VALUES (NEW.item_id, NEW.text); END"
    ),
    (
        "CREATE TRIGGER report_words_gone AFTER DELETE ON report_searchable BEGIN "
        "INSERT INTO report_words (report_words, rowid, text) VALUES ('delete', OLD.item_id, OLD.text); END"
    ),
    (
        "CREATE TRIGGER report_words_changed AFTER UPDATE ON report_searchable BEGIN "
        "INSERT INTO report_words (report_words, rowid, text) VALUES ('delete', OLD.item_id, OLD.text); "
        "INSERT INTO report_words (rowid, text) VALUES (NEW.item_id, NEW.text); END"
    ),
)
_POSTGRESQL = (
    (
        "CREATE FUNCTION report_grams(whole text) RETURNS bigint[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$ "
        "SELECT array(SELECT (ascii(a)::bigint << 42) | (ascii(b)::bigint << 21) | ascii(c) FROM unnest(string_to_array(whole, NULL), "
        "string_to_array(substr(whole, 2), NULL), string_to_array(substr(whole, 3), NULL)) AS t(a, b, c) WHERE c IS NOT NULL) $$"
    ),
    "CREATE INDEX report_words_grams ON report_searchable USING gin (report_grams(text))",
    "CREATE VIEW report_words AS SELECT item_id AS rowid, text FROM report_searchable",
    (
        "CREATE FUNCTION report_note_item() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "INSERT INTO report_unindexed (item_id) VALUES (NEW.id) ON CONFLICT DO NOTHING; "
        "IF TG_OP = 'UPDATE' AND OLD.merged_into_id IS NOT NULL THEN "
        "INSERT INTO report_unindexed (item_id) VALUES (OLD.merged_into_id) ON CONFLICT DO NOTHING; END IF; RETURN NULL; END $$"
    ),
    (
        "CREATE FUNCTION report_note_capture() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO report_unindexed (item_id) "
        "SELECT item_id FROM intake_episode WHERE id = NEW.episode_id ON CONFLICT DO NOTHING; RETURN NULL; END $$"
    ),
    (
        "CREATE FUNCTION report_note_picturetext() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO report_unindexed (item_id) "
        f"{_SHOWS} ON CONFLICT DO NOTHING; RETURN NULL; END $$"
    ),
)
_QUEUED = "INSERT OR IGNORE INTO report_unindexed (item_id) "
_NOTED = {
    "report_intake_item_insert": _QUEUED + "VALUES (NEW.id)",
    "report_intake_item_update": _QUEUED + "VALUES (NEW.id), (coalesce(OLD.merged_into_id, NEW.id))",
    "report_identify_capture_insert": _QUEUED + "SELECT item_id FROM intake_episode WHERE id = NEW.episode_id",  # noqa: S608
    "report_identify_capture_update": _QUEUED + "SELECT item_id FROM intake_episode WHERE id = NEW.episode_id",  # noqa: S608
    "report_review_picturetext_insert": _QUEUED + _SHOWS,
    "report_review_picturetext_update": _QUEUED + _SHOWS,
}
"""SQLite: what each trigger does. A merge that is undone changes what can be searched of both items."""


def put_up(vendor: str) -> Iterator[str]:
    """Statements that make the index and the triggers, and put what is there already into the queue."""
    yield from _SQLITE if vendor == "sqlite" else _POSTGRESQL
    for table, columns in SOURCES.items():
        for kind in ("INSERT", f"UPDATE OF {columns}"):
            name = f"report_{table}_{kind[:6].lower()}"
            done = (
                f"BEGIN {_NOTED[name]}; END"
                if vendor == "sqlite"
                else f"FOR EACH ROW EXECUTE FUNCTION report_note_{table.partition('_')[2]}()"
            )
            yield f"CREATE TRIGGER {name} AFTER {kind} ON {table} {done}"
    yield "INSERT INTO report_unindexed (item_id) SELECT id FROM intake_item"


def take_down(vendor: str) -> Iterator[str]:
    """Statements that remove all of it."""
    for table in SOURCES:
        for kind in ("insert", "update"):
            yield f"DROP TRIGGER report_{table}_{kind}" + (f" ON {table}" if vendor != "sqlite" else "")
    if vendor == "sqlite":
        yield from (f"DROP TRIGGER report_words_{name}" for name in ("new", "gone", "changed"))
        yield "DROP TABLE report_words"
        return
    yield "DROP VIEW report_words"
    yield "DROP INDEX report_words_grams"
    yield from (
        f"DROP FUNCTION report_{name}"
        for name in ("grams(text)", "note_item()", "note_capture()", "note_picturetext()")
    )

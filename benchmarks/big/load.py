"""Fill an empty register with COUNT items and all that hangs on them: statements that select, a table each, seconds a million.

A tenth is in review; three tenths were dismissed; six tenths were signed, sent and looked at again. Every second of these was
answered, nearly all went down within two days, some came back. Six tenths lie in one operation, the rest in eight older ones.
Both databases draw the same rows: nothing is random but by arithmetic on the row's number.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection, transaction

from cautery.core.actors import Permission, system
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.directory.actions import import_directory
from cautery.intake.actions import create_operation

START = datetime.fromisoformat("2026-06-15T06:00:00+00:00")
BY = system("bench", *Permission)
DAYS = 4
PROVIDERS = 40
OPERATIONS = 9
WORDS = ("bulletin", "archiv", "nashra", "kanal", "report", "media", "quelle", "journal", "voice", "signal")
ALL = """{"id": "00000000-0000-4000-8000-000000000001", "username": "bench", "name": "Bench", "unit": "u0",
    "roles": ["observe", "administer"]}"""
BOOL = {"sqlite": ("0", "1"), "postgresql": ("false", "true")}


def fill(count: int) -> None:
    """All tables, in one transaction each; then the database's own statistics.

    PostgreSQL looks up every key a row points to, row by row, and takes 1.7 times as long for it; these rows point where they
    should, so its triggers rest meanwhile (that takes a superuser), and what they would have noted is noted at the end.
    """
    _directory()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        for name, statement in _statements(count):
            with transaction.atomic():
                cursor.execute(statement)
            print(f"  {name}", flush=True)
        if connection.vendor == "postgresql":
            cursor.execute("INSERT INTO report_unindexed (item_id) SELECT id FROM intake_item")
            cursor.execute("SET session_replication_role = DEFAULT")
            _sequences(cursor)
    _log(count)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _directory() -> None:
    units = [{"slug": f"u{n}", "name": f"Unit {n}", "state": state} for n, state in enumerate(("FR", "DE", "NL", "PL"))]
    second = json.loads(ALL) | {"id": "00000000-0000-4000-8000-000000000002", "username": "second", "unit": "u1"}
    everyone = [json.loads(ALL), second]
    providers = [
        {
            "slug": f"provider{n:02}", "name": f"Provider {n:02}", "kind": "video", "channel": "api",
            "api_base": "https://api.example", "max_batch": 1_000, "home_state": "IE",
        }
        for n in range(PROVIDERS)
    ]  # fmt: skip
    import_directory({"units": units, "officers": everyone, "providers": providers}, by=BY, at=START)
    for n in range(OPERATIONS):
        begins = START - timedelta(days=30 * n)
        ends = begins + timedelta(days=DAYS)
        create_operation(
            f"bench{n or ''}",
            f"Bench {n}",
            starts_at=begins,
            t0=begins + timedelta(days=1),
            ends_at=ends,
            by=BY,
            at=begins,
        )


def _moment(seconds: str) -> str:
    """A moment so many whole seconds after the start, as the database keeps it."""
    if connection.vendor == "sqlite":
        return f"strftime('%Y-%m-%d %H:%M:%S', {START.timestamp():.0f} + ({seconds}), 'unixepoch')"
    return f"to_timestamp({START.timestamp():.0f} + ({seconds}))"


def _statements(count: int) -> Iterator[tuple[str, str]]:
    """Name and statement of each table, in the order of their keys. `h` is a number drawn from the row's own."""
    yes = BOOL[connection.vendor][1]
    at = f"n * {DAYS * 86_400} / {count}"
    words = " UNION ALL SELECT ".join(f"{n}, '{word}'" for n, word in enumerate(WORDS))
    yield (
        "numbers",
        (
            "CREATE TEMPORARY TABLE bench AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < "
            f"{count}) SELECT CAST(n AS bigint) AS n, (CAST(n AS bigint) * 2654435761) % 4294967296 AS h FROM c"
        ),
    )
    yield "words", "CREATE TEMPORARY TABLE word AS SELECT * FROM (SELECT 0 AS id, '' AS word WHERE 1 = 0) AS w"
    yield "words", f"INSERT INTO word SELECT {words}"
    yield (
        "batches",
        (
            "INSERT INTO intake_batch (id, operation_id, unit_id, source, key, received_at, rows_done, accepted, known, rejected, complete) "
            f"SELECT o.id * 10 + u.id, o.id, u.id, 'list', 'b', o.starts_at, {count} / 40, {count} / 40, {count} / 160, 12, {yes} "
            "FROM intake_operation o, directory_unit u"
        ),
    )
    yield from _flagged(at)
    yield from _media(count)
    yield from _decided(at)
    yield from _sent(at)
    yield from _heard(at)


def _flagged(at: str) -> Iterator[tuple[str, str]]:
    yes = BOOL[connection.vendor][1]
    key = "CAST((h * 7919) % 10000000000 AS text)"
    owner = "w.word || '_' || CAST(20000 * ((h / 1000) % 1000) * ((h / 1000) % 1000) / 1000000 AS text)"
    operation = f"(CASE WHEN n % 10 = 0 OR n % 7 < 4 THEN 1 ELSE 2 + n % {OPERATIONS - 1} END)"
    unit = "(SELECT min(id) FROM directory_unit) + n % 4"
    yield (
        "items",
        (
            "INSERT INTO intake_item (id, identity, provider, kind, key, owner, url, first_batch_id, first_flagged_at) "
            f"SELECT n, p.slug || ':post:' || {key} || '-' || CAST(n AS text), p.slug, CASE WHEN n % 40 = 7 THEN 'channel' ELSE 'post' END, "
            f"{key}, {owner}, 'https://www.' || p.slug || '.example/' || {owner} || '/' || {key}, {operation} * 10 + {unit}, {_moment(at)} "
            "FROM bench JOIN directory_provider p ON p.id = (SELECT min(id) FROM directory_provider) + "
            f"{PROVIDERS} * (h % 1000) * (h % 1000) / 1000000 JOIN word w ON w.id = n % 10 ORDER BY n"
        ),
    )
    yield (
        "flags",
        (
            "INSERT INTO intake_flag (item_id, batch_id, line, part, url, seen_at, language, note) "
            "SELECT i.id, i.first_batch_id, i.id, 0, i.url, i.first_flagged_at, 'fr', '' FROM intake_item i"
        ),
    )
    state = "(CASE WHEN n % 10 = 0 THEN 'in_review' WHEN n % 10 < 4 THEN 'dismissed' ELSE 'closed' END)"
    yield (
        "episodes",
        (
            "INSERT INTO intake_episode (id, item_id, operation_id, number, opened_at, opened_by, state, due_at, attempts, captured, "
            "lease_owner, lease_until) "
            f"SELECT n, n, {operation}, 1, {_moment(at)}, 'flag', {state}, {_moment(at)}, 0, {yes}, '', 0 FROM bench ORDER BY n"
        ),
    )
    yield (
        "pages",
        (
            "INSERT INTO identify_capture (episode_id, at, status, final_url, verdict, ground, title, text, language, author, links, about) "
            f"SELECT n, {_moment(at + ' + 60')}, 200, '', 'up', '200, the page shows', 'Page ' || w.word || ' ' || CAST(h % 977 AS text), "
            "'Harmless words of a specimen, written for page ' || CAST(n AS text) || ' about ' || w.word || '.', 'fr', '', '[]', '' "
            "FROM bench JOIN word w ON w.id = (n / 10) % 10 ORDER BY n"
        ),
    )
    yield (
        "hosting",
        (
            "INSERT INTO identify_hosting (item_id, provider_id, how) SELECT i.id, p.id, 'url' FROM intake_item i "
            "JOIN directory_provider p ON p.slug = i.provider ORDER BY i.id"
        ),
    )


def _media(count: int) -> Iterator[tuple[str, str]]:
    blob = "X'00'" if connection.vendor == "sqlite" else "'\\x00'::bytea"
    empty = "X''" if connection.vendor == "sqlite" else "''::bytea"
    hexed = "substr('0000000000000000000000000000000000000000000000000000000000000000' || CAST(n AS text), -64)"
    if connection.vendor != "sqlite":
        hexed = "lpad(CAST(n AS text), 64, '0')"
    yield (
        "media",
        (
            "INSERT INTO identify_media (id, sha256, sha1, md5, mime, size, pdq, quality, forms, track, inner_track, refused) "
            f"SELECT n, {hexed}, '', '', 'image/jpeg', 1000, {blob}, 90, {empty}, {empty}, {empty}, '' FROM bench WHERE n <= {count} / 5"
        ),
    )
    yield (
        "media of pages",
        (
            f"INSERT INTO identify_episodemedia (episode_id, media_id) SELECT n, 1 + h % ({count} / 5) FROM bench WHERE n % 3 = 0"
        ),
    )
    yield (
        "known content",
        (
            "INSERT INTO match_bankentry (id, label, kind, outlet, severity, source, reference, handling, negative, key, md5, sha1, sha256, "
            "pdq, track, added_at, quarantine_reason) "
            f"SELECT n, 'entry ' || CAST(n AS text), 'image', 'outlet ' || CAST(n % 30 AS text), n % 5, 'bench', '', 'amber', "
            f"{BOOL[connection.vendor][0]}, {hexed}, '', '', {hexed}, {blob}, {empty}, {_moment('0')}, '' FROM bench WHERE n <= {count} / 10"
        ),
    )
    yield (
        "matches",
        (
            "INSERT INTO match_match (episode_id, entry_id, media_id, kind, distance, form, parts, looking_back) "
            f"SELECT episode_id, media_id, media_id, 'exact', 0, '', '[]', {BOOL[connection.vendor][0]} FROM identify_episodemedia "
            f"WHERE media_id <= {count} / 10"
        ),
    )


def _decided(at: str) -> Iterator[tuple[str, str]]:
    people = ("'00000000000040008000000000000001'", "'00000000000040008000000000000002'")
    first, second = people if connection.vendor == "sqlite" else (f"{person}::uuid" for person in people)
    yield (
        "assessments",
        (
            "INSERT INTO review_assessment (id, episode_id, finding, limbs, grounds, designation, details, purpose, reason, instrument, "
            "reviewer_id, decided_at, lease_owner, lease_until) SELECT n, n, CASE WHEN n % 10 < 4 THEN 'dismissed' ELSE 'confirmed' END, "
            "CASE WHEN n % 10 < 4 THEN '[]' ELSE '[\"d\"]' END"
            + ("" if connection.vendor == "sqlite" else "::jsonb")
            + ", '[]', '', '{}', "
            f"CASE WHEN n % 10 < 4 THEN 'journalism' ELSE 'none' END, 'A specimen.', 'referral', {first}, {_moment(at + ' + 7200')}, '', 0 "
            "FROM bench WHERE n % 10 > 0 ORDER BY n"
        ),
    )
    yield (
        "signatures",
        (
            "INSERT INTO authorise_signature (id, assessment_id, act, reviewer_id, signer_id, reason, digest, signed_at) "
            f"SELECT n, n, 'sign', {first}, {second}, '', '', {_moment(at + ' + 9000')} FROM bench WHERE n % 10 >= 4 ORDER BY n"
        ),
    )


def _sent(at: str) -> Iterator[tuple[str, str]]:
    number = "CAST(n AS text)"
    yield (
        "notices",
        (
            "INSERT INTO refer_notice (id, operation_id, item_id, episode_id, provider_id, instrument, signature_id, reference, "
            f"idempotency_key, body, composed_at) SELECT n, e.operation_id, n, n, h.provider_id, 'referral', n, 'CTY-202606-' || {number}, "
            f"'key-' || {number}, '{{}}', {_moment(at + ' + 9100')} FROM bench JOIN intake_episode e ON e.id = n "
            "JOIN identify_hosting h ON h.item_id = n WHERE n % 10 >= 4 ORDER BY n"
        ),
    )
    state = "(CASE WHEN n % 5000 = 4 THEN 'failed' WHEN n % 9000 = 5 THEN 'uncertain' ELSE 'delivered' END)"
    yield (
        "deliveries",
        (
            "INSERT INTO refer_delivery (id, notice_id, provider_id, channel, state, ready, due_at, attempts, message_id, sent_at, "
            f"sent_wall, received_at, provider_ref, error, lease_owner, lease_until) SELECT b.n, b.n, o.provider_id, 'api', {state}, "
            f"{BOOL[connection.vendor][1]}, {_moment(at + ' + 9200')}, 1, '', {_moment(at + ' + 9300')}, 0, {_moment(at + ' + 9400')}, "
            "'', '', '', 0 FROM bench b JOIN refer_notice o ON o.id = b.n ORDER BY b.n"
        ),
    )
    down = f"CASE WHEN n % 13 > 0 THEN {_moment(at + ' + 9400 + h % 172800')} END"
    yield (
        "trackings",
        (
            "INSERT INTO track_tracking (episode_id, item_id, referred_at, verdict, probed_at, probes, unsure_in_a_row, last_up_at, "
            "first_down_at, down_verdict, returned_at, answer, answered_at, lease_owner, lease_until) "
            f"SELECT n, n, {_moment(at + ' + 9400')}, CASE WHEN n % 13 > 0 THEN 'removed' ELSE 'up' END, "
            f"{_moment(at + ' + 9400 + h % 172800')}, 3, 0, {_moment(at + ' + 9400')}, {down}, "
            f"CASE WHEN n % 13 > 0 THEN 'removed' ELSE '' END, CASE WHEN n % 31 = 5 THEN {_moment(at + ' + 190000')} END, "
            f"CASE WHEN n % 2 = 0 THEN 'removed' ELSE '' END, CASE WHEN n % 2 = 0 THEN {_moment(at + ' + 20000')} END, '', 0 "
            "FROM bench WHERE n % 10 >= 4 ORDER BY n"
        ),
    )


def _heard(at: str) -> Iterator[tuple[str, str]]:
    yield (
        "probes",
        (
            "INSERT INTO track_probe (tracking_id, at, verdict, ground, status) "
            f"SELECT n, {_moment(at + ' + 9400')}, 'up', '200', 200 FROM bench WHERE n % 10 >= 4 ORDER BY n"
        ),
    )
    yield (
        "answers",
        (
            "INSERT INTO track_answer (notice_id, answer, at, reason, received_at, source, details, remark) "
            f"SELECT n, CASE WHEN n % 30 = 4 THEN 'declined' WHEN n % 60 = 8 THEN 'complaint' ELSE 'removed' END, {_moment(at + ' + 20000')}, "
            f"'', {_moment(at + ' + 20100')}, 'feed', '{{}}', '' FROM bench WHERE n % 10 >= 4 AND n % 2 = 0 ORDER BY n"
        ),
    )
    yield (
        "proceedings",
        (
            "INSERT INTO track_proceeding (notice_id, kind, ruling, body, reason, by, at) "
            f"SELECT n, 'complaint', '', 'A body', 'A specimen.', 'bench', {_moment(at + ' + 30000')} FROM bench WHERE n % 60 = 8"
        ),
    )
    yield (
        "sightings",
        (
            "INSERT INTO watch_sighting (operation_id, item_id, episode_id, predecessor_id, way, score, reason, at) "
            f"SELECT e.operation_id, n, n, n - 9, 'search', 0.7, 'A name alike.', {_moment(at)} FROM bench "
            "JOIN intake_episode e ON e.id = n WHERE n % 40 = 9 AND n > 9"
        ),
    )
    yield (
        "closed to view",
        (
            "INSERT INTO review_quarantine (item_id, officer_id, at, handed_to) SELECT b.n, o.id, "
            f"{_moment(at)}, '' FROM bench b, directory_officer o WHERE o.username = 'bench' AND b.n % 20000 = 10"
        ),
    )


def _log(count: int) -> None:
    """Entries of the log as lists and decisions leave them: one a batch of a thousand, with its rows."""
    for first in range(1, count, 1_000):
        with transaction.atomic():
            rows = [{"episode": n, "outcome": "confirmed"} for n in range(first, first + 1_000)]
            record(
                Event.REVIEW_DECISIONS_RECORDED, by=BY, at=START, subject="episodes", facts={"decisions": 1_000}, rows=rows
            )  # fmt: skip


def _sequences(cursor: object) -> None:
    """Keys that were written go on behind the last."""
    for table in (
        "intake_batch", "intake_item", "intake_episode", "identify_media", "match_bankentry", "review_assessment",
        "authorise_signature", "refer_notice", "refer_delivery",
    ):  # fmt: skip
        cursor.execute(  # type: ignore[attr-defined]
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
        )

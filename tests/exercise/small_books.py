"""Small books made by hand: a world of twelve objects, one of each fate, a report and a register that agree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

T0 = datetime(2027, 3, 2, 20, 24, tzinfo=UTC)
Row = dict[str, Any]
Books = tuple[Row, Row, list[Row]]


def at(minutes: float) -> str:
    """ISO time so many minutes after T0."""
    return (T0 + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


def up(since: float, until: float | None = None, cause: str | None = None, by: str | None = None) -> Row:
    return {"from": at(since), "to": None if until is None else at(until), "cause": cause, "removed_by": by}


def thing(name: str, provider: str, *periods: Row, **more: Any) -> Row:
    return {
        "id": name,
        "url": f"https://{provider}.test/{name}",
        "provider": provider,
        "kind": "post",
        "key": name,
        "truth": "propaganda",
        "origin": "first",
        "predecessor": None,
        "gone_cause": periods[-1]["cause"] if periods else None,
        "gone_shows_as": None,
        "reachable_at": None,
        "flagged_by": ["unit-at"],
        "episodes": list(periods),
        **more,
    }


def delivery(provider: str, name: str, answer: str | None, *, minute: float = 0.0, wall: float = 100.0) -> Row:
    return {
        "provider": provider,
        "channel": "api",
        "idempotency_key": f"k-{name}",
        "reference": f"R-{name}",
        "object": name,
        "received_at": at(minute),
        "received_wall": wall,
        "times_received": 1,
        "times_effective": 1,
        "answer": answer,
        "answered_at": None,
    }


def episode(
    number: int, minute: float, by: str = "flag", *, decision: str = "confirmed", after: str | None = None
) -> Row:
    return {
        "episode_id": number,
        "number": number,
        "opened_at": at(minute),
        "opened_by": by,
        "state": "dismissed" if decision == "dismissed" else "closed",
        "decision": decision,
        "outcome": None,
        "predecessor_item_id": after,
    }


def item(name: str, provider: str, *episodes: Row) -> Row:
    return {
        "item_id": f"i-{name}",
        "url": f"https://{provider}.test/{name}",
        "provider": provider,
        "kind": "post",
        "key": name,
        "state": "closed",
        "episodes": list(episodes),
    }


LONG_AGO = -2000.0
FLAGGED = -1500.0


def world() -> Row:
    """Twelve objects, one of each fate; ends 3,000 minutes after T0."""
    back: Row = {"flagged_by": []}
    objects = [
        thing("quick", "vidora", up(LONG_AGO, 30, "provider", "k-quick"), up(500), gone_shows_as="410_reason"),
        thing("slow", "courier", up(LONG_AGO, 90, "provider", "k-slow"), gone_shows_as="404_reason"),
        thing("paper", "chirp", up(LONG_AGO), truth="journalism"),
        thing("login", "agora", up(LONG_AGO, 300, "provider", "k-login"), gone_shows_as="login_redirect"),
        thing("plain", "dropfile", up(LONG_AGO, 45, "provider", "k-plain"), gone_shows_as="404_plain"),
        thing("mute", "dropfile", up(LONG_AGO, 200, "provider", "k-mute"), gone_shows_as="404_plain"),
        thing("liar", "dropfile", up(LONG_AGO)),
        thing("abroad", "hostkit", up(LONG_AGO, 400, "geo", "k-abroad"), gone_shows_as="451_geo"),
        thing("shy", "lumigram", up(LONG_AGO, 20, "owner"), gone_shows_as="owner_text"),
        thing("no", "lumigram", up(LONG_AGO)),
        thing("heir", "vidora", up(200), origin="return:successor", predecessor="quick", reachable_at=at(210), **back),
        thing("twin", "courier", up(300), origin="return:same_bytes", predecessor="slow", reachable_at=at(310), **back),
    ]
    deliveries = [
        delivery("vidora", "quick", "removed", wall=100.0),
        delivery("courier", "slow", "removed", wall=100.4),
        delivery("agora", "login", "removed", wall=100.1),
        delivery("dropfile", "plain", "removed", wall=100.2),
        delivery("dropfile", "mute", None, wall=100.3),
        delivery("dropfile", "liar", "removed", wall=100.3),
        delivery("hostkit", "abroad", "geo_blocked", wall=100.9),
        delivery("lumigram", "shy", "already_gone", wall=100.5),
        delivery("lumigram", "no", "declined", wall=100.5),
        delivery("vidora", "heir", None, minute=240, wall=250.0),
    ]
    return {
        "seed": 7,
        "operation": {"slug": "op", "ends_at": at(3000)},
        "flags": {"sent": 30, "malformed": 2},
        "objects": objects,
        "deliveries": deliveries,
        "refusals": [],
        "people": {"decisions": 12, "errors": 1, "signed": 10, "refused": 0, "holds": 0},
    }


def register() -> list[Row]:
    return [
        item("quick", "vidora", episode(1, FLAGGED), episode(2, 505, "probe")),
        item("slow", "courier", episode(1, FLAGGED)),
        item("paper", "chirp", episode(1, FLAGGED, decision="dismissed")),
        *(item(name, "dropfile", episode(1, FLAGGED)) for name in ("plain", "mute", "liar")),
        item("login", "agora", episode(1, FLAGGED)),
        item("abroad", "hostkit", episode(1, FLAGGED)),
        *(item(name, "lumigram", episode(1, FLAGGED)) for name in ("shy", "no")),
        item("heir", "vidora", episode(1, 215, "watch", after="i-quick")),
    ]


def report() -> Row:
    fates = {
        "vidora": {"removed": 1, "unanswered": 1},
        "courier": {"removed": 1},
        "agora": {"unknown": 1},
        "dropfile": {"removed": 1, "gone_other": 1, "claimed_but_up": 1},
        "hostkit": {"geo_blocked": 1},
        "lumigram": {"gone_other": 1, "declined": 1},
    }
    names = ("removed", "claimed_but_up", "geo_blocked", "declined", "gone_other", "unanswered", "unknown")
    totals = {name: sum(row.get(name, 0) for row in fates.values()) for name in names}
    sent = {"vidora": 2, "courier": 1, "agora": 1, "dropfile": 3, "hostkit": 1, "lumigram": 2}
    return {
        "flags": {"received": 30, "rejected": 2},
        "items": {"unique": 11, "by_provider": {}, "by_kind": {}},
        "decisions": {"confirmed": 11, "dismissed": 1, "held": 0},
        "notices": {"sent": 10, "by_provider": sent, "first_sent_at": at(0), "last_first_batch_at": at(0)},
        "outcomes": {**totals, "by_provider": fates},
        "removal_time": {
            "median_s": {"value": 18000.0, "low": 5400.0, "high": None},
            "share_1h": {"value": 0.2, "low": 0.05, "high": 0.5},
        },
        "presence": {
            "before": 9,
            "after": 4,
            "series": [
                {"at": at(-10), "up": 9, "unknown": 0},
                {"at": at(60), "up": 5, "unknown": 1},
                {"at": at(600), "up": 4, "unknown": 1},
                {"at": at(700), "up": 9, "unknown": 1},
            ],
        },
        "reemergence": {"returned_seen": 2, "median_detection_s": 300},
        "custody": {"entries": 5, "head": "x", "verified": True},
    }


def books() -> Books:
    return world(), report(), register()

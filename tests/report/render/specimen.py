"""A specimen of report.json: plausible, made up, and marked as such."""

from __future__ import annotations

from typing import Any

OUTCOMES = ("removed", "claimed_but_up", "geo_blocked", "declined", "gone_other", "unanswered", "unknown")

BY_PROVIDER = {
    "clipvault": (4102, 31, 0, 12, 55, 0, 48),
    "murmur": (3520, 12, 0, 41, 80, 0, 122),
    "chirrup": (2210, 8, 0, 15, 22, 0, 31),
    "gatherly": (1893, 14, 0, 22, 18, 0, 25),
    "lumen": (1260, 5, 0, 8, 12, 0, 14),
    "cloudshed": (905, 3, 0, 4, 6, 0, 9),
    "dropbay": (612, 41, 0, 52, 3, 0, 30),
    "inkpaste": (0, 0, 380, 0, 2, 0, 8),
    "hearthhost": (0, 0, 0, 0, 0, 14, 2),
}

DEFINITIONS = {
    "flags.received": ("flags", "Addresses handed in by units, each as often as it was handed in."),
    "flags.rejected": ("flags", "Flags that name no object that can be referred; the reason is kept with each."),
    "items.unique": ("items", "Distinct objects at providers, however many units flagged them."),
    "matches.exact": ("matches", "Items whose bytes equal those of an entry of known content (SHA-256)."),
    "matches.perceptual": (
        "matches",
        "Items whose PDQ hash lies within 31 of 256 bits of an entry, without equal bytes.",
    ),
    "decisions.confirmed": ("items", "Items an officer found to meet the legal limbs."),
    "decisions.dismissed": ("items", "Items an officer found not to, with the reason."),
    "decisions.held": ("items", "Items neither confirmed nor dismissed when the operation ended."),
    "deconfliction.holds": ("holds", "Declarations by a unit that an investigation has an interest."),
    "deconfliction.hits": ("items", "Items to which such a declaration applied before notices were sent."),
    "notices.sent": ("notices", "Notices a provider accepted, one for each item and episode."),
    "outcomes.removed": ("items", "Items our own check found gone after the notice took effect."),
    "outcomes.unknown": ("items", "Items of which no check could tell the state."),
    "removal_time.median_s": (
        "s",
        "Time from the notice's arrival until half of the notified items were gone, as far as our checks can tell.",
    ),
    "presence.before": ("items", "Items seen up, and items of unknown state, right before the first notice."),
    "reemergence.median_detection_s": (
        "s",
        "Counted from the moment the return could first be reached to the moment it was an item again.",
    ),
    "custody.head": ("SHA-256", "Digest of the last entry of the custody log, which commits to all before it."),
}


def estimate(value: float | None, low: float | None, high: float | None, unit: str, n: int) -> dict[str, Any]:
    """An estimate as report.json holds it."""
    method = "Turnbull estimate; order statistics of last seen before and first seen after"
    if unit == "share":
        method = "Turnbull estimate; Wilson limits of the counts surely and possibly over"
    return {"value": value, "low": low, "high": high, "unit": unit, "n": n, "method": method}


def speed(median: float, n: int) -> dict[str, Any]:
    """The four figures of one provider, made up around a median in seconds."""
    within = 1 - 0.5 ** (3600 / median)
    return {
        "median_s": estimate(median, median * 0.86, median * 1.13, "s", n),
        "p90_s": estimate(median * 3.3, median * 2.9, median * 4.1, "s", n),
        "share_1h": estimate(within, within * 0.96, min(1.0, within * 1.03), "share", n),
        "share_24h": estimate(0.981, 0.974, 0.986, "share", n),
    }


NEVER = {
    "median_s": estimate(None, 172_800, None, "s", 390),
    "p90_s": estimate(None, 345_600, None, "s", 390),
    "share_1h": estimate(0.0, 0.0, 0.0098, "share", 390),
    "share_24h": estimate(0.0, 0.0, 0.0098, "share", 390),
}

NOBODY = {
    "median_s": estimate(None, None, None, "s", 0),
    "p90_s": estimate(None, None, None, "s", 0),
    "share_1h": estimate(None, None, None, "share", 0),
    "share_24h": estimate(None, None, None, "share", 0),
}


def series() -> list[dict[str, Any]]:
    """Items up every hour for four days: a wait, the fall after T0, a few returns."""
    points = []
    for hour in range(97):
        after = max(0, hour - 24)
        up = 15_650 if hour < 24 else int(620 + 15_030 * 0.55**after + 35 * (after // 12 % 2))
        unknown = 180 + (1_900 if 24 <= hour < 30 else 0) // (1 + after)
        points.append({"at": f"2026-06-{15 + hour // 24:02d}T{hour % 24:02d}:00:00Z", "up": up, "unknown": unknown})
    return points


def came_in(sent: dict[str, int]) -> dict[str, Any]:
    """What was flagged, known and decided before anything was sent."""
    return {
        "flags": {
            "received": 26_000,
            "rejected": 214,
            "by_unit": {f"unit-{letter}": 2_300 - 40 * place for place, letter in enumerate("abcdefghijk")}
            | {"unit-l": 2_900},
            "by_reason": {"private_address": 12, "scheme": 48, "malformed": 154},
        },
        "items": {
            "unique": 17_204,
            "by_kind": {
                "video": 4_700,
                "post": 6_100,
                "channel": 412,
                "picture": 2_992,
                "file": 2_600,
                "paste": 390,
                "site": 10,
            },
            "by_provider": sent,
        },
        "matches": {"exact": 3_912, "perceptual": 1_204, "video": 37},
        "decisions": {
            "confirmed": sum(sent.values()),
            "dismissed": 1_373,
            "held": 140,
            "by_purpose": {
                "journalism": 611,
                "research": 204,
                "evidence_of_abuses": 301,
                "satire": 45,
                "counter_speech": 72,
            },
        },
    }


def specimen() -> dict[str, Any]:
    """A full operation."""
    by_provider = {slug: dict(zip(OUTCOMES, counts, strict=True)) for slug, counts in BY_PROVIDER.items()}
    totals = {key: sum(counts[key] for counts in by_provider.values()) for key in OUTCOMES}
    sent = {slug: sum(counts) for slug, counts in BY_PROVIDER.items()}
    medians = dict(zip(BY_PROVIDER, (780, 2460, 1500, 5400, 960, 7200, 25_200), strict=False))
    timed = {slug: speed(median, sent[slug]) for slug, median in medians.items()}
    timed |= {"inkpaste": NEVER, "hearthhost": NOBODY}
    return {
        "schema": 1,
        "note": "Specimen: every number in this report is made up.",
        "operation": {
            "slug": "specimen-1",
            "name": "Specimen",
            "started_at": "2026-06-15T00:00:00Z",
            "t0": "2026-06-16T00:00:00Z",
            "ended_at": "2026-06-19T00:00:00Z",
        },
        "generated_at": "2026-06-19T00:12:31Z",
        "run": {"wall_s": 96.4, "peak_rss_mb": 612.0, "seed": 7, "version": "0.1.0"},
        **came_in(sent),
        "notices": {
            "sent": sum(sent.values()),
            "by_provider": sent,
            "by_instrument": {"referral": 15_400, "removal_order": sum(sent.values()) - 15_400},
            "first_sent_at": "2026-06-16T00:00:00.112Z",
            "last_first_batch_at": "2026-06-16T00:00:00.731Z",
            "spread_s": 0.619,
        },
        "outcomes": totals | {"by_provider": by_provider},
        "removal_time": speed(1_860, sum(sent.values())) | {"by_provider": timed},
        "presence": {
            "before": {"at": "2026-06-15T23:58:00Z", "up": 15_650, "unknown": 180},
            "after": {"at": "2026-06-19T00:00:00Z", "up": 655, "unknown": 289},
            "series": series(),
        },
        "reemergence": {
            "returned_seen": 412,
            "by_way": {
                "same_bytes": 201,
                "altered_bytes": 120,
                "successor_account": 71,
                "announced_channel": 16,
                "new_domain": 4,
            },
            "median_detection_s": estimate(410, 355, 470, "s", 412),
        },
        "precision": {"delivered": 9_000, "complained": 31, "upheld": 12, "overturned": 4, "reinstated": 5},
        "deconfliction": {"holds": 9, "hits": 140},
        "custody": {"entries": 88_412, "head": "9f2c" * 16, "verified": True},
        "definitions": {key: {"unit": unit, "definition": text} for key, (unit, text) in DEFINITIONS.items()},
    }


def empty() -> dict[str, Any]:
    """An operation in which nothing happened: every count zero, every estimate without a value."""
    report = specimen()
    nothing = {"up": 0, "unknown": 0, "at": None}
    return report | {
        "operation": report["operation"] | {"t0": None, "ended_at": None},
        "flags": {"received": 0, "rejected": 0, "by_unit": {}, "by_reason": {}},
        "items": {"unique": 0, "by_kind": {}, "by_provider": {}},
        "matches": {"exact": 0, "perceptual": 0, "video": 0},
        "decisions": {"confirmed": 0, "dismissed": 0, "held": 0, "by_purpose": {}},
        "notices": {
            "sent": 0,
            "by_provider": {},
            "by_instrument": {},
            "first_sent_at": None,
            "last_first_batch_at": None,
            "spread_s": None,
        },
        "outcomes": dict.fromkeys(OUTCOMES, 0) | {"by_provider": {}},
        "removal_time": NOBODY | {"by_provider": {}},
        "presence": {"before": nothing, "after": nothing, "series": []},
        "reemergence": {"returned_seen": 0, "by_way": {}, "median_detection_s": estimate(None, None, None, "s", 0)},
        "precision": {"delivered": 0, "complained": 0, "upheld": 0, "overturned": 0, "reinstated": 0},
        "deconfliction": {"holds": 0, "hits": 0},
        "custody": {"entries": 0, "head": None, "verified": True},
        "run": {"wall_s": 0.0, "peak_rss_mb": 0.0, "seed": None, "version": "0.1.0"},
        "definitions": {},
    }

"""What each figure of a report is: unit and definition. A test finds every figure here."""

from __future__ import annotations

DEFINITIONS: dict[str, tuple[str, str]] = {
    "flags.received": (
        "flags",
        "Rows units handed in, good or bad, each as often as it was handed in; a list handed in again counts once.",
    ),
    "flags.rejected": (
        "flags",
        "Rows that name no web object that can be referred; each is kept with its line and reason.",
    ),
    "items.unique": (
        "items",
        "Distinct objects (provider, kind, key) flagged or sighted in the operation, however their links were spelled.",
    ),
    "matches.exact": ("items", "Items with a medium whose SHA-256 is that of an entry of known content."),
    "matches.perceptual": (
        "items",
        "Items with a picture within 31 of 256 bits (PDQ) of an entry, turned or mirrored or without its borders, and none with equal bytes.",
    ),
    "matches.video": (
        "items",
        "Items with a video of which seconds are seconds of a known one, by alignment of its frames, and neither of the above.",
    ),
    "decisions.confirmed": (
        "decisions",
        "Episodes a reviewer found to be terrorist content (Art 2(7) of Regulation (EU) 2021/784).",
    ),
    "decisions.dismissed": (
        "decisions",
        "Episodes a reviewer found not to be referable, with the protected purpose or reason.",
    ),
    "decisions.held": (
        "episodes",
        "Episodes whose notice waits, at the end, because a unit marked an investigation interest.",
    ),
    "decisions.refused_by_signer": (
        "decisions",
        "Confirmed decisions the second person refused to sign; nothing was sent.",
    ),
    "plan": (
        "share of the accounts not gone before",
        "Of the plan kept at the release, for each set: accounts joined by links, and accounts reached; promised, and as probes saw it.",
    ),
    "precision.delivered": ("notices", "Notices that arrived, about which anybody else could have a say."),
    "precision.complained": ("notices", "Of these, those a content provider complained of, to the provider or to us."),
    "precision.upheld": ("notices", "Of these, those a scrutiny or a court upheld."),
    "precision.overturned": ("notices", "Of these, those a scrutiny or a court overturned, or we withdrew."),
    "precision.reinstated": (
        "notices",
        "Of these, those whose content the provider put up again on purpose, or we had put up again.",
    ),
    "precision.overturned_share": (
        "share of notices",
        "Overturned or withdrawn, of those that arrived; what nobody challenged counts as standing.",
    ),
    "deconfliction.holds": ("holds", "Investigation interests units marked."),
    "deconfliction.hits": ("notices", "Notices those interests hold back at the end."),
    "notices.sent": ("notices", "Notices that reached their provider; one an item, addressee, instrument and episode."),
    "notices.spread_s": (
        "s of wall time",
        "From the start of the first provider's first batch to the start of the last provider's first batch at T0.",
    ),
    "outcomes.removed": (
        "notices",
        "Our own probe saw the item gone, and the page or the provider says it was removed.",
    ),
    "outcomes.claimed_but_up": ("notices", "The provider says removed, our last probe saw it up."),
    "outcomes.geo_blocked": ("notices", "Not shown where we looked from, and the page says that this is by country."),
    "outcomes.declined": ("notices", "The provider declined, with its reason."),
    "outcomes.gone_other": (
        "notices",
        "Gone, but by its owner, or without a word of who removed it and no claim by the provider.",
    ),
    "outcomes.unanswered": ("notices", "Still up at our last probe, and no answer."),
    "outcomes.unknown": (
        "notices",
        "Our probes could not tell (sign-in wall, no answer, rate limit); never counted as removed.",
    ),
    "removal_time.median_s": (
        "s",
        "Time from the provider's receipt until half of its notices were removed, all notices counted; the moment lies between two probes.",
    ),
    "removal_time.p90_s": ("s", "The same for nine in ten."),
    "removal_time.share_1h": (
        "share of notices",
        "Removed within one hour of receipt, as far as the probes on both sides can tell.",
    ),
    "removal_time.share_24h": ("share of notices", "Removed within 24 hours of receipt, likewise."),
    "presence": (
        "items",
        "Items with a notice that were up; `unknown` are those that no two looks enclose: the true number lies between up and up + unknown.",
    ),
    "presence.by_part": (
        "items",
        (
            "The same band for each provider, kind, language and outlet (as known content is labelled) of items with a notice; "
            "an item of two outlets is in both. How many people an item reached is not in the register."
        ),
    ),
    "effect.causes": (
        "share of notices",
        (
            "Cumulative incidence of each cause by 1, 24 and 72 hours after receipt (Aalen-Johansen), causes apart: the provider "
            "(its page or answer says so), the owner, hidden by country, unknown (gone without a word)."
        ),
    ),
    "effect.returns": (
        "returns an object",
        (
            "Expected confirmed returns of an object by 24 and 72 hours after it was first seen down (mean cumulative function); "
            "returns whose predecessor nobody knows are `unattributed`."
        ),
    ),
    "effect.before_and_after": (
        "items",
        (
            "Change of the number online at T0 in items already seen at the window's start: level and slope (segmented regression), "
            "average difference from what was to be expected (local level model)."
        ),
    ),
    "effect.displacement": (
        "share of out-links",
        "Out-links of followed pages by the provider they lead to: first seen before T0, after it, and the difference.",
    ),
    "effect.unseen": (
        "items",
        (
            "Confirmed objects that no unit had flagged by T0, estimated from how units' lists overlap: Chao's lower bound, and the "
            "log-linear model of least AIC. It takes units that flag independently."
        ),
    ),
    "reemergence.returned_seen": ("episodes", "Sightings of returns that a reviewer confirmed."),
    "reemergence.median_detection_s": (
        "s",
        "Upper bound of the delay: from the last look that did not show the return to the one that did.",
    ),
    "lineage": (
        "items",
        (
            "Items that came after another, each named by the best evidence there was; dismissed ones are left out. A life is from "
            "the opening of an episode to the first look that saw it down; the median is over those that ended."
        ),
    ),
    "custody.entries": ("entries", "Entries of the custody log at the time of the report."),
    "custody.head": ("SHA-256", "Root of the Merkle tree (RFC 9162) over all sealed entries."),
    "custody.verified": ("yes or no", "Every entry, batch and checkpoint was recomputed and every entry is sealed."),
    "run.wall_s": ("s", "Wall time from the start of the run to the report."),
    "run.peak_rss_mb": ("MiB", "Peak resident memory of the platform's processes, added up."),
}

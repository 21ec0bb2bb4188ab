"""The words of the vocabularies as people read them; a test holds that none is missing."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cautery.core.availability import Verdict
from cautery.core.lifecycle import DeliveryState, EpisodeState, Outcome

STATES: dict[EpisodeState, object] = {
    EpisodeState.FLAGGED: _("Flagged"),
    EpisodeState.IDENTIFIED: _("Identified"),
    EpisodeState.IN_REVIEW: _("In review"),
    EpisodeState.CONFIRMED: _("Confirmed, to be signed"),
    EpisodeState.SIGNED: _("Signed"),
    EpisodeState.COMPOSED: _("Notice ready"),
    EpisodeState.HELD: _("Held back"),
    EpisodeState.SET_ASIDE: _("Set aside by a merge"),
    EpisodeState.REFERRED: _("Referred"),
    EpisodeState.CLOSED: _("Closed"),
    EpisodeState.DISMISSED: _("Dismissed"),
}
"""In the order of the flow."""

DELIVERIES: dict[DeliveryState, object] = {
    DeliveryState.QUEUED: _("waiting to be sent"),
    DeliveryState.SENDING: _("being sent"),
    DeliveryState.UNCERTAIN: _("may have arrived"),
    DeliveryState.DELIVERED: _("delivered"),
    DeliveryState.REJECTED: _("not taken by the provider"),
    DeliveryState.HELD: _("held back"),
    DeliveryState.PAUSED: _("waits: its item was merged"),
    DeliveryState.FAILED: _("failed"),
}

OUTCOMES: dict[Outcome, object] = {
    Outcome.REMOVED: _("Removed"),
    Outcome.GONE_OTHER: _("Gone otherwise"),
    Outcome.GEO_BLOCKED: _("Geo-blocked"),
    Outcome.CLAIMED_BUT_UP: _("Claimed, but up"),
    Outcome.DECLINED: _("Declined"),
    Outcome.UNANSWERED: _("Up, unanswered"),
    Outcome.UNKNOWN: _("Unknown"),
}
"""From gone to unknown, in the order of the report's legend."""

VERDICTS: dict[Verdict, object] = {
    Verdict.UP: _("up"),
    Verdict.REMOVED: _("removed"),
    Verdict.ACCOUNT_CLOSED: _("removed: its account was closed"),
    Verdict.DELETED_BY_OWNER: _("deleted by its owner"),
    Verdict.GONE: _("gone, without a word why"),
    Verdict.GEO_BLOCKED: _("geo-blocked"),
    Verdict.LOGIN_WALL: _("behind a sign-in"),
    Verdict.PRIVATE: _("private"),
    Verdict.SUSPENDED: _("suspended for a time"),
    Verdict.MOVED: _("moved elsewhere"),
    Verdict.RATE_LIMITED: _("could not tell: asked too often"),
    Verdict.UNREACHABLE: _("could not tell: no answer"),
    Verdict.UNKNOWN: _("could not tell"),
}

ANSWERS: dict[str, object] = {
    "removed": _("says removed"),
    "geo_blocked": _("says geo-blocked"),
    "declined": _("declined"),
    "already_gone": _("says it was gone already"),
    "ceased": _("says it can act now"),
    "clarification": _("wants clarification"),
    "complaint": _("passed on a complaint"),
    "disabled": _("says disabled in the EU"),
    "impossible": _("says it cannot (Annex III)"),
    "reinstated": _("reinstated it"),
}
"""What a provider can answer (docs/provider-api.md)."""

OTHERS: dict[str, object] = {
    "confirmed": _("terrorist content"),
    "dismissed": _("not to be referred"),
    "sign": _("signed"),
    "refuse": _("refused to sign"),
    "flag": _("flagged by a unit"),
    "probe": _("seen up again by our own probe"),
    "watch": _("sighted by the watch"),
    "same_place": _("up again at the same place"),
    "out_link": _("announced by a page still up"),
    "search": _("found by the provider's search"),
    "copy": _("the same bytes as something referred before"),
    "likeness": _("like something referred before"),
    "feed": _("named by a list of new names"),
    "domain": _("by a watched domain or one registered alike"),
    "url": _("known by its URL"),
    "rdap": _("known by RDAP"),
    "gathering": _("Gathering"),
    "released": _("Released"),
}

CHANGES: dict[str, object] = {
    "addresses": _("addresses"),
    "certificate": _("certificate"),
    "delegation": _("delegation"),
    "expires": _("day of expiry"),
    "leads_to": _("where it leads"),
    "nameservers": _("name servers"),
    "network": _("network"),
    "registrar": _("registrar"),
    "state": _("state"),
    "zone": _("in the DNS"),
}
"""What changes on a domain under watch."""

CURVES: dict[str, object] = {
    "flags": _("Flagged"),
    "decisions": _("Decided"),
    "notices": _("Notices delivered"),
    "removals": _("Seen down"),
    "returns": _("Seen up again"),
}
"""The curves of the operation room."""

LANGUAGES: dict[str, object] = {
    "am": _("Amharic"),
    "bal": _("Balochi"),
    "ckb": _("Central Kurdish"),
    "dv": _("Dhivehi"),
    "fil": _("Filipino"),
    "ha": _("Hausa"),
    "ku": _("Kurdish"),
    "prs": _("Dari"),
    "ps": _("Pashto"),
    "sd": _("Sindhi"),
    "so": _("Somali"),
    "ti": _("Tigrinya"),
    "yo": _("Yoruba"),
    "zh": _("Chinese"),
}
"""Languages Django has no name for, by primary subtag."""

STUCK: dict[str, object] = {
    "not looked up": _("Could not be looked up so far"),
    "nobody known to host it": _("Signed, but nobody is known to host it"),
    "waits for a second opinion": _("Waits for a second opinion"),
    "closed to view, not yet handed over": _("Closed to view, not yet handed to the lawful body"),
    "delivery:failed": _("Notices that failed"),
    "delivery:uncertain": _("Notices that may have arrived"),
    "delivery:rejected": _("Notices the provider did not take"),
    "delivery:held": _("Held back for an investigation"),
    "no answer for a day, and up": _("No answer for a day, and still up"),
    "in a language nobody reads": _("In a language no reviewer said they read"),
}
"""Why something does not go on."""

LIMBS: dict[str, object] = {
    "a": _("incites the commission of a terrorist offence, also by glorification"),
    "b": _("solicits to commit or contribute to such an offence"),
    "c": _("solicits to take part in the activities of a terrorist group"),
    "d": _("instructs on weapons, substances or methods for such an offence"),
    "e": _("threatens to commit such an offence"),
}
"""Art 2(7) of Regulation (EU) 2021/784, shortened for lists."""

PURPOSES: dict[str, object] = {
    "none": _("None"),
    "education": _("Education"),
    "journalism": _("Journalism"),
    "art": _("Art, satire"),
    "research": _("Research"),
    "counter_terrorism": _("Preventing or countering terrorism"),
    "public_debate": _("Polemic or controversial views in public debate, evidence of abuses"),
    "mistake": _("Flagged by mistake"),
}
FINDINGS: dict[str, object] = {"confirmed": _("Terrorist content"), "dismissed": _("Not to be referred")}
INSTRUMENTS: dict[str, object] = {
    "domain": _("Notice to registrar, registry, host, delivery network or app store"),
    "dsa-notice": _("Notice under Art 16 DSA"),
    "dsa-order": _("Order under Art 9 DSA"),
    "referral": _("Voluntary referral under terms of service"),
    "tco-removal-order": _("Removal order under Art 3 TCO"),
}
MATCHES: dict[str, object] = {
    "exact": _("Same bytes"),
    "perceptual": _("Looks alike"),
    "video": _("Same seconds of video"),
}
CHANNELS: dict[str, object] = {"api": _("Provider API"), "mail": _("E-mail"), "portal": _("Provider desk")}
SOURCES: dict[str, object] = {
    "api": _("by the API"),
    "csv": _("by a CSV file"),
    "desk": _("by the provider desk"),
    "feed": _("by the provider's feed"),
    "hook": _("by the provider's feed"),
    "mail": _("by mail"),
    "ndjson": _("by an NDJSON file"),
    "text": _("by a text"),
    "watch": _("by the watch"),
}
"""Ways in of lists and answers."""

RELATIONS: dict[str, object] = {
    "same item": _("same item"),
    "merged item": _("merged item"),
    "same bytes": _("same bytes"),
}
STAGES: dict[str, object] = {
    "intake": _("Intake"),
    "identify": _("Identify"),
    "match": _("Match"),
    "review": _("Review"),
    "authorise": _("Authorise"),
    "refer": _("Refer"),
    "track": _("Track"),
    "watch": _("Watch"),
    "report": _("Report"),
}
LINES: dict[str, object] = {
    "Answered": _("Answered"),
    "Decided": _("Decided"),
    "Episode opened": _("Episode opened"),
    "Flagged": _("Flagged"),
    "Investigation interest": _("Investigation interest"),
    "Looked up": _("Looked up"),
    "Notice composed": _("Notice composed"),
    "Notice received": _("Notice received"),
    "Notice sent": _("Notice sent"),
    "Probed": _("Probed"),
    "Second person": _("Second person"),
    "Sighted": _("Sighted"),
    "Successor sighted": _("Successor sighted"),
}
"""What a line of the timeline says happened."""

DEADLINES: dict[str, object] = {
    "The operation ends": _("The operation ends"),
    "T0: not yet ready to leave": _("T0: not yet ready to leave"),
    "Investigation interest ends": _("Investigation interest ends"),
}
KINDS: dict[str, object] = {
    "account": _("account"),
    "ad": _("advertisement"),
    "album": _("album"),
    "app": _("app"),
    "archive_copy": _("archive copy"),
    "audio": _("audio"),
    "bot": _("bot"),
    "channel": _("channel"),
    "comment": _("comment"),
    "document": _("document"),
    "event": _("event"),
    "file": _("file"),
    "folder": _("folder"),
    "group": _("group"),
    "image": _("image"),
    "invite": _("invitation"),
    "live": _("live stream"),
    "page": _("page"),
    "paste": _("paste"),
    "place": _("place"),
    "playlist": _("playlist"),
    "post": _("post"),
    "redirect": _("redirect"),
    "search": _("search"),
    "site": _("site"),
    "stickers": _("stickers"),
    "story": _("story"),
    "video": _("video"),
}
"""What an object online is, by the rules of links."""

DETAILS = (
    _("a confirmed item needs at least one limb of Art 2(7), a to e"),
    _("a decision needs its reason"),
    _("a protected purpose excludes a referral"),
    _("a refusal needs its reason"),
    _("asked twice, and not for the same"),
    _("decided before"),
    _("no such instrument"),
    _("no such outcome or purpose"),
    _("not held by this officer"),
    _("not held by this officer, or moved meanwhile"),
    _("not held by this officer, or no longer in review"),
    _("sign or refuse"),
    _("signed before"),
    _("the reviewer cannot sign"),
)
"""What an action says of a row it did not take: constants there, named here so that catalogues hold them."""

STEPS: dict[str, object] = {
    "clarification": _("Clarification given to the provider"),
    "complaint": _("Complaint of the content provider"),
    "court_decision": _("Court decision"),
    "final": _("Order final"),
    "informed": _("Content provider informed"),
    "nondisclosure": _("Non-disclosure decided or renewed"),
    "nondisclosure_end": _("Non-disclosure lifted"),
    "overturned": _("Overturned"),
    "reinstatement": _("Reinstated"),
    "scrutiny_decision": _("Scrutiny decided"),
    "scrutiny_request": _("Scrutiny requested"),
    "upheld": _("Upheld"),
    "withdrawal": _("Withdrawn by who issued it"),
}
"""Steps of redress, and rulings."""

BULK: dict[str, dict[str, object]] = {
    "act": {
        "assign": _("Take into an operation"),
        "hold": _("Mark an investigation interest"),
        "watch": _("Put under watch"),
    },
    "would": {
        "assign": _("is flagged in the operation, and goes the whole way anew"),
        "hold": _("notices on it, and on what it owns, wait"),
        "watch": _("is looked for until the watch ends"),
    },
    "why_not": {
        "closed": _("it is closed to view"),
        "held": _("your unit has marked it already"),
        "live": _("it is in an operation already:"),
        "undecided": _("nobody has confirmed it, and a watch is on what was decided on"),
        "unknown": _("it is not in the register, or was merged with another"),
        "watched": _("it is watched already"),
    },
    "life": {
        "back": _("seen up again"),
        "down": _("seen down"),
        "flagged": _("flagged"),
        "referred": _("notice received"),
    },
    "stand": {"duplicate": _("another unit's order"), "interest": _("another unit's interest")},
    "mail": {
        "abuse_notice": _("a notice to us"),
        "bounce": _("came back"),
        "incomplete": _("an answer that lacks something"),
        "other": _("something else"),
        "quarantined": _("held: it may harm"),
        "reply": _("a person's answer"),
        "unmatched": _("an answer to no notice of ours"),
        "unproven": _("an answer whose sender is not proven"),
    },
}
"""Of acts on many items, outlets' lives, obstacles and mail."""

ROLES: dict[str, object] = {
    "administer": _("Administers"),
    "flag": _("Flags items"),
    "lead": _("Leads"),
    "observe": _("Observes"),
    "oversee": _("Oversees"),
    "review": _("Decides"),
    "sign": _("Signs"),
}
"""What officers do, by their roles."""

PEOPLE: dict[str, dict[str, object]] = {
    "role": ROLES,
    "officer": {"active": _("at work"), "suspended": _("shut out"), "waits": _("has a link")},
    "settled": {"declined": _("declined"), "granted": _("granted")},
    "handling": {"amber": _("Amber"), "green": _("Green"), "red": _("Red")},
}

WORDS: dict[str, dict[str, object]] = {
    **PEOPLE,
    "step": STEPS,
    **BULK,
    "state": {str(k): v for k, v in STATES.items()},
    "delivery": {str(k): v for k, v in DELIVERIES.items()},
    "outcome": {str(k): v for k, v in OUTCOMES.items()},
    "verdict": {str(k): v for k, v in VERDICTS.items()},
    "answer": ANSWERS,
    "change": CHANGES,
    "channel": CHANNELS,
    "curve": CURVES,
    "deadline": DEADLINES,
    "finding": FINDINGS,
    "instrument": INSTRUMENTS,
    "kind": KINDS,
    "limb": LIMBS,
    "line": LINES,
    "match": MATCHES,
    "purpose": PURPOSES,
    "relation": RELATIONS,
    "source": SOURCES,
    "stage": STAGES,
    "stuck": STUCK,
    "other": OTHERS,
}

LINE_WORDS = {"Looked up": "verdict", "Probed": "verdict", "Notice sent": "delivery", "Answered": "answer"}
"""Which vocabulary the word of a line of the timeline belongs to; the others are in OTHERS."""

"""What the log can say, `<stage>:<noun>:<verb>`, kept alphabetical; each with its label."""

from __future__ import annotations

from enum import StrEnum


class Access(StrEnum):
    """What somebody did with what they consulted."""

    COPY = "copy"
    SEND = "send"
    VIEW = "view"


class Event(StrEnum):
    """Kinds of custody entry."""

    AUTHORISE_DECISION_COMPLETED = "authorise:decision:completed"
    AUTHORISE_DECISION_SIGNED = "authorise:decision:signed"
    AUTHORISE_INSTRUMENT_RESUMED = "authorise:instrument:resumed"
    AUTHORISE_INSTRUMENT_SUSPENDED = "authorise:instrument:suspended"
    AUTHORISE_OPERATION_KEYS_RETURNED = "authorise:operation:keys_returned"
    AUTHORISE_OPERATION_KEY_TURNED = "authorise:operation:key_turned"
    AUTHORISE_OPERATION_RELEASED = "authorise:operation:released"
    AUTHORISE_WARRANT_RECORDED = "authorise:warrant:recorded"
    CUSTODY_CONSULTATIONS_RECORDED = "custody:consultations:recorded"
    CUSTODY_GUARDS_RESTORED = "custody:guards:restored"
    CUSTODY_HOLD_LIFTED = "custody:hold:lifted"
    CUSTODY_HOLD_SET = "custody:hold:set"
    CUSTODY_LOG_EXPORTED = "custody:log:exported"
    CUSTODY_PERSONAL_ERASED = "custody:personal:erased"
    DIRECTORY_ENTRIES_IMPORTED = "directory:entries:imported"
    DIRECTORY_FACTOR_ADDED = "directory:factor:added"
    DIRECTORY_FACTOR_REMOVED = "directory:factor:removed"
    DIRECTORY_INVITATION_GIVEN = "directory:invitation:given"
    DIRECTORY_INVITATION_USED = "directory:invitation:used"
    DIRECTORY_OFFICER_ADDED = "directory:officer:added"
    DIRECTORY_OFFICER_CHANGED = "directory:officer:changed"
    DIRECTORY_OFFICER_RESET = "directory:officer:reset"
    DIRECTORY_OFFICER_RESUMED = "directory:officer:resumed"
    DIRECTORY_OFFICER_SUSPENDED = "directory:officer:suspended"
    DIRECTORY_PASSWORD_SET = "directory:password:set"  # noqa: S105 (a word, not a secret)
    DIRECTORY_PROVIDER_KEYED = "directory:provider:keyed"
    DIRECTORY_REGISTER_SET_UP = "directory:register:set_up"
    DIRECTORY_ROLES_ASKED = "directory:roles:asked"
    DIRECTORY_ROLES_SETTLED = "directory:roles:settled"
    DIRECTORY_SESSIONS_ENDED = "directory:sessions:ended"
    DIRECTORY_SESSION_BEGUN = "directory:session:begun"
    DIRECTORY_TOKEN_ISSUED = "directory:token:issued"  # noqa: S105 (a word, not a secret)
    DIRECTORY_TOKEN_REVOKED = "directory:token:revoked"  # noqa: S105 (a word, not a secret)
    DIRECTORY_UNIT_KEPT = "directory:unit:kept"
    IDENTIFY_EPISODES_IDENTIFIED = "identify:episodes:identified"
    IDENTIFY_SHORTENERS_TRIED = "identify:shorteners:tried"
    INTAKE_BATCH_RECEIVED = "intake:batch:received"
    INTAKE_CAPTURES_KEPT = "intake:captures:kept"
    INTAKE_CONFLICT_SETTLED = "intake:conflict:settled"
    INTAKE_EPISODES_OPENED = "intake:episodes:opened"
    INTAKE_ITEMS_MERGED = "intake:items:merged"
    INTAKE_ITEMS_UNMERGED = "intake:items:unmerged"
    INTAKE_OPERATION_CREATED = "intake:operation:created"
    INTAKE_OPERATION_SHARED = "intake:operation:shared"
    INTAKE_OPERATION_TIMED = "intake:operation:timed"
    MATCH_BANK_IMPORTED = "match:bank:imported"
    MATCH_BANK_LOOKED_BACK = "match:bank:looked_back"
    MATCH_ENTRIES_QUARANTINED = "match:entries:quarantined"
    MATCH_ENTRY_RELEASED = "match:entry:released"
    MATCH_EPISODES_MATCHED = "match:episodes:matched"
    MATCH_OPINION_GIVEN = "match:opinion:given"
    REFER_DELIVERIES_RECORDED = "refer:deliveries:recorded"
    REFER_DUPLICATES_HELD = "refer:duplicates:held"
    REFER_HOLDS_TOLD = "refer:holds:told"
    REFER_HOLD_OVERRIDDEN = "refer:hold:overridden"
    REFER_NOTICES_COMPOSED = "refer:notices:composed"
    REFER_NOTICES_HELD = "refer:notices:held"
    REFER_NOTICES_ISSUED = "refer:notices:issued"
    REFER_PAPERS_SENT = "refer:papers:sent"
    REFER_TRIES_RECORDED = "refer:tries:recorded"
    REFER_UNSIGNED_REFUSED = "refer:unsigned:refused"
    REPORT_CHOICE_MADE = "report:choice:made"
    REPORT_OPERATION_REPORTED = "report:operation:reported"
    REPORT_PLAN_CHOSEN = "report:plan:chosen"
    REPORT_PLAN_MADE = "report:plan:made"
    REVIEW_DECISIONS_RECORDED = "review:decisions:recorded"
    REVIEW_DECISIONS_WITHDRAWN = "review:decisions:withdrawn"
    REVIEW_HOLDS_RELEASED = "review:holds:released"
    REVIEW_HOLDS_SET = "review:holds:set"
    REVIEW_ITEM_HANDED_OVER = "review:item:handed_over"
    REVIEW_ITEM_QUARANTINED = "review:item:quarantined"
    REVIEW_OPINION_ASKED = "review:opinion:asked"
    TRACK_ANSWERS_RECEIVED = "track:answers:received"
    TRACK_FORMS_RECEIVED = "track:forms:received"
    TRACK_MAIL_RECEIVED = "track:mail:received"
    TRACK_MAIL_SETTLED = "track:mail:settled"
    TRACK_NOTICES_FETCHED = "track:notices:fetched"
    TRACK_PROBES_RECORDED = "track:probes:recorded"
    TRACK_REDRESS_RECORDED = "track:redress:recorded"
    TRACK_THREAT_REPORTED = "track:threat:reported"
    WATCH_DOMAINS_LOOKED = "watch:domains:looked"
    WATCH_LEADS_RECORDED = "watch:leads:recorded"
    WATCH_LINEAGE_TRACED = "watch:lineage:traced"
    WATCH_SIGHTINGS_RECORDED = "watch:sightings:recorded"
    WATCH_WATCHES_BEGUN = "watch:watches:begun"
    WATCH_WATCHES_ENDED = "watch:watches:ended"


LABELS: dict[Event, str] = {
    Event.AUTHORISE_DECISION_COMPLETED: "What decisions lacked of their form, filled in by the signer",
    Event.AUTHORISE_DECISION_SIGNED: "Decisions signed or refused by a second person",
    Event.AUTHORISE_INSTRUMENT_RESUMED: "A notice type allowed again",
    Event.AUTHORISE_INSTRUMENT_SUSPENDED: "A notice type suspended by the overseer",
    Event.AUTHORISE_OPERATION_KEYS_RETURNED: "Keys given back, for the times were changed",
    Event.AUTHORISE_OPERATION_KEY_TURNED: "A leader turned a key",
    Event.AUTHORISE_OPERATION_RELEASED: "Operation released",
    Event.AUTHORISE_WARRANT_RECORDED: "Judicial authorisation recorded",
    Event.CUSTODY_CONSULTATIONS_RECORDED: "Looked at, copied or sent",
    Event.CUSTODY_GUARDS_RESTORED: "The database's guards of the log put back",
    Event.CUSTODY_HOLD_LIFTED: "Legal hold lifted",
    Event.CUSTODY_HOLD_SET: "Legal hold set",
    Event.CUSTODY_LOG_EXPORTED: "Log exported",
    Event.CUSTODY_PERSONAL_ERASED: "Personal data erased",
    Event.DIRECTORY_ENTRIES_IMPORTED: "Units, officers and providers imported",
    Event.DIRECTORY_FACTOR_ADDED: "An officer added a second factor",
    Event.DIRECTORY_FACTOR_REMOVED: "An officer removed a second factor",
    Event.DIRECTORY_INVITATION_GIVEN: "An officer was given a link to come in by",
    Event.DIRECTORY_INVITATION_USED: "An officer came in by a link and chose a password",
    Event.DIRECTORY_OFFICER_ADDED: "An officer was added",
    Event.DIRECTORY_OFFICER_CHANGED: "An officer's name, unit, roles or languages were changed",
    Event.DIRECTORY_OFFICER_RESET: "What an officer signed in with was ended, and a link given",
    Event.DIRECTORY_OFFICER_RESUMED: "An officer was let in again",
    Event.DIRECTORY_OFFICER_SUSPENDED: "An officer was shut out",
    Event.DIRECTORY_PASSWORD_SET: "An officer was given a password",
    Event.DIRECTORY_PROVIDER_KEYED: "A provider's staff were given a key or a link",
    Event.DIRECTORY_REGISTER_SET_UP: "The register was set up in the browser",
    Event.DIRECTORY_ROLES_ASKED: "Roles asked for that a second administrator settles",
    Event.DIRECTORY_ROLES_SETTLED: "A second administrator granted or declined roles, or they were withdrawn",
    Event.DIRECTORY_SESSIONS_ENDED: "An officer ended sessions of their own",
    Event.DIRECTORY_SESSION_BEGUN: "An officer signed in",
    Event.DIRECTORY_TOKEN_ISSUED: "A token of the API was issued",
    Event.DIRECTORY_TOKEN_REVOKED: "A token of the API was revoked",
    Event.DIRECTORY_UNIT_KEPT: "A unit was added or changed",
    Event.IDENTIFY_EPISODES_IDENTIFIED: "Items looked up and fingerprinted",
    Event.IDENTIFY_SHORTENERS_TRIED: "Shortened links followed",
    Event.INTAKE_BATCH_RECEIVED: "Flags received",
    Event.INTAKE_CAPTURES_KEPT: "Captures kept as evidence, or failed",
    Event.INTAKE_CONFLICT_SETTLED: "Conflict of two decisions on one object settled",
    Event.INTAKE_EPISODES_OPENED: "Items up again, new episodes opened",
    Event.INTAKE_ITEMS_MERGED: "Two items found to be one object, merged",
    Event.INTAKE_ITEMS_UNMERGED: "Merge of two items undone",
    Event.INTAKE_OPERATION_CREATED: "Operation created",
    Event.INTAKE_OPERATION_SHARED: "Said who of other units may see an operation",
    Event.INTAKE_OPERATION_TIMED: "T0 or the end of an operation changed",
    Event.MATCH_BANK_IMPORTED: "Known content imported",
    Event.MATCH_BANK_LOOKED_BACK: "New known content compared with all captured before",
    Event.MATCH_ENTRIES_QUARANTINED: "Known content that matched too much put into quarantine",
    Event.MATCH_ENTRY_RELEASED: "Known content released from quarantine",
    Event.MATCH_EPISODES_MATCHED: "Items compared with known content",
    Event.MATCH_OPINION_GIVEN: "A person agreed or disagreed with a match",
    Event.REFER_DELIVERIES_RECORDED: "Notices sent",
    Event.REFER_DUPLICATES_HELD: "Kept from leaving: another unit's notice is with the provider",
    Event.REFER_HOLDS_TOLD: "A hold stopped signed notices; its holder was told",
    Event.REFER_HOLD_OVERRIDDEN: "A hold overridden by two people",
    Event.REFER_NOTICES_COMPOSED: "Notices composed",
    Event.REFER_NOTICES_HELD: "Notices held back for another unit's investigation",
    Event.REFER_NOTICES_ISSUED: "Notices issued, first information and copies with them",
    Event.REFER_PAPERS_SENT: "First information and copies sent",
    Event.REFER_TRIES_RECORDED: "Sendings that failed or are uncertain",
    Event.REFER_UNSIGNED_REFUSED: "Kept from leaving: not signed as it stood",
    Event.REPORT_CHOICE_MADE: "Chosen whom to act on together",
    Event.REPORT_OPERATION_REPORTED: "Report made",
    Event.REPORT_PLAN_CHOSEN: "Whom to act on together, chosen by a person",
    Event.REPORT_PLAN_MADE: "A plan of whom to act on together, kept",
    Event.REVIEW_DECISIONS_RECORDED: "Decisions of a reviewer",
    Event.REVIEW_DECISIONS_WITHDRAWN: "A reviewer withdrew decisions before anybody signed",
    Event.REVIEW_HOLDS_RELEASED: "Investigation interest given up",
    Event.REVIEW_HOLDS_SET: "Investigation interest marked",
    Event.REVIEW_ITEM_HANDED_OVER: "Quarantined item handed to the lawful body",
    Event.REVIEW_ITEM_QUARANTINED: "Item closed to view: it must not be seen further",
    Event.REVIEW_OPINION_ASKED: "A second opinion asked for",
    Event.TRACK_ANSWERS_RECEIVED: "Answers of a provider",
    Event.TRACK_FORMS_RECEIVED: "Annexes and statements of reasons of a provider",
    Event.TRACK_MAIL_RECEIVED: "Mail received",
    Event.TRACK_MAIL_SETTLED: "A person dealt with mail",
    Event.TRACK_NOTICES_FETCHED: "A provider's staff saw notices in the desk for the first time",
    Event.TRACK_PROBES_RECORDED: "Our own probes",
    Event.TRACK_REDRESS_RECORDED: "Complaint, scrutiny, court or withdrawal recorded",
    Event.TRACK_THREAT_REPORTED: "A provider reported a threat to life",
    Event.WATCH_DOMAINS_LOOKED: "Watched domains looked at",
    Event.WATCH_LEADS_RECORDED: "Names found in lists of new domains",
    Event.WATCH_LINEAGE_TRACED: "What late items come after, traced",
    Event.WATCH_SIGHTINGS_RECORDED: "Sightings proposed",
    Event.WATCH_WATCHES_BEGUN: "Watches begun",
    Event.WATCH_WATCHES_ENDED: "Watches ended",
}

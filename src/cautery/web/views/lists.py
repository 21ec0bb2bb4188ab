"""Lists beside the register: outlets, domains, providers, known content, interests, answers, redress, threats, mail, the log.

Each is a page at a time, with filters that are its address, and a file. Adding one: a `Listing` here, its rows in
report/register (lists.py, desks.py).
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext_lazy as _

from cautery.core.actors import Actor, Permission
from cautery.core.errors import NotFound
from cautery.core.mail.weighing import FOR_A_PERSON
from cautery.custody.events import LABELS
from cautery.report.register import desks, lists, people
from cautery.report.register.domains import changes
from cautery.track.models import ProceedingKind, Ruling
from cautery.web.access import needs
from cautery.web.labels import ANSWERS, CHANGES, PEOPLE, ROLES
from cautery.web.listing import Choice, Column, Listing, download_of, page_of

_TALLIED = (
    Column("items", _("Items"), "number"),
    Column("first_flagged_at", _("First flagged"), "time"),
    Column("last_flagged_at", _("Newest item"), "time"),
)
_NOTICE = Column("notice__reference", _("Notice"), "notice")
_ITEM = Column("notice__item_id", _("Item"), "item")
_CONCERNED = (_NOTICE, _ITEM, Column("notice__provider__slug", _("Provider"), "provider"))
"""Of what hangs on a notice: which one, about what, to whom."""
_ANSWERED = (
    *_CONCERNED,
    Column("answer", _("Answer"), "word:answer"),
    Column("reason", _("Reason")),
    Column("at", _("Answered"), "time"),
)
LISTINGS = {
    listing.slug: listing
    for listing in (
        Listing(
            "outlets",
            _("Outlets"),
            _("Accounts and channels, those with most items first. The search takes the beginning of a name."),
            (Column("name", _("Outlet"), "outlet"), Column("provider", _("Provider")), *_TALLIED),
            lambda asked, by: lists.outlets(asked.words, asked.after, by=by),
        ),
        Listing(
            "domains",
            _("Domains"),
            _("Hosts that links lead to, those with most items first. The search takes the beginning of a name."),
            (Column("name", _("Domain"), "domain"), *_TALLIED),
            lambda asked, by: lists.domains(asked.words, asked.after, by=by),
        ),
        Listing(
            "domain-changes",
            _("Changes of domains"),
            _("What changed on domains under watch, the newest first. The search takes the beginning of a name."),
            (
                Column("at", _("Seen"), "time"),
                Column("watch__subject", _("Domain"), "domain"),
                Column("what", _("What"), "word:change"),
                Column("said", _("Change"), "long"),
                Column("after", _("Last seen otherwise"), "time"),
            ),
            lambda asked, by: changes(asked.words, asked.after, asked.chosen, by=by),
            (Choice("what", _("What"), CHANGES),),
            empty=_("No domain under watch has changed."),
        ),
        Listing(
            "providers",
            _("Providers"),
            _("Who answers for what is hosted, and how notices reach them."),
            (
                Column("slug", _("Provider"), "provider"),
                Column("name", _("Name")),
                Column("kind", _("Kind")),
                Column("channel", _("Channel"), "word:channel"),
                Column("home_state", _("Member State")),
                Column("max_batch", _("Largest batch"), "number"),
            ),
            lambda asked, by: lists.providers(asked.words, asked.after, by=by),
        ),
        Listing(
            "holds",
            _("Investigation interests"),
            _("What a unit asked to be left alone for a time; notices on it wait."),
            (
                Column("unit__name", _("Unit")),
                Column("operation__slug", _("Operation")),
                Column("reason", _("Reason, of one's own unit")),
                Column("set_at", _("Set"), "time"),
                Column("until", _("Until"), "time"),
            ),
            lambda asked, by: lists.holds(asked.words, asked.after, asked.chosen, by=by, at=asked.at),
            (Choice("state", _("State"), {"running": _("running"), "over": _("ended or given up")}),),
            empty=_("No unit has marked an interest."),
        ),
        Listing(
            "answers",
            _("Answers to look at"),
            _("Answers other than a removal: declined, blocked in places, gone already. Complaints begin here."),
            (
                *_ANSWERED,
                Column("source", _("By"), "word:source"),
            ),
            lambda asked, by: lists.answers(asked.words, asked.after, asked.chosen, by=by),
            (Choice("answer", _("Answer"), {word: label for word, label in ANSWERS.items() if word != "removed"}),),
            empty=_("Every answer so far was a removal."),
        ),
        Listing(
            "redress",
            _("Redress"),
            _(
                "What was said against notices after they left, and what was decided. The search takes a notice or a provider."
            ),
            (
                *_CONCERNED,
                Column("kind", _("Step"), "word:step"),
                Column("ruling", _("Ruling"), "word:step"),
                Column("body", _("Before, or by")),
                Column("at", _("Recorded"), "time"),
                Column("until", _("Until"), "time"),
            ),
            lambda asked, by: desks.proceedings(asked.words, asked.after, asked.chosen, by=by),
            (
                Choice("kind", _("Step"), dict(ProceedingKind.choices)),
                Choice("ruling", _("Ruling"), dict(Ruling.choices)),
            ),
            Permission.REPORT_OPERATION_READ,
            _("Nobody has complained, and nothing was withdrawn."),
        ),
        Listing(
            "obstacles",
            _("Cannot be carried out"),
            _(
                "What providers say stands in the way of an order (Annex III): force majeure, a manifest error, too little information."
            ),
            (
                *_ANSWERED,
                Column("notice__episode__tracking__answer", _("Last word since"), "word:answer"),
            ),
            lambda asked, by: desks.obstacles(asked.words, asked.after, asked.chosen, by=by),
            (Choice("answer", _("Answer"), {word: ANSWERS[word] for word in desks.IMPOSSIBLE}),),
            empty=_("No provider has said that it cannot."),
        ),
        Listing(
            "held-back",
            _("Held back"),
            _(
                "Signed notices that another unit's interest or order stands against. Two people, neither of them the reviewer, let one pass."
            ),
            (
                _NOTICE,
                _ITEM,
                Column("kind", _("Why"), "word:stand"),
                Column("hold__unit__name", _("Whose interest")),
                Column("hold__until", _("Until"), "time"),
                Column("other__reference", _("Other order"), "notice"),
                Column("at", _("Since"), "time"),
                Column("reason", _("Reason to let it pass")),
                Column("asked_by__name", _("Asked by")),
                Column("confirmed_by__name", _("Confirmed by")),
            ),
            lambda asked, by: desks.held_back(asked.words, asked.after, asked.chosen, by=by),
            (Choice("state", _("State"), {"open": _("held back"), "passed": _("let pass")}),),
            empty=_("Nothing stands against your unit's notices."),
            act="web/acts/override.html",
        ),
        Listing(
            "threats",
            _("Threats to life"),
            _(
                "What providers report under Art 14(5): an imminent threat to life. It is acted on at once, and decides nothing else."
            ),
            (
                Column("received_at", _("Received"), "time"),
                Column("provider__slug", _("Provider"), "provider"),
                Column("text", _("Report"), "long"),
                Column("contact", _("Whom to ask"), "long"),
                Column("state", _("Member State")),
                _NOTICE,
                Column("seen_at", _("Taken on"), "time"),
                Column("seen_by__name", _("By")),
            ),
            lambda asked, by: desks.threats(asked.words, asked.after, asked.chosen, by=by),
            (Choice("state", _("State"), {"waiting": _("nobody has it yet"), "taken": _("taken on")}),),
            Permission.TRACK_THREAT_READ,
            _("No provider has reported a threat to life."),
            act="web/acts/threat.html",
        ),
        Listing(
            "mail",
            _("Mail to sort"),
            _("Messages no rule could settle: a person reads them and says when they are done with."),
            (
                Column("pk", _("Message"), "mail"),
                Column("received_at", _("Received"), "time"),
                Column("sender", _("From")),
                Column("meaning", _("Taken for"), "word:mail"),
                Column("problem", _("Why it waits")),
                Column("settled_at", _("Settled"), "time"),
            ),
            lambda asked, by: desks.letters(asked.words, asked.after, asked.chosen, by=by),
            (
                Choice("state", _("State"), {"waiting": _("waits"), "settled": _("settled")}),
                Choice("meaning", _("Taken for"), {word: word for word in sorted(FOR_A_PERSON)}),
            ),
            Permission.TRACK_MAIL_READ,
            _("No message waits."),
            act="web/acts/mail.html",
        ),
        Listing(
            "people",
            _("People"),
            _("Officers by user name, of every unit. The search takes a name, a user name or a unit."),
            (
                Column("username", _("User name"), "officer"),
                Column("name", _("Name")),
                Column("unit__name", _("Unit"), "unit"),
                Column("roles", _("Roles"), "words:role"),
                Column("reads", _("Reads")),
                Column("state", _("State"), "word:officer"),
                Column("seen_at", _("Last seen"), "time"),
            ),
            lambda asked, by: people.officers(asked.words, asked.after, asked.chosen, by=by, at=asked.at),
            (
                Choice("role", _("Role"), ROLES),
                Choice("state", _("State"), PEOPLE["officer"]),
            ),
            Permission.DIRECTORY_OFFICER_READ,
            _("Nobody is here yet."),
            add=("officer-new", _("Add somebody")),
        ),
        Listing(
            "role-changes",
            _("Roles by two"),
            _(
                "Roles one administrator asked for and a second one grants: those that lead, sign, administer and oversee."
            ),
            (
                Column("officer__username", _("Officer"), "officer"),
                Column("roles", _("Roles"), "words:role"),
                Column("asked_by__name", _("Asked by")),
                Column("asked_at", _("Asked"), "time"),
                Column("done", _("What became of it"), "word:settled"),
                Column("settled_by__name", _("By")),
                Column("settled_at", _("When"), "time"),
            ),
            lambda asked, by: people.role_changes(asked.words, asked.after, asked.chosen, by=by),
            (Choice("state", _("State"), {"waiting": _("waits"), "settled": _("settled")}),),
            Permission.DIRECTORY_OFFICER_READ,
            _("No roles wait."),
            act="web/acts/roles.html",
        ),
        Listing(
            "tokens",
            _("Tokens of the API"),
            _("What programs come in with: whose, what for, when it was last used. The token itself is kept nowhere."),
            (
                Column("officer__username", _("Officer"), "officer"),
                Column("name", _("What for")),
                Column("created_at", _("Issued"), "time"),
                Column("used_at", _("Last used"), "time"),
                Column("revoked_at", _("Revoked"), "time"),
            ),
            lambda asked, by: people.tokens(asked.words, asked.after, asked.chosen, by=by),
            (Choice("state", _("State"), {"open": _("open"), "revoked": _("revoked")}),),
            Permission.DIRECTORY_OFFICER_READ,
            _("No token was issued."),
            act="web/acts/token.html",
        ),
        Listing(
            "units",
            _("Units"),
            _("Who flags, decides and signs together, and the handling code their new operations begin with."),
            (
                Column("slug", _("Unit"), "unit"),
                Column("name", _("Name")),
                Column("state", _("Member State")),
                Column("email", _("E-mail")),
                Column("handling", _("Handling code"), "word:handling"),
                Column("authority__name", _("Authority")),
                Column("people", _("People"), "number"),
            ),
            lambda asked, by: people.units(asked.words, asked.after, by=by),
            permission=Permission.DIRECTORY_OFFICER_READ,
            add=("unit-new", _("Add a unit")),
        ),
        Listing(
            "log",
            _("Custody log"),
            _(
                "Every change, in the order it was written. The search takes a subject: item:5, notice:REFERENCE, officer:UUID."
            ),
            (
                Column("pk", _("Entry"), "entry"),
                Column("at", _("When"), "time"),
                Column("event", _("What"), "event"),
                Column("actor", _("Who")),
                Column("subject", _("Subject")),
                Column("rows__count", _("Rows"), "number"),
                Column("place__position", _("Place in the tree"), "number"),
            ),
            lambda asked, by: desks.entries(asked.words, asked.after, asked.chosen, by=by),
            (Choice("event", _("What"), {str(event): label for event, label in LABELS.items()}),),
            Permission.CUSTODY_LOG_READ,
        ),
    )
}
BANK = Listing(
    "bank",
    _("Known content"),
    _("Entries of the bank, the newest first. The search takes a label, an outlet or a hash."),
    (
        Column("pk", _("Entry"), "number"),
        Column("label", _("Label")),
        Column("outlet", _("Outlet")),
        Column("source", _("Source")),
        Column("kind", _("Kind")),
        Column("severity", _("Severity"), "number"),
        Column("handling", _("Handling")),
        Column("matches", _("Matches"), "number"),
        Column("added_at", _("Added"), "time"),
        Column("quarantined_at", _("In quarantine since"), "time"),
    ),
    lambda asked, by: lists.bank(asked.words, asked.after, by=by),
    permission=Permission.MATCH_BANK_IMPORT,
)


def listing_of(slug: str) -> Listing:
    """The list of this name; `NotFound`."""
    if slug != BANK.slug and slug not in LISTINGS:
        raise NotFound("There is no such list.", list=slug)
    return LISTINGS.get(slug, BANK)


def tabs(by: Actor) -> list[Listing]:
    """The lists this reader may see."""
    return [listing for listing in (*LISTINGS.values(), BANK) if listing.permission in by.permissions]


@needs(Permission.INTAKE_ITEM_READ)
def listing_page(request: HttpRequest, name: str, *, by: Actor) -> HttpResponse:
    """One of the lists."""
    return page_of(request, listing_of(name), tabs(by), by)


@needs(Permission.INTAKE_ITEM_READ)
def listing_file(request: HttpRequest, name: str, kind: str, *, by: Actor) -> StreamingHttpResponse:
    """The same list as a file, whole."""
    return download_of(request, listing_of(name), kind, by)


@needs(Permission.MATCH_BANK_IMPORT)
def bank_page(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Known content."""
    return page_of(request, BANK, tabs(by), by)


@needs(Permission.MATCH_BANK_IMPORT)
def bank_file(request: HttpRequest, kind: str, *, by: Actor) -> StreamingHttpResponse:
    """Known content as a file: labels and counts, no hashes."""
    return download_of(request, BANK, kind, by)

"""Lists beside the register: outlets, domains, providers, known content, holds, answers; each a page at a time and as a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from cautery.core.actors import Actor, Permission
from cautery.core.errors import NotFound, Refused
from cautery.custody.actions import consult
from cautery.directory.queries import providers as providers_by_slug
from cautery.fetch import clock
from cautery.report.register import lists
from cautery.report.register.lists import Part, all_of
from cautery.web.access import needs
from cautery.web.files import FORMATS, file_of

LONGEST = 300
Shown = Callable[[str, str, Actor], Part]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its field, what stands above it, and how it is shown (text, number, time, or a link by its kind)."""

    field: str
    label: object
    shown: str = "text"


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: its title, what it is, its columns, and its rows by words and cursor."""

    slug: str
    title: object
    about: object
    columns: tuple[Column, ...]
    rows: Shown

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of its file."""
        return tuple(column.field for column in self.columns)


_TALLIED = (
    Column("items", _("Items"), "number"),
    Column("first_flagged_at", _("First flagged"), "time"),
    Column("last_flagged_at", _("Newest item"), "time"),
)
LISTINGS = {
    listing.slug: listing
    for listing in (
        Listing(
            "outlets",
            _("Outlets"),
            _("Accounts and channels, those with most items first. The search takes the beginning of a name."),
            (Column("name", _("Outlet"), "outlet"), Column("provider", _("Provider")), *_TALLIED),
            lambda words, after, by: lists.outlets(words, after, by=by),
        ),
        Listing(
            "domains",
            _("Domains"),
            _("Hosts that links lead to, those with most items first. The search takes the beginning of a name."),
            (Column("name", _("Domain"), "domain"), *_TALLIED),
            lambda words, after, by: lists.domains(words, after, by=by),
        ),
        Listing(
            "providers",
            _("Providers"),
            _("Who answers for what is hosted, and how notices reach them."),
            (
                Column("slug", _("Provider"), "provider"),
                Column("name", _("Name")),
                Column("kind", _("Kind")),
                Column("channel", _("Channel")),
                Column("home_state", _("State")),
                Column("max_batch", _("Largest batch"), "number"),
            ),
            lambda words, after, by: lists.providers(words, after, by=by),
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
            lambda words, after, by: lists.holds(words, after, by=by),
        ),
        Listing(
            "answers",
            _("Answers to look at"),
            _("Answers other than a removal: declined, blocked in places, gone already. Complaints begin here."),
            (
                Column("notice__reference", _("Notice")),
                Column("notice__item_id", _("Item"), "item"),
                Column("notice__provider__slug", _("Provider"), "provider"),
                Column("answer", _("Answer"), "answer"),
                Column("reason", _("Reason")),
                Column("at", _("Answered"), "time"),
                Column("source", _("By")),
            ),
            lambda words, after, by: lists.answers(words, after, by=by),
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
    lambda words, after, by: lists.bank(words, after, by=by),
)


def _listing(slug: str) -> Listing:
    if slug not in LISTINGS:
        raise NotFound(f"There is no list {slug}.", list=slug)
    return LISTINGS[slug]


def _words(request: HttpRequest) -> str:
    words = request.GET.get("q", "").strip()
    if len(words) > LONGEST or "\0" in words:
        raise Refused("That cannot be searched for.", reason="filter", filter="q")
    return words


def _page(request: HttpRequest, listing: Listing, by: Actor) -> HttpResponse:
    words = _words(request)
    part = listing.rows(words, request.GET.get("after", "")[:LONGEST].replace("\0", ""), by)
    consult([f"list:{listing.slug}"], by=by, at=clock().now(), why=request.get_full_path()[:500])
    shown = [[(column, row[column.field], row) for column in listing.columns] for row in part.rows]
    context = {"listing": listing, "rows": shown, "part": part, "q": words, "formats": FORMATS, "tabs": _tabs(by)}
    return render(request, "web/list.html", context)


def _tabs(by: Actor) -> list[Listing]:
    bank = [BANK] if Permission.MATCH_BANK_IMPORT in by.permissions else []
    return [*LISTINGS.values(), *bank]


def _download(request: HttpRequest, listing: Listing, kind: str, by: Actor) -> StreamingHttpResponse:
    words = _words(request)
    rows = all_of(lambda after: listing.rows(words, after, by))
    return file_of(request, rows, listing.fields, kind, listing.slug, by=by)


@needs(Permission.INTAKE_ITEM_READ)
def listing_page(request: HttpRequest, name: str, *, by: Actor) -> HttpResponse:
    """One of the lists."""
    return _page(request, _listing(name), by)


@needs(Permission.INTAKE_ITEM_READ)
def listing_file(request: HttpRequest, name: str, kind: str, *, by: Actor) -> StreamingHttpResponse:
    """The same list as a file, whole."""
    return _download(request, _listing(name), kind, by)


@needs(Permission.MATCH_BANK_IMPORT)
def bank_page(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Known content."""
    return _page(request, BANK, by)


@needs(Permission.MATCH_BANK_IMPORT)
def bank_file(request: HttpRequest, kind: str, *, by: Actor) -> StreamingHttpResponse:
    """Known content as a file: labels and counts, no hashes."""
    return _download(request, BANK, kind, by)


@needs(Permission.INTAKE_ITEM_READ)
def provider_page(request: HttpRequest, slug: str, *, by: Actor) -> HttpResponse:
    """One provider: its contact points, its deliveries, how it answers and how fast."""
    provider = providers_by_slug().get(slug)
    if provider is None:
        raise NotFound(f"No provider {slug}.", provider=slug)
    consult([f"provider:{slug}"], by=by, at=clock().now(), why=request.path)
    return render(request, "web/provider.html", {"facts": lists.provider_facts(provider, by=by), "provider": provider})

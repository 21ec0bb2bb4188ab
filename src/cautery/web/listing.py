"""Lists of the desk: what a list is, its page, and the same list as a file. Adding one is adding a `Listing` (views/lists.py)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import resolve, reverse

from cautery.core.actors import Actor, Permission
from cautery.core.errors import Refused
from cautery.custody.actions import consult
from cautery.fetch import clock
from cautery.report.register.lists import Part, all_of, saved_views
from cautery.web.access import NEEDS
from cautery.web.files import FORMATS, file_of

LONGEST = 300


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its field, what stands above it, and how it is shown (text, number, time, a word of a vocabulary, a link by its kind)."""

    field: str
    label: object
    shown: str = "text"

    @property
    def vocabulary(self) -> str:
        """Of `word:answer` the vocabulary; empty for what is no word."""
        return self.shown.partition(":")[2]

    @property
    def words(self) -> bool:
        """Whether it holds several words of the vocabulary, with spaces between (`words:role`)."""
        return self.shown.startswith("words:")


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter of the address with the values it can have; `{value: label}`, and no value for any."""

    name: str
    label: object
    options: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks of a list at a moment: words, the cursor, and what was chosen of each filter."""

    at: datetime
    words: str = ""
    after: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)


Shown = Callable[[Asked, Actor], Part]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: its title, what it is, its columns and filters, who may see it, its rows, and what it says when it is empty."""

    slug: str
    title: object
    about: object
    columns: tuple[Column, ...]
    rows: Shown
    choices: tuple[Choice, ...] = ()
    permission: Permission = Permission.INTAKE_ITEM_READ
    empty: object = ""
    act: str = ""
    """The template part that stands at the end of each row, for who may act on it."""
    add: tuple[str, object] | None = None
    """The name of the address where one more is added, and what its link says, for who may."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of its file."""
        return tuple(column.field for column in self.columns if column.field)

    @property
    def page(self) -> str:
        """The address of its page."""
        return reverse("web:listing", args=[self.slug]) if self.slug != "bank" else reverse("web:bank")

    @property
    def files(self) -> list[tuple[str, str]]:
        """Its file in each format, and its address."""
        return [(kind, f"{self.page}file/{kind}") for kind in FORMATS]


def asked(request: HttpRequest, listing: Listing) -> Asked:
    """What an address asks; `Refused` for endless words and values a filter does not have."""
    words = request.GET.get("q", "").strip()
    if len(words) > LONGEST or "\0" in words:
        raise Refused("That cannot be searched for.", reason="filter", filter="q")
    chosen = {choice.name: request.GET.get(choice.name, "") for choice in listing.choices}
    for choice in listing.choices:
        if chosen[choice.name] and chosen[choice.name] not in choice.options:
            raise Refused("There is no such value of this filter.", reason="filter", filter=choice.name)
    return Asked(clock().now(), words, request.GET.get("after", "")[:LONGEST].replace("\0", ""), chosen)


def page_of(request: HttpRequest, listing: Listing, tabs: list[Listing], by: Actor) -> HttpResponse:
    """A list a page at a time; noted as a view of it."""
    by.require(listing.permission)
    wanted = asked(request, listing)
    part = listing.rows(wanted, by)
    consult([f"list:{listing.slug}"], by=by, at=clock().now(), why=request.get_full_path()[:500])
    shown = [(row, [(column, row.get(column.field)) for column in listing.columns]) for row in part.rows]
    context = {
        "listing": listing,
        "rows": shown,
        "part": part,
        "asked": wanted,
        "filtered": bool(wanted.words or any(wanted.chosen.values())),
        "tabs": tabs,
        "query": request.GET.urlencode(),
        "views": saved_views(listing.slug, by=by),
        "permissions": by.permissions,
        "adding": _adding(listing, by),
    }
    return render(request, "web/list.html", context)


def _adding(listing: Listing, by: Actor) -> str:
    """Where one more is added; empty for who may not."""
    if listing.add is None:
        return ""
    found = resolve(reverse(f"web:{listing.add[0]}"))
    return reverse(f"web:{listing.add[0]}") if getattr(found.func, NEEDS) in by.permissions else ""


def download_of(request: HttpRequest, listing: Listing, kind: str, by: Actor) -> StreamingHttpResponse:
    """The same list as a file, whole."""
    by.require(listing.permission)
    wanted = asked(request, listing)
    rows = all_of(lambda after: listing.rows(replace(wanted, after=after), by))
    return file_of(request, rows, listing.fields, kind, listing.slug, by=by)

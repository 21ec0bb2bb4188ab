"""People as an administrator keeps them: adding one, one officer's page with what can be done there, roles by two, tokens, units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cautery.core.actors import Actor, Permission
from cautery.core.errors import CauteryError, NotAllowed, NotFound, Refused
from cautery.core.handling import Handling
from cautery.core.statuses import STATUSES
from cautery.custody.actions import consult
from cautery.directory.officers import actions
from cautery.directory.officers.actions import Kept, Person, UnitSaid
from cautery.directory.queries import unit_names
from cautery.directory.roles import APART, KEY_ROLES
from cautery.fetch import clock
from cautery.report.register.people import issuing_authorities, officer_whole, unit_whole
from cautery.web.access import acts, needs
from cautery.web.labels import ROLES
from cautery.web.people.begun import site_of
from cautery.web.refusals import told

DONE = "people_done"
"""Where a session keeps what the last act on an officer did, until their page says so."""


@dataclass(frozen=True, slots=True)
class Link:
    """A secret that is shown this once: a link to come in by, or a token."""

    title: str
    secret: str
    says: str


@needs(Permission.DIRECTORY_OFFICER_READ)
def people_home(_request: HttpRequest, *, by: Actor) -> HttpResponse:  # noqa: ARG001 (the guard asked)
    """Where people begin: their list."""
    return redirect("web:listing", "people")


@needs(Permission.DIRECTORY_OFFICER_MANAGE)
def officer_new(request: HttpRequest, *, by: Actor) -> HttpResponse:  # noqa: ARG001 (the guard asked)
    """The form for one more officer."""
    return _form(request)


@acts(Permission.DIRECTORY_OFFICER_MANAGE)
def officer_add(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Add them; their link is shown this once."""
    try:
        kept, secret = actions.add_officer(request.POST.get("username", ""), _person(request), by=by, at=clock().now())
    except Refused as error:
        return _form(request, error)
    return _once(request, kept, _link(request, secret), by)


def _form(request: HttpRequest, error: CauteryError | None = None) -> HttpResponse:
    """The empty form, or the filled-in one with what is wrong with it."""
    given = request.POST
    context = {
        "problem": _words(error),
        "username": given.get("username", ""),
        "said": {name: given.get(name, "") for name in ("name", "unit", "reads")},
        "chosen": given.getlist("role"),
    }
    return render(request, "web/people/officer_new.html", context | _choices(), status=422 if error else 200)


def _choices() -> dict[str, Any]:
    return {"units": unit_names(), "roles": ROLES, "keys": KEY_ROLES, "apart": [sorted(pair) for pair in APART]}


def _words(error: CauteryError | None) -> str:
    """What an action said, in the reader's language, with the roles it is about."""
    if error is None:
        return ""
    roles = ", ".join(str(ROLES.get(role, role)) for role in error.fields.get("roles", []))
    said = told(error.message)
    return f"{said} ({roles})" if roles else said


def _person(request: HttpRequest) -> Person:
    form = request.POST
    reads = form.get("reads", "").replace(",", " ").split()
    return Person(form.get("name", ""), form.get("unit", ""), form.getlist("role"), reads)


def _link(request: HttpRequest, secret: str) -> Link:
    return Link(
        _("The link they come in by"),
        site_of(request).origin + reverse("web:welcome", args=[secret]),
        _(
            "Give it to them by a way you trust. It is shown this once, holds for three days, and is used up when they choose a password."
        ),
    )


def _once(request: HttpRequest, kept: Kept, link: Link, by: Actor) -> HttpResponse:
    context = {"officer": kept.officer, "link": link, "waiting": sorted(kept.waiting), "by": by}
    return render(request, "web/people/officer_once.html", context)


@needs(Permission.DIRECTORY_OFFICER_READ)
def officer_page(request: HttpRequest, officer: UUID, *, by: Actor) -> HttpResponse:
    """One officer; noted as looked at."""
    consult([f"officer:{officer}"], by=by, at=clock().now(), why="looked at among the people")
    return _page(request, officer, by)


def _page(request: HttpRequest, officer: UUID, by: Actor, error: CauteryError | None = None) -> HttpResponse:
    whole = officer_whole(officer, by=by, at=clock().now(), now=datetime.now(UTC))
    waiting = whole.waiting.roles if whole.waiting else []
    context = {
        "whole": whole,
        "officer": whole.officer,
        "myself": by.officer_id == str(officer),
        "may": Permission.DIRECTORY_OFFICER_MANAGE in by.permissions,
        "chosen": [*whole.officer.roles, *waiting],
        "said": {"name": whole.officer.name, "unit": whole.officer.unit.slug, "reads": " ".join(whole.officer.reads)},
        "asked_by_me": whole.waiting is not None and str(whole.waiting.asked_by_id) == by.officer_id,
        "done": request.session.pop(DONE, None),
        "problem": _words(error),
    }
    status = STATUSES[type(error)] if error else 200
    return render(request, "web/people/officer.html", context | _choices(), status=status)


@acts(Permission.DIRECTORY_OFFICER_MANAGE)
def officer_act(request: HttpRequest, officer: UUID, *, by: Actor) -> HttpResponse:
    """Do one thing to an officer: change, suspend, resume, a new link, a reset, a token. What is refused is said on their page."""
    act, at = request.POST.get("act", ""), clock().now()
    try:
        if act in ONCE:
            return _once_for(request, officer, act, by, at)
        done = _plain(request, officer, act, by, at)
    except (Refused, NotAllowed) as error:
        return _page(request, officer, by, error)
    request.session[DONE] = {"act": act, "waiting": sorted(done.waiting), "returned": done.returned}
    return redirect("web:officer", officer)


ONCE = frozenset({"invite", "reset", "token"})
"""Acts after which a secret is shown once."""


def _plain(request: HttpRequest, officer: UUID, act: str, by: Actor, at: datetime) -> Kept:
    if act == "change":
        return actions.change_officer(officer, _person(request), by=by, at=at)
    if act == "suspend":
        return actions.suspend_officer(officer, request.POST.get("reason", ""), by=by, at=at)
    if act == "resume":
        return actions.resume_officer(officer, by=by, at=at)
    raise NotFound("There is no such act.", act=act[:20])


def _once_for(request: HttpRequest, key: UUID, act: str, by: Actor, at: datetime) -> HttpResponse:
    if act == "token":
        secret = actions.issue_token(key, request.POST.get("token", ""), by=by, at=at)
        says = _("For “Authorization: Bearer”. It is shown this once; what is kept of it opens nothing.")
        link = Link(_("The token"), secret, says)
    elif act == "reset":
        link = _link(request, actions.reset_factors(key, by=by, at=at))
    else:
        link = _link(request, actions.let_in(key, by=by, at=at))
    whole = officer_whole(key, by=by, at=at, now=datetime.now(UTC))
    return _once(request, Kept(whole.officer), link, by)


@acts(Permission.DIRECTORY_OFFICER_MANAGE)
def roles_settle(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Grant roles that another administrator asked for, or decline them."""
    grant = request.POST.get("act", "") == "grant"
    officer = actions.settle_roles(pk, grant=grant, by=by, at=clock().now())
    request.session[DONE] = {"act": "grant" if grant else "decline", "waiting": [], "returned": 0}
    return redirect("web:officer", officer.pk)


@acts(Permission.DIRECTORY_OFFICER_MANAGE)
def token_revoke(_request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Let a token open nothing any more."""
    actions.revoke_token(pk, by=by, at=clock().now())
    return redirect("web:listing", "tokens")


@needs(Permission.DIRECTORY_ENTRY_IMPORT)
def unit_new(request: HttpRequest, *, by: Actor) -> HttpResponse:  # noqa: ARG001 (the guard asked)
    """The form for one more unit."""
    return _unit_form(request, {"handling": Handling.GREEN})


@needs(Permission.DIRECTORY_OFFICER_READ)
def unit_page(request: HttpRequest, slug: str, *, by: Actor) -> HttpResponse:
    """One unit: its state, mail, authority, and the code its new operations begin with."""
    unit = unit_whole(slug, by=by)
    said = {name: getattr(unit, name) for name in ("slug", "name", "state", "email", "handling")}
    said["authority"] = unit.authority.slug if unit.authority else ""
    return _unit_form(request, said, slug=slug, may=Permission.DIRECTORY_ENTRY_IMPORT in by.permissions)


@acts(Permission.DIRECTORY_ENTRY_IMPORT)
def unit_keep(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Add a unit, or change the one the form is of."""
    form = request.POST
    said = UnitSaid(
        **{name: form.get(name, "").strip() for name in ("name", "state", "email", "handling", "authority")}
    )
    slug, new = form.get("slug", "").strip(), not form.get("old")
    try:
        actions.keep_unit(slug, said, new=new, by=by, at=clock().now())
    except Refused as error:
        return _unit_form(request, form.dict(), slug="" if new else slug, problem=_words(error))
    return redirect("web:unit", slug)


def _unit_form(
    request: HttpRequest, said: dict[str, Any], *, slug: str = "", may: bool = True, problem: str = ""
) -> HttpResponse:
    context = {
        "said": said,
        "slug": slug,
        "may": may,
        "problem": problem,
        "codes": [str(code) for code in Handling],
        "authorities": issuing_authorities(),
    }
    return render(request, "web/people/unit.html", context, status=422 if problem else 200)

"""What is an officer's own: password, passkeys, code app, recovery codes, where they are signed in, what they did and saw."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cautery.core import otp
from cautery.core.actors import Actor
from cautery.core.errors import NotFound, Refused
from cautery.custody.events import LABELS, Event
from cautery.directory.actions import note_failures
from cautery.directory.models import Officer
from cautery.directory.people import actions
from cautery.directory.people.passkeys import ask_to_make, read_made
from cautery.directory.people.queries import (
    factors_of,
    own_consultations,
    own_entries,
    second_wanted,
    sessions_of,
    unproved_key,
)
from cautery.directory.queries import refused_for
from cautery.fetch import clock
from cautery.review.care.queries import own_showings
from cautery.web.access import View, lacks_second, own, own_acts
from cautery.web.people.begun import confirm_first, is_fresh, next_of, proved_more, site_of, tries_of
from cautery.web.people.elsewhere import not_connected
from cautery.web.people.sign_in import answer_to, asked, refusal
from cautery.web.people.squares import square
from cautery.web.people.words import browser_words
from cautery.web.refusals import told


def fresh(view: View) -> View:
    """Who changes what they sign in with proved a short while ago who they are; else they do first."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not is_fresh(request):
            return HttpResponseRedirect(confirm_first(reverse("web:account")))
        return view(request, *args, **kwargs)

    return guarded


def fresh_page(view: Callable[..., HttpResponseBase]) -> View:
    """A page of one's own that needs a fresh proof."""
    return own(fresh(view))


def fresh_act(view: Callable[..., HttpResponseBase]) -> View:
    """A change of one's own that needs a fresh proof."""
    return own_acts(fresh(view))


@own
def account(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """One's own page."""
    return _account(request, by)


def _account(request: HttpRequest, by: Actor, *, problem: str = "", at: str = "") -> HttpResponse:
    """The page; where something could not be done (422), the problem stands at its part."""
    officer = _officer(request)
    here = request.session.session_key
    sessions = sessions_of(by=by, here=here, now=datetime.now(UTC))
    factors = factors_of(officer.pk)
    context = {
        "factors": factors,
        "sessions": [one | {"words": browser_words(one["agent"])} for one in sessions],
        "wanted": second_wanted(officer.roles),
        "lacking": lacks_second(request),
        "fresh": is_fresh(request),
        "elsewhere": not_connected(factors.identities),
        "by_address": site_of(request).host.replace(".", "").isdigit(),
        "problem": problem,
        "problem_at": at,
    }
    return render(request, "web/people/account.html", context, status=422 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Prove once more who is there, before something is changed that one signs in with."""
    if not request.user.is_authenticated:
        return redirect("web:sign-in")
    officer, problem = _officer(request), ""
    wanted = next_of(request, request.POST.get("next") or request.GET.get("next", ""))
    left = refused_for(tries_of(request, officer.username), now=time.time())
    if left > 0:
        problem = refusal(left)
    elif request.method == "POST":
        if officer.check_password(request.POST.get("password", "")):
            proved_more(request)
            return HttpResponseRedirect(wanted)
        note_failures(tries_of(request, officer.username), now=time.time())
        problem = _("That is not your password.")
    context = {"next": wanted, "problem": problem, "factors": factors_of(officer.pk)}
    response = render(request, "web/people/confirm.html", context, status=429 if left > 0 else 200)
    add_never_cache_headers(response)
    return response


@own_acts
def password(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """A new password; every other session is over."""
    officer, form = _officer(request), request.POST
    left = refused_for(tries_of(request, officer.username), now=time.time())
    if left > 0:
        return _account(request, by, problem=refusal(left), at="password")
    if form.get("new", "") != form.get("again", ""):
        return _account(request, by, problem=_("The two new passwords differ."), at="password")
    try:
        actions.change_password(officer, form.get("old", ""), form.get("new", ""), by=by, at=clock().now())
    except Refused as error:
        if error.reason == "password":
            note_failures(tries_of(request, officer.username), now=time.time())
        return _account(request, by, problem=told(error.message), at="password")
    update_session_auth_hash(request, officer)
    _end_others(request, by)
    return redirect("web:account")


@fresh_act
def code_app_begin(request: HttpRequest, *, by: Actor) -> HttpResponse:  # noqa: ARG001 (views get it)
    """A new key for an app."""
    actions.begin_code_app(by=by, at=clock().now())
    return redirect("web:code-app")


@fresh_page
def code_app(request: HttpRequest, *, by: Actor) -> HttpResponse:  # noqa: ARG001 (the guard passes it)
    """The key, as a square code and in letters, until a first code proved that the app has it."""
    return _code_app(request, "")


def _code_app(request: HttpRequest, problem: str) -> HttpResponse:
    officer = _officer(request)
    key = unproved_key(officer.pk)
    if key is None:
        return redirect("web:account")
    link = otp.enrolment_link(key, account=officer.username, issuer="Cautery")
    letters = otp.spelled(key)
    context = {
        "square": square(link),
        "letters": [letters[at : at + 4] for at in range(0, len(letters), 4)],
        "problem": problem,
    }
    return render(request, "web/people/code_app.html", context, status=422 if problem else 200)


@fresh_act
def code_app_prove(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """The first code: from now on signing in asks for one. Recovery codes follow where there are none."""
    try:
        actions.prove_code_app(request.POST.get("code", ""), by=by, at=clock().now(), now=time.time())
    except Refused:
        return _code_app(
            request, _("That is not the code the app shows now. Does the clock of the telephone go right?")
        )
    proved_more(request, "code")
    return _recovery_codes(request, by)


@fresh_act
def code_app_forget(request: HttpRequest, *, by: Actor) -> HttpResponse:  # noqa: ARG001 (views get it)
    """Without an app."""
    actions.forget_code_app(by=by, at=clock().now())
    return redirect("web:account")


@fresh_act
def recovery_codes(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """New recovery codes, shown this once."""
    return _recovery_codes(request, by, anew=True)


def _recovery_codes(request: HttpRequest, by: Actor, *, anew: bool = False) -> HttpResponse:
    if factors_of(_officer(request).pk).codes_left and not anew:
        return redirect("web:account")
    codes = actions.make_recovery_codes(by=by, at=clock().now())
    return render(request, "web/people/recovery.html", {"codes": codes})


@fresh_act
def passkey_make_ask(request: HttpRequest, *, by: Actor) -> HttpResponse:  # noqa: ARG001 (the guard passes it)
    """What the browser asks the authenticator to make."""
    return asked(request, "make", *ask_to_make(site_of(request), _officer(request)))


@fresh_act
def passkey_make(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Keep the passkey that was made. Recovery codes follow where there are none."""
    try:
        state, answer = answer_to(request, "make")
        made = read_made(site_of(request), state, answer)
        actions.add_passkey(made, request.POST.get("name", ""), by=by, at=clock().now())
    except Refused as error:
        return _account(request, by, problem=told(error.message), at="passkeys")
    proved_more(request, "passkey")
    return _recovery_codes(request, by)


@fresh_act
def passkey_forget(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:  # noqa: ARG001 (views get it)
    """Without this passkey."""
    actions.forget_passkey(pk, by=by, at=clock().now())
    return redirect("web:account")


@fresh_act
def identity_forget(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:  # noqa: ARG001 (views get it)
    """Without this account elsewhere."""
    actions.forget_identity(pk, by=by, at=clock().now())
    return redirect("web:account")


@own_acts
def sessions_end(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """End one session of one's own, or all but this."""
    wanted = request.POST.get("session", "")
    if wanted == "others":
        _end_others(request, by)
        return redirect("web:account")
    here = request.session.session_key
    found = [one for one in sessions_of(by=by, here=here, now=datetime.now(UTC)) if one["handle"] == wanted]
    if not found:
        raise NotFound(_("This session is over already."), session=wanted)
    actions.end_sessions([one["key"] for one in found], by=by, at=clock().now())
    return redirect("web:account")


def _end_others(request: HttpRequest, by: Actor) -> None:
    here = request.session.session_key
    there = sessions_of(by=by, here=here, now=datetime.now(UTC))
    actions.end_sessions([one["key"] for one in there if not one["here"]], by=by, at=clock().now())


@own
def own_log(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """What one did and saw, as the log and the queue have it. Only oneself sees this page."""
    before = request.GET.get("before", "")
    if before and not (before.isascii() and before.isdigit() and len(before) <= 18):
        raise Refused(_("There is no such page of the list."), reason="page")
    entries = own_entries(by=by, before=int(before or 0))
    context = {
        "entries": [(row, LABELS.get(Event(row.event), row.event)) for row in entries],
        "older": entries[-1].pk if len(entries) == 50 else None,
        "showings": [] if before else own_showings(by=by),
        "consulted": [] if before else own_consultations(by=by),
    }
    return render(request, "web/people/log.html", context)


def _officer(request: HttpRequest) -> Officer:
    """Who is signed in: the guards let nobody else here."""
    officer = request.user
    if not isinstance(officer, Officer):
        raise NotFound("Nobody is signed in.")
    return officer

"""The second step of signing in, and signing in with a passkey."""

from __future__ import annotations

import json
import time
from math import ceil
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from cautery.core.errors import Refused
from cautery.directory.actions import note_failures
from cautery.directory.models import Officer
from cautery.directory.people.actions import use_code, use_passkey, use_recovery_code
from cautery.directory.people.passkeys import ask_to_prove, read_proof
from cautery.directory.people.queries import factors_of
from cautery.directory.queries import officer_by_id, refused_for
from cautery.fetch import clock
from cautery.web.people.begun import PENDING, begin, next_of, proved_more, site_of, tries_of
from cautery.web.refusals import told

ASKED = "asked"
"""Where a session keeps the question a passkey has to answer: {state, at, what}."""
STEP_S = 600
"""Seconds for the second step, and for a passkey to answer."""


@require_http_methods(["GET", "HEAD", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """The second step: a code of the app, or one of the paper; or a passkey, by the button."""
    officer = _pending(request)
    if officer is None:
        return redirect("web:sign-in")
    left = refused_for(tries_of(request, officer.username), now=time.time())
    if request.method == "POST" and left <= 0:
        proof = _proved_by(officer, request.POST.get("code", ""))
        if proof:
            return _in(request, officer, proof)
        note_failures(tries_of(request, officer.username), now=time.time())
    problem = refusal(left) if left > 0 else _("That code does not open.") if request.method == "POST" else ""
    factors = factors_of(officer.pk)
    response = render(
        request,
        "web/people/second.html",
        {"factors": factors, "problem": problem},
        status=429 if left > 0 else 200,
    )
    add_never_cache_headers(response)
    return response


def refusal(left: float) -> str:
    """That it was tried too often, and for how long."""
    minutes = ceil(left / 60)
    return ngettext(
        "Tried too often. Try again in %(minutes)d minute.",
        "Tried too often. Try again in %(minutes)d minutes.",
        minutes,
    ) % {"minutes": minutes}


def _proved_by(officer: Officer, code: str) -> str:
    """What the code is of; empty for none."""
    if use_code(officer.pk, code, at=clock().now(), now=time.time()):
        return "code"
    return "recovery" if use_recovery_code(officer.pk, code, at=clock().now()) else ""


@require_POST
def passkey_ask(request: HttpRequest) -> HttpResponse:
    """What the browser asks the authenticator: any passkey for this desk, or one of who gave the password or is signed in."""
    officer = request.user if request.user.is_authenticated else _pending(request)
    options, state = ask_to_prove(site_of(request), officer)
    return asked(request, "prove", options, state)


def asked(request: HttpRequest, what: str, options: dict[str, Any], state: dict[str, Any]) -> HttpResponse:
    """Give the question to the browser and remember it."""
    request.session[ASKED] = {"state": state, "at": time.time(), "what": what}
    response = JsonResponse(options)
    add_never_cache_headers(response)
    return response


def answer_to(request: HttpRequest, what: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The question of this session, which is over now, and the browser's answer; `Refused` when they do not fit."""
    question = request.session.pop(ASKED, None)
    try:
        answer = json.loads(request.POST.get("answer", ""))
    except ValueError:
        answer = None
    known = question is not None and question["what"] == what and time.time() - question["at"] < STEP_S
    if not known or not isinstance(answer, dict):
        raise Refused(_("The question to your passkey is over. Try again."), reason="passkey")
    return question["state"], answer


@require_POST
def passkey_prove(request: HttpRequest) -> HttpResponse:
    """A passkey answered: in, or, for who is signed in already, proved anew who is there."""
    keys = tries_of(request, "")[1:]
    left = refused_for(keys, now=time.time())
    if left > 0:
        return _again(request, refusal(left), 429)
    try:
        state, answer = answer_to(request, "prove")
        passkey, count = read_proof(site_of(request), state, answer)
        _must_be(request, passkey.officer)
        use_passkey(passkey, count, at=clock().now())
    except Refused as error:
        note_failures(keys, now=time.time())
        return _again(request, told(error.message), 422)
    if request.user.is_authenticated:
        proved_more(request, "passkey")
        return HttpResponseRedirect(next_of(request, request.POST.get("next", "")))
    return _in(request, passkey.officer, "passkey")


def _must_be(request: HttpRequest, officer: Officer) -> None:
    """Whoever is signed in, or gave the password, proves it with a passkey of their own."""
    expected = request.user if request.user.is_authenticated else _pending(request)
    if expected is not None and expected.pk != officer.pk:
        raise Refused(_("This passkey is somebody else's."), reason="passkey")


def _again(request: HttpRequest, problem: str, status: int) -> HttpResponse:
    return render(request, "web/people/passkey_failed.html", {"problem": problem}, status=status)


def _pending(request: HttpRequest) -> Officer | None:
    """Who gave the right password a short while ago."""
    pending = request.session.get(PENDING)
    if not pending or time.time() - pending["at"] > STEP_S:
        return None
    return officer_by_id(pending["officer"])


def _in(request: HttpRequest, officer: Officer, proof: str) -> HttpResponse:
    """In, by the first step (where there was one) and this proof."""
    pending = request.session.pop(PENDING, None) or {}
    begin(request, officer, [*pending.get("proofs", []), proof])
    return HttpResponseRedirect(next_of(request, pending.get("next") or request.POST.get("next", "")))

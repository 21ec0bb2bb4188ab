"""Signing in with a password, and out."""

from __future__ import annotations

import time
from math import ceil

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect

from cautery.directory.actions import note_failures
from cautery.directory.people.actions import note_ended
from cautery.directory.people.queries import has_second
from cautery.directory.queries import actor_of, refused_for
from cautery.fetch import clock
from cautery.web.forms import SignInForm
from cautery.web.people.begun import PENDING, begin, tries_of
from cautery.web.people.elsewhere import ways
from cautery.web.people.set_up import set_up_waits


class SignIn(LoginView):
    """User name and password; refused for a while after too many failures of the name or from the address."""

    template_name = "web/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get(self, request: HttpRequest, *args: str, **kwargs: object) -> HttpResponse:
        """The form; before anybody is there, the set-up."""
        return redirect("web:set-up") if set_up_waits() else super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: str, **kwargs: object) -> HttpResponse:
        """A refused name or address is not even compared, so that a right password tells nothing."""
        left = refused_for(self._keys(), now=time.time())
        if left > 0:
            return self._refused(left)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]  # its form is ours
        """In, or on to the second factor; the name's failures are forgotten once in, the address's are not."""
        officer = form.get_user()
        if has_second(officer.pk):
            self.request.session.cycle_key()
            self.request.session[PENDING] = {
                "officer": str(officer.pk),
                "next": self.get_redirect_url(),
                "at": time.time(),
                "proofs": ["password"],
            }
            return redirect("web:second")
        begin(self.request, officer, ["password"])
        return HttpResponseRedirect(self.get_success_url())

    def form_invalid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]  # its form is ours
        """Counted, and said."""
        note_failures(self._keys(), now=time.time())
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """With the other ways in."""
        return super().get_context_data(**kwargs) | {"elsewhere": ways()}

    def _keys(self) -> tuple[str, str]:
        return tries_of(self.request, self.request.POST.get("username", ""))

    def _refused(self, left: float) -> HttpResponse:
        form = SignInForm(self.request, {"username": self.request.POST.get("username", ""), "password": ""})
        form.errors.clear()
        form.refuse(ceil(left / 60))
        response = self.render_to_response(self.get_context_data(form=form), status=429)
        response["Retry-After"] = str(ceil(left))
        return response


class SignOut(LogoutView):
    """By POST alone."""

    next_page = "web:sign-in"

    def post(self, request: HttpRequest, *args: str, **kwargs: object) -> HttpResponse:
        """Out, and the log has it."""
        if request.user.is_authenticated:
            note_ended(by=actor_of(request.user), at=clock().now())
        return super().post(request, *args, **kwargs)

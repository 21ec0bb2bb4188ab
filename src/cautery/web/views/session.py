"""Signing in and out."""

from __future__ import annotations

import time
import unicodedata
from math import ceil

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from cautery.directory.actions import forget_failures, note_failures
from cautery.directory.queries import refused_for
from cautery.web.forms import SignInForm


class SignIn(LoginView):
    """User name and password; refused for a while after too many failures of the name or from the address."""

    template_name = "web/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: str, **kwargs: object) -> HttpResponse:
        """A refused name or address is not even compared, so that a right password tells nothing."""
        left = refused_for(self._keys(), now=time.time())
        if left > 0:
            return self._refused(left)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]  # its form is ours
        """In: this name's failures are forgotten, the address's are not."""
        forget_failures(self._keys()[0])
        return super().form_valid(form)

    def form_invalid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]  # its form is ours
        """Counted, and said."""
        note_failures(self._keys(), now=time.time())
        return super().form_invalid(form)

    def _keys(self) -> tuple[str, str]:
        name = unicodedata.normalize("NFKC", self.request.POST.get("username", "")).casefold()[:150]
        return _digest(f"name:{name}"), _digest(f"address:{self.request.META.get('REMOTE_ADDR', '')}")

    def _refused(self, left: float) -> HttpResponse:
        form = SignInForm(self.request, {"username": self.request.POST.get("username", ""), "password": ""})
        form.errors.clear()
        form.refuse(ceil(left / 60))
        response = self.render_to_response(self.get_context_data(form=form), status=429)
        response["Retry-After"] = str(ceil(left))
        return response


def _digest(word: str) -> str:
    """What is kept of a name or an address that failed: nothing anybody could read."""
    return salted_hmac("cautery.sign-in", word, algorithm="sha256").hexdigest()


class SignOut(LogoutView):
    """By POST alone."""

    next_page = "web:sign-in"

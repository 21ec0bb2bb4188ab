"""Forms of the desk."""

from __future__ import annotations

from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


class SignInForm(AuthenticationForm):
    """User name and password. One message for every failure: it tells nobody which user names exist."""

    error_messages = {
        "invalid_login": _("That user name and password do not belong together."),
        "inactive": _("That user name and password do not belong together."),
    }

    def refuse(self, minutes: int) -> None:
        """Say that it was tried too often."""
        words = ngettext(
            "Too many wrong passwords. Try again in %(minutes)d minute.",
            "Too many wrong passwords. Try again in %(minutes)d minutes.",
            minutes,
        )
        self.add_error(None, ValidationError(words % {"minutes": minutes}, code="locked_out"))

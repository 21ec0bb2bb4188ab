"""Forms of the desk."""

from __future__ import annotations

from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError


class SignInForm(AuthenticationForm):
    """User name and password. One message for every failure: it tells nobody which user names exist."""

    error_messages = {
        "invalid_login": "That user name and password do not belong together.",
        "inactive": "That user name and password do not belong together.",
    }

    def refuse(self, minutes: int) -> None:
        """Say that it was tried too often."""
        unit = "minute" if minutes == 1 else "minutes"
        self.add_error(
            None, ValidationError(f"Too many wrong passwords. Try again in {minutes} {unit}.", code="locked_out")
        )

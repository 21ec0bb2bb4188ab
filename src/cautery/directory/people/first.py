"""The first day of a register: a token from the terminal opens the set-up in the browser, once.

`cautery serve` writes the token where nobody is in the register yet, and prints it; whoever can read the terminal or the data
folder runs the installation anyway. The last step takes the token away, and the set-up is closed for good.
"""

from __future__ import annotations

import os
import secrets
from hmac import compare_digest
from pathlib import Path

from django.conf import settings

from cautery.directory.models import Officer


def token_file() -> Path:
    """Where the token is while the set-up is open."""
    return Path(settings.DATA) / "set-up.token"


def offer() -> str | None:
    """The token to print: made now where the register has no officers; None where nothing is to be set up."""
    file = token_file()
    if not file.exists() and not Officer.objects.exists():
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(secrets.token_urlsafe(24))
    return file.read_text() if file.exists() else None


def is_open() -> bool:
    """Whether the set-up can be entered at all."""
    return token_file().exists()


def nobody_is_there() -> bool:
    """Whether the set-up is open and waits for its first people."""
    return is_open() and not Officer.objects.exists()


def holds(token: str) -> bool:
    """Whether this is the token of the terminal."""
    return is_open() and compare_digest(token.strip().encode(), token_file().read_text().strip().encode())


def close() -> None:
    """Take the token away."""
    token_file().unlink(missing_ok=True)

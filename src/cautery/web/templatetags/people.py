"""What pages of people need in templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

register = template.Library()
PROOFS = {
    "code": later("code of the app"),
    "mfa": later("second factor elsewhere"),
    "oidc": later("account elsewhere"),
    "passkey": later("passkey"),
    "password": later("password"),
    "recovery": later("recovery code"),
    "saml": later("account elsewhere"),
}


@register.filter
def proofs(words: Sequence[str]) -> str:
    """What a session was begun with, as people read it."""
    return _(" and ").join(str(PROOFS.get(word, word)) for word in sorted(words, reverse=True))


@register.filter
def said(form: Mapping[str, str], name: str) -> str:
    """What a form was filled in with; empty before."""
    return form.get(name, "")

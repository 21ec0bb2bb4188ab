"""Signing in by SAML 2.0: there, the answer that the provider has the browser post, and back; and our metadata."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from cautery.core.errors import CauteryError, Refused
from cautery.core.saml.answer import LONGEST_TEXT
from cautery.directory.people import saml
from cautery.web.access import error_page
from cautery.web.people.begun import site_of
from cautery.web.people.elsewhere import come_back, leave

MOST_POSTED = 2 * LONGEST_TEXT
"""Bytes of a posted form that are read at most: this is open to everybody."""
SEE_OTHER = 303


@require_safe
def go(request: HttpRequest) -> HttpResponse:
    """Send the browser to the identity provider."""
    return leave(request, "saml", lambda: saml.begin(_consumer(request), now=datetime.now(UTC)))


@csrf_exempt  # posted from the provider's page by design: what stands for the token is the answer to a question of ours, signed
@require_POST
def consume(request: HttpRequest) -> HttpResponse:
    """Take the provider's answer, and lead the browser on to `back`.

    A post from another site brings no cookie that is SameSite=Lax, so nobody is signed in here and no session is touched; the GET that
    follows is the browser's own, and brings it.
    """
    try:
        length = request.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit() and int(length) <= MOST_POSTED):
            raise Refused("The answer is larger than any answer is.", reason="size")
        ticket = saml.consume(request.POST.dict(), now=datetime.now(UTC))
    except CauteryError as error:
        return error_page(request, error)
    where = f"{reverse('web:saml-back')}?{urlencode({'ticket': ticket})}"
    response = HttpResponse(status=SEE_OTHER, headers={"Location": where})
    add_never_cache_headers(response)
    return response


@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """The browser is back, with its cookie and the ticket."""
    ticket = request.GET.get("ticket", "")
    now = datetime.now(UTC)
    return come_back(request, "saml", settings.SAML_NAME, lambda asked: saml.finish(asked, ticket, now=now))


@require_safe
def metadata(request: HttpRequest) -> HttpResponse:
    """Our description, for whoever sets the identity provider up."""
    try:
        described = saml.describe(_consumer(request))
    except CauteryError as error:
        return error_page(request, error)
    return HttpResponse(described, content_type="application/samlmetadata+xml")


def _consumer(request: HttpRequest) -> str:
    """Where answers are posted to, as this browser reaches the desk."""
    return site_of(request).origin + reverse("web:saml-consume")

"""Signing in by SAML in a real browser: the provider is another site, so its post brings no cookie of ours, and it works."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, Request, expect
from pytest_django.live_server_helper import LiveServer

from cautery.directory.people.models import Identity
from tests import factories as make
from tests.web.conftest import CHROMIUM
from tests.web.people.idp import IdentityProvider
from tests.web.people.test_browser import Looking
from tests.web.people.test_saml import elsewhere

__all__ = ["elsewhere"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"Chromium is not at {CHROMIUM}"),
]


def there_and_back(page: Page) -> dict[str, Request]:
    """From the sign-in page to the provider's, press its button; the requests of ours that followed, by their path."""
    seen: dict[str, Request] = {}
    page.on("request", lambda request: seen.update({request.url.split("?")[0].partition("/sign-in/")[2]: request}))
    page.get_by_role("link", name="Sign in at The Ministry").click()
    page.get_by_role("button", name="Go on as").click()
    page.wait_for_load_state("networkidle")
    return seen


def test_an_officer_signs_in_at_another_site(
    browser_of_ours: Browser,
    transactional_db: None,
    live_server: LiveServer,
    elsewhere: IdentityProvider,
) -> None:
    officer = make.officer("vera", "observe")
    page = browser_of_ours.new_context(base_url=live_server.url, reduced_motion="reduce").new_page()
    page.set_default_timeout(20_000)
    looking = Looking()
    page.goto("/me/log/")
    looking.at(page, "sign-in-saml")
    there_and_back(page)
    expect(page.get_by_role("heading", name="Not known here")).to_be_visible()
    Identity.objects.create(officer=officer, issuer=f"saml:{elsewhere.issuer}", subject="subject-1", made_at=make.START)
    page.goto("/me/log/")
    seen = there_and_back(page)
    expect(page.get_by_role("heading", name="What I did and saw")).to_be_visible()
    assert "sessionid" not in seen["saml/consume/"].all_headers().get("cookie", "")
    assert "sessionid" in seen["saml/back/"].all_headers().get("cookie", "")
    assert looking.problems == []

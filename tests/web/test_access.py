"""Who may see what: every address of the desk is walked."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cautery.core.actors import Permission
from cautery.directory.models import Officer
from cautery.web.access import NEEDS
from cautery.web.urls import urlpatterns
from tests.web.conftest import Story

OPEN = {"home", "sign-in", "sign-out"}
GUARDED = sorted({pattern.name for pattern in urlpatterns if pattern.name} - OPEN)
RAW = "report-raw"


def address(name: str, story: Story) -> str:
    """The address of a page, with what the story holds."""
    known: dict[str, dict[str, Any]] = {
        "home": {},
        "sign-in": {},
        "sign-out": {},
        "operations": {},
        "item": {"pk": story.returned.pk},
        "report-file": {"slug": story.operation.slug, "name": "report.json"},
    }
    return reverse(f"web:{name}", kwargs=known.get(name, {"slug": story.operation.slug}))


def test_every_page_but_signing_in_and_out_says_what_it_needs() -> None:
    needed = {pattern.name: getattr(pattern.callback, NEEDS, None) for pattern in urlpatterns}
    assert {name for name, permission in needed.items() if permission is None} == OPEN
    assert all(permission in set(Permission) for name, permission in needed.items() if name not in OPEN)


@pytest.mark.parametrize("name", GUARDED)
def test_it_sends_a_stranger_to_sign_in_and_brings_them_back(name: str, story: Story, client: Client) -> None:
    where = address(name, story)
    answer = client.get(where)
    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in/?next={where}")


@pytest.mark.parametrize("name", GUARDED)
def test_it_refuses_an_officer_without_the_role(name: str, story: Story, outsider: Client) -> None:
    answer = outsider.get(address(name, story))
    assert answer.status_code == 403
    assert b"lacks the permission" in answer.content
    assert b"youtube" not in answer.content


@pytest.mark.parametrize("name", GUARDED)
def test_it_only_reads(name: str, story: Story, reader: Client) -> None:
    assert reader.post(address(name, story)).status_code == 405


@pytest.mark.parametrize("name", [*GUARDED, "sign-in"])
def test_every_page_has_a_policy_without_inline_script_or_style(name: str, story: Story, reader: Client) -> None:
    answer = reader.get(address(name, story))
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == ("SAMEORIGIN" if name == RAW else "DENY")


@pytest.mark.parametrize("name", GUARDED)
def test_nothing_shown_is_kept_in_a_cache(name: str, story: Story, reader: Client) -> None:
    assert "no-store" in reader.get(address(name, story))["Cache-Control"]


def test_an_unknown_address_gets_a_page_of_ours(reader: Client) -> None:
    for where in ("/nowhere/", "/items/999999999999999999999/", "/items/99999/", "/operations/none/"):
        answer = reader.get(where)
        assert answer.status_code == 404, where
        assert b'<a class="brand"' in answer.content


def test_an_officer_who_left_is_a_stranger(story: Story, reader: Client) -> None:
    Officer.objects.filter(username="observer").update(is_active=False)
    assert reader.get("/operations/").status_code == 302

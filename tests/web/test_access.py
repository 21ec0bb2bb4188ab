"""Who may see what: every address of the desk is walked."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cautery.core.actors import Permission
from cautery.directory.models import Officer
from cautery.directory.roles import PERMISSIONS, Role
from cautery.web.access import ACTS, NEEDS, OWN
from cautery.web.urls import urlpatterns
from tests import factories as make
from tests.web.conftest import Story

SAML = {"saml", "saml-back", "saml-consume", "saml-metadata"}
IN = {"confirm", "oidc", "oidc-back", "passkey-ask", "passkey-prove", "second", "sign-in", "sign-out", "welcome"} | SAML
"""Ways in and out: tests/web/people says who gets through them."""
SETTING_UP = {name for name in (pattern.name for pattern in urlpatterns) if name and name.startswith("set-up")}
"""There only until the first day is over, and for who has the token of the terminal."""
OPEN = {"home", "language"} | IN | SETTING_UP
PATTERNS = {pattern.name: pattern for pattern in urlpatterns}
OWNED = sorted(name for name, pattern in PATTERNS.items() if getattr(pattern.callback, OWN, False))
"""What is an officer's own: whoever is signed in, whatever their roles."""
GUARDED = sorted({pattern.name for pattern in urlpatterns if pattern.name} - OPEN - set(OWNED))
ACTING = sorted(name for name in GUARDED if getattr(PATTERNS[name].callback, ACTS))
READING = sorted(set(GUARDED) - set(ACTING))
RAW = "report-raw"


def address(name: str, story: Story) -> str:
    """The address of a page, with what the story holds."""
    known: dict[str, Any] = {
        "slug": "fr-pharos" if name == "unit" else story.operation.slug,
        "officer": Officer.objects.get(username="reviewer").pk,
        "pk": story.returned.pk,
        "episode": story.returned.episodes.first().pk,
        "sha256": "0" * 64,
        "provider": "vimeo",
        "reference": story.returned.notices.get().reference,
        "name": "report.json",
        "kind": "csv",
    }
    return reverse(f"web:{name}", kwargs={word: known[word] for word in PATTERNS[name].pattern.converters})


def ask(client: Client, name: str, story: Story) -> Any:
    """Ask as the page wants to be asked."""
    where = address(name, story)
    acting = getattr(PATTERNS[name].callback, ACTS)
    return client.post(where) if acting else client.get(where)


def test_every_page_but_signing_in_and_out_says_what_it_needs() -> None:
    needed = {pattern.name: getattr(pattern.callback, NEEDS, None) for pattern in urlpatterns}
    assert {name for name, permission in needed.items() if permission is None} == OPEN | set(OWNED)
    assert all(needed[name] in set(Permission) for name in GUARDED)


@pytest.mark.parametrize("name", OWNED)
def test_what_is_ones_own_wants_who_is_there_and_no_role(name: str, story: Story, client: Client) -> None:
    answer = ask(client, name, story)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")
    client.force_login(make.officer("without a role"))
    answer = ask(client, name, story)
    assert answer.status_code in {200, 302, 404, 422}
    assert not answer.get("Location", "").startswith("/sign-in/")


@pytest.mark.parametrize("name", sorted(SETTING_UP))
def test_the_set_up_is_not_there_once_it_is_closed(name: str, story: Story, client: Client) -> None:
    words = {"set-up-step": ["unit"], "set-up-rehearsal-file": ["report.html"]}
    where = reverse(f"web:{name}", args=words.get(name, []))
    assert (client.post if name in {"set-up-rehearse", "set-up-rehearsal-act"} else client.get)(
        where
    ).status_code == 404


@pytest.mark.parametrize("name", GUARDED)
def test_it_sends_a_stranger_to_sign_in_and_brings_them_back(name: str, story: Story, client: Client) -> None:
    back = "/operations/" if name in ACTING else address(name, story)
    answer = ask(client, name, story)
    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in/?next={back}")


@pytest.mark.parametrize("name", GUARDED)
def test_it_refuses_an_officer_without_the_role(name: str, story: Story, outsider: Client) -> None:
    answer = ask(outsider, name, story)
    assert answer.status_code == 403
    assert b"lacks the permission" in answer.content
    assert b"youtube" not in answer.content


@pytest.mark.parametrize("role", list(Role))
def test_every_role_gets_what_its_permissions_say_and_nothing_else(role: Role, story: Story) -> None:
    for name in [*READING, *ACTING]:
        client = Client()
        client.force_login(make.officer(f"one who may {role}", role))
        answer = ask(client, name, story)
        allowed = getattr(PATTERNS[name].callback, NEEDS) in PERMISSIONS[role]
        assert (answer.status_code != 403) is allowed, (role, name, answer.status_code)
        assert answer.status_code < 500, (role, name)


@pytest.mark.parametrize("name", READING)
def test_what_reads_takes_no_post(name: str, story: Story, reader: Client) -> None:
    assert reader.post(address(name, story)).status_code == 405


@pytest.mark.parametrize("name", ACTING)
def test_what_acts_takes_nothing_but_a_post_with_its_token(name: str, story: Story) -> None:
    client = Client(enforce_csrf_checks=True)
    needed = getattr(PATTERNS[name].callback, NEEDS)
    client.force_login(make.officer("able", next(role for role in Role if needed in PERMISSIONS[role])))
    assert client.get(address(name, story)).status_code == 405
    assert client.post(address(name, story)).status_code == 403


def test_a_part_asked_for_by_a_stranger_leads_the_whole_page_to_sign_in(story: Story, client: Client) -> None:
    at = address("room", story)
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{at}"}
    answer = client.get(address("room-panel", story), headers=headers)
    assert answer["HX-Redirect"] == f"/sign-in/?next={at}"


@pytest.mark.parametrize("name", [*READING, "sign-in"])
def test_every_page_has_a_policy_without_inline_script_or_style(name: str, story: Story, reader: Client) -> None:
    answer = reader.get(address(name, story))
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == ("SAMEORIGIN" if name == RAW else "DENY")


@pytest.mark.parametrize("name", READING)
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

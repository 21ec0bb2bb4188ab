"""What is one's own: factors, password, sessions, the log of what one did and saw."""

from __future__ import annotations

import pytest
from django.test import Client

from cautery.directory.models import Officer
from cautery.directory.people.models import Session
from cautery.directory.people.sessions import BEGUN
from tests import factories as make
from tests.web.conftest import Work
from tests.web.people.conftest import WORDS, code, key_shown, with_app


def stale(client: Client) -> None:
    """Let the last proof of who is there be an hour old."""
    session = client.session
    session[BEGUN] = session[BEGUN] | {"proved": 0.0}
    session.save()


def test_a_session_shows_from_where_since_when_and_how_it_was_begun(inside: Client) -> None:
    page = inside.get("/me/").content
    assert b"Firefox on Linux" in page
    assert b"127.0.0.1" in page
    assert b'<span class="tag">here</span>' in page


def test_one_session_is_ended_or_all_others(inside: Client, vera: Officer) -> None:
    others = [Client(), Client(), Client()]
    for one in others:
        one.post("/sign-in/", WORDS)
    page = inside.get("/me/").content.decode()
    handles = [part.partition('"')[0] for part in page.split('name="session" value="')[1:]]
    inside.post("/me/sessions/end/", {"session": handles[0]})
    assert sorted(one.get("/me/").status_code for one in others) == [200, 200, 302]
    inside.post("/me/sessions/end/", {"session": "others"})
    assert [one.get("/me/").status_code for one in others] == [302, 302, 302]
    assert inside.get("/me/").status_code == 200
    assert inside.post("/me/sessions/end/", {"session": handles[0]}).status_code == 404


def test_nobody_ends_anothers_session_and_no_page_holds_a_session_key(inside: Client, vera: Officer) -> None:
    make.officer("otto", "observe", password=make.PASSWORD)
    other = Client()
    other.post("/sign-in/", {"username": "otto", "password": make.PASSWORD})
    page = other.get("/me/").content.decode()
    assert str(Session.objects.get(officer__username="otto").session_key) not in page
    inside.post("/me/sessions/end/", {"session": "others"})
    assert other.get("/me/").status_code == 200


def test_a_new_password_ends_all_other_sessions(inside: Client, vera: Officer) -> None:
    other = Client()
    other.post("/sign-in/", WORDS)
    new = {"old": make.PASSWORD, "new": "another long phrase", "again": "another long phrase"}
    assert inside.post("/me/password/", new)["Location"] == "/me/"
    assert inside.get("/me/").status_code == 200
    assert other.get("/me/").status_code == 302
    assert Client().post("/sign-in/", WORDS | {"password": "another long phrase"}).status_code == 302


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"old": "wrong", "new": "another long phrase", "again": "another long phrase"}, b"is another one"),
        ({"old": make.PASSWORD, "new": "another long phrase", "again": "yet another phrase"}, b"differ"),
        ({"old": make.PASSWORD, "new": "short", "again": "short"}, b"too short"),
    ],
)
def test_a_password_that_cannot_be_is_refused_at_its_place(inside: Client, words: dict[str, str], said: bytes) -> None:
    answer = inside.post("/me/password/", words)
    assert (answer.status_code, said in answer.content) == (422, True)


def test_what_one_signs_in_with_is_changed_only_after_a_fresh_proof(inside: Client) -> None:
    with_app(inside)
    stale(inside)
    for where in (
        "code-app/begin",
        "code-app/forget",
        "recovery-codes",
        "passkeys/ask",
        "passkeys/make",
        "passkeys/1/forget",
    ):
        assert inside.post(f"/me/{where}/")["Location"].startswith("/me/confirm/"), where
    assert b"not your password" in inside.post("/me/confirm/", {"password": "wrong"}).content
    assert inside.post("/me/confirm/", {"password": make.PASSWORD, "next": "/me/"})["Location"] == "/me/"
    assert inside.post("/me/code-app/forget/")["Location"] == "/me/"
    assert Client().post("/sign-in/", WORDS)["Location"] == "/operations/"


def test_confirming_leads_nowhere_else(inside: Client) -> None:
    answer = inside.post("/me/confirm/", {"password": make.PASSWORD, "next": "https://evil.example/"})
    assert answer["Location"] == "/operations/"


def test_an_app_counts_only_after_its_first_code(inside: Client) -> None:
    inside.post("/me/code-app/begin/")
    assert Client().post("/sign-in/", WORDS)["Location"] == "/operations/"
    assert inside.post("/me/code-app/prove/", {"code": "000000"}).status_code == 422
    answer = inside.post("/me/code-app/prove/", {"code": code(key_shown(inside))})
    assert b"Recovery codes" in answer.content
    assert inside.get("/me/code-app/")["Location"] == "/me/"
    assert inside.post("/me/code-app/begin/").status_code == 409


def test_a_passkey_that_was_not_asked_for_is_refused(inside: Client) -> None:
    assert inside.post("/me/passkeys/make/", {"answer": "{}"}).status_code == 422
    inside.post("/me/passkeys/ask/")
    assert inside.post("/me/passkeys/make/", {"answer": '{"id": 3, "response": []}'}).status_code == 422
    assert Client().post("/sign-in/passkey/", {"answer": "not json"}).status_code == 422


def test_the_own_log_says_what_one_did_and_nobody_elses(inside: Client, vera: Officer, work: Work) -> None:
    make.decided(work.operation, limit=1)
    page = inside.get("/me/log/").content
    assert b"An officer signed in" in page
    assert b"Decisions of a reviewer" not in page
    reviewer = Client()
    reviewer.force_login(Officer.objects.get(username="reviewer"))
    assert b"Decisions of a reviewer" in reviewer.get("/me/log/").content
    assert inside.get("/me/log/?before=x").status_code == 422


def test_the_own_log_says_what_was_shown_for_deciding(reviewer: Client, work: Work) -> None:
    where = reviewer.post("/operations/autumn/review/next/")["Location"]
    reviewer.get(where)
    page = reviewer.get("/me/log/").content
    assert b"What was shown to me for deciding" in page
    assert b"Autumn" in page


def test_pages_of_ones_own_take_few_queries(inside: Client, django_assert_max_num_queries: object) -> None:
    for where in ("/me/", "/me/log/"):
        with django_assert_max_num_queries(15):  # type: ignore[operator]  # pytest-django's fixture
            inside.get(where)

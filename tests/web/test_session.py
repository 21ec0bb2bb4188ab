"""Signing in and out."""

from __future__ import annotations

import pytest
from django.test import Client

from cautery.directory.queries import FAILURES
from tests import factories as make

WRONG = b"do not belong together"


@pytest.fixture
def vera(db: None) -> None:
    """An officer with a password, and one without."""
    make.officer("vera", "observe", password=make.PASSWORD)
    make.officer("otto", "observe")


def test_it_lets_an_officer_in_and_shows_who_is_there(vera: None, client: Client) -> None:
    answer = client.post("/sign-in/", {"username": "vera", "password": make.PASSWORD}, follow=True)
    assert answer.redirect_chain == [("/operations/", 302)]
    assert b"Vera" in answer.content


def test_it_goes_on_to_where_one_wanted_to_go_but_never_to_another_site(vera: None, client: Client) -> None:
    words = {"username": "vera", "password": make.PASSWORD}
    assert client.post("/sign-in/", words | {"next": "/operations/x/"})["Location"] == "/operations/x/"
    client.post("/sign-out/")
    assert client.post("/sign-in/", words | {"next": "https://evil.example/"})["Location"] == "/operations/"


@pytest.mark.parametrize(
    ("name", "password"), [("vera", "wrong"), ("nobody", "wrong"), ("otto", "!"), ("otto", make.PASSWORD)]
)
def test_it_says_the_same_of_every_failure(vera: None, client: Client, name: str, password: str) -> None:
    answer = client.post("/sign-in/", {"username": name, "password": password})
    assert answer.status_code == 200
    assert WRONG in answer.content
    assert client.get("/operations/").status_code == 302


def test_after_ten_failures_it_does_not_even_compare(vera: None, client: Client) -> None:
    for _ in range(FAILURES):
        assert WRONG in client.post("/sign-in/", {"username": "vera", "password": "wrong"}).content
    answer = client.post("/sign-in/", {"username": "VERA", "password": make.PASSWORD}, REMOTE_ADDR="192.0.2.7")
    assert answer.status_code == 429
    assert b"Try again in 15 minutes" in answer.content
    assert answer["Retry-After"] == "900"


def test_an_address_is_refused_for_every_name(vera: None, client: Client) -> None:
    for number in range(FAILURES):
        client.post("/sign-in/", {"username": f"name {number}", "password": "wrong"})
    words = {"username": "vera", "password": make.PASSWORD}
    assert client.post("/sign-in/", words).status_code == 429
    assert client.post("/sign-in/", words, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_getting_in_forgets_the_failures_of_the_name(vera: None, client: Client) -> None:
    for _ in range(2):
        for number in range(FAILURES - 1):
            client.post("/sign-in/", {"username": "vera", "password": "wrong"}, REMOTE_ADDR=f"192.0.2.{number}")
        assert client.post("/sign-in/", {"username": "vera", "password": make.PASSWORD}).status_code == 302
        client.post("/sign-out/")


def test_it_signs_out_by_post_alone(vera: None, client: Client) -> None:
    client.post("/sign-in/", {"username": "vera", "password": make.PASSWORD})
    assert client.get("/sign-out/").status_code == 405
    assert client.get("/operations/").status_code == 200
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/operations/").status_code == 302


@pytest.mark.parametrize("where", ["/sign-in/", "/sign-out/"])
def test_a_form_without_its_token_is_refused_with_a_page(vera: None, where: str) -> None:
    answer = Client(enforce_csrf_checks=True).post(where, {"username": "vera", "password": make.PASSWORD})
    assert answer.status_code == 403
    assert b"This form has expired" in answer.content

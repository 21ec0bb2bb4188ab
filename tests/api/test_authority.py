"""Officers' routes of authority and redress, and the providers' own: who is let in, and who is not."""

from __future__ import annotations

import re

import pytest

from cautery.api.main import api
from cautery.directory.actions import give_provider_key
from tests import factories as make
from tests.api.routes import OFFICERS
from tests.api.test_api import call, is_error, token

pytestmark = pytest.mark.django_db
PLACES = {
    "obstacle": "1",
    "instrument": "referral",
    "reference": "CTY-1",
    "threat": "1",
    "mail": "1",
    "slug": "youtube",
}


def place(path: str) -> str:
    return path.format(**PLACES)


def described() -> set[tuple[str, str]]:
    paths = api.get_openapi_schema()["paths"]
    return {(method.upper(), path.removeprefix("/api/v1")) for path, methods in paths.items() for method in methods}


def providers() -> list[tuple[str, str]]:
    return sorted(route for route in described() if route[1].startswith("/provider/"))


@pytest.mark.parametrize(("method", "path"), list(OFFICERS))
def test_an_officer_without_a_role_is_refused(method: str, path: str) -> None:
    make.provider()
    status, document = call(method, place(path), OFFICERS[method, path], token(""))
    assert status == 403
    assert is_error(document)


@pytest.mark.parametrize(("method", "path"), list(OFFICERS))
def test_a_provider_is_no_officer(method: str, path: str) -> None:
    key = give_provider_key(make.provider(), "staff", by=make.SYSTEM, at=make.START)
    assert call(method, place(path), OFFICERS[method, path], key)[0] == 401


def test_an_officer_is_no_provider() -> None:
    secret = token("lead")
    asked = providers()
    assert asked
    for method, path in asked:
        assert call(method, re.sub(r"{\w+}", "1", path), {}, secret)[0] in {401, 405}, path

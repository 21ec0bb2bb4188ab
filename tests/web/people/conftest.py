"""Officers who sign in as people do: through the pages."""

from __future__ import annotations

import re
import time
from base64 import b32decode

import pytest
from django.test import Client

from cautery.core import otp
from cautery.directory.models import Officer
from tests import factories as make

WORDS = {"username": "vera", "password": make.PASSWORD}


@pytest.fixture
def vera(db: None) -> Officer:
    """An officer with a password."""
    return make.officer("vera", "sign", password=make.PASSWORD)


@pytest.fixture
def inside(vera: Officer, client: Client) -> Client:
    """Signed in with the password."""
    client.post("/sign-in/", WORDS, headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"})
    return client


def key_shown(client: Client) -> bytes:
    """The key on the page of a new app, as a person would type it."""
    page = client.get("/me/code-app/").content.decode()
    letters = "".join(re.findall(r"<code>([A-Z2-7]+)</code>", page))
    return b32decode(letters)


def with_app(client: Client) -> tuple[bytes, list[str]]:
    """Set an app up: its key, and the recovery codes that were shown."""
    client.post("/me/code-app/begin/")
    key = key_shown(client)
    page = client.post("/me/code-app/prove/", {"code": code(key, -1)}).content.decode()
    return key, re.findall(r"<code>([2-9a-z]{5}-[2-9a-z]{5})</code>", page)


def code(key: bytes, step: int = 0) -> str:
    """The code the app shows now, or one a step before or after."""
    return otp.code_of(key, otp.step_at(time.time()) + step)

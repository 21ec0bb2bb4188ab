"""How a web process begins: everything read, and set apart from garbage collection."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from django.template import Engine

from cautery import wsgi


@pytest.fixture
def settled() -> Iterator[None]:
    """As granian's processes are; this one is put back afterwards."""
    before = gc.get_threshold()
    wsgi.settle()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


@pytest.mark.usefixtures("settled")
def test_what_lives_as_long_as_the_process_is_not_walked_again() -> None:
    assert gc.get_freeze_count() > 100_000
    assert len(gc.get_objects()) < gc.get_freeze_count() / 10


@pytest.mark.usefixtures("settled")
def test_every_template_of_the_desk_is_read_before_the_first_request() -> None:
    (cached,) = Engine.get_default().template_loaders
    assert {"web/register.html", "web/people/account.html", "404.html"} <= set(cached.get_template_cache)

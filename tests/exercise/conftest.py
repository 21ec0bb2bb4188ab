from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.exercise.worlds import OPENED


@pytest.fixture(autouse=True)
def _closed_books() -> Iterator[None]:
    """No test leaves books open."""
    yield
    while OPENED:
        OPENED.pop().close()

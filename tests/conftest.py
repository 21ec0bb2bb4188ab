"""The ground of the tests: a rehearsal's settings on a data folder of their own, and Django set up on them.

Settings are read once, at import; so the environment is made here, before pytest-django looks for it.
On SQLite, unless DATABASE_URL names a PostgreSQL server. `make test` runs on both (tests/databases.py).
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from django.db import connection
from hypothesis import HealthCheck, settings

from cautery.custody import guards

DATA = tempfile.mkdtemp(prefix="cautery-tests-")
atexit.register(shutil.rmtree, DATA, ignore_errors=True)
for name in [name for name in os.environ if name.startswith("CAUTERY_") and name != "CAUTERY_SHARED"]:
    del os.environ[name]
os.environ |= {"CAUTERY_DATA": DATA, "CAUTERY_MODE": "rehearsal", "DJANGO_SETTINGS_MODULE": "cautery.settings"}
django.setup()
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")  # how fast a machine draws and runs examples says nothing of what is tested


def _flush_past_the_guards(operations: type[Any]) -> None:
    """The flush between tests empties tables, which the log's triggers refuse: they stand aside for it."""
    plain = operations.sql_flush

    def flush(self: Any, *args: Any, **kwargs: Any) -> list[str]:
        vendor = self.connection.vendor
        return [*guards.take_down(vendor), *plain(self, *args, **kwargs), *guards.put_up(vendor)]

    operations.sql_flush = flush


_flush_past_the_guards(type(connection.ops))


@pytest.fixture(autouse=True)
def _no_mirror_of_another_test() -> Iterator[None]:
    """The mirror of checkpoints lies outside the database, so a test's rollback does not take it back."""
    yield
    Path(DATA, "checkpoints").unlink(missing_ok=True)

"""The ground of the tests: a rehearsal's settings on a data folder of their own, and Django set up on them.

Settings are read once, at import; so the environment is made here, before pytest-django looks for it.
On SQLite, unless DATABASE_URL names a PostgreSQL server. `make test` runs on both (tests/databases.py).
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

import django

DATA = tempfile.mkdtemp(prefix="cautery-tests-")
atexit.register(shutil.rmtree, DATA, ignore_errors=True)
for name in [name for name in os.environ if name.startswith("CAUTERY_") and name != "CAUTERY_SHARED"]:
    del os.environ[name]
os.environ |= {"CAUTERY_DATA": DATA, "CAUTERY_MODE": "rehearsal", "DJANGO_SETTINGS_MODULE": "cautery.settings"}
django.setup()

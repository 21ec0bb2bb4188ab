"""The environment of the tests: a rehearsal's settings, on a data folder of their own."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("CAUTERY_DATA", tempfile.mkdtemp(prefix="cautery-tests-"))
os.environ.setdefault("CAUTERY_MODE", "rehearsal")

"""Where the real inputs for development lie; tests that need them skip without them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def shared(relative: str) -> Path:
    """The path of a shared data file (`CAUTERY_SHARED`, or `../shared` beside the repository), or a skip."""
    base = Path(os.environ.get("CAUTERY_SHARED", ROOT.parent / "shared"))
    path = base / "data" / relative
    if not path.exists():
        pytest.skip(f"shared data not here: {relative}")
    return path

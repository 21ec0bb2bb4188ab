"""The rules with the rehearsal's nine providers beside the default ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from cautery.core.links import RULES, Ruleset


@pytest.fixture(scope="session")
def rehearsal() -> Ruleset:
    """The default rules and the rehearsal's."""
    return Ruleset.load(RULES, Path(__file__).parents[3] / "src" / "cautery" / "exercise" / "rules")

"""The figures the library has to reach, against the shared rows (see `score.py`)."""

from __future__ import annotations

import pytest

from tests.core.links.score import FIGURES


@pytest.mark.parametrize("name", [name for name, (_, wanted) in FIGURES.items() if wanted])
def test_a_figure_is_reached(name: str) -> None:
    figure, wanted = FIGURES[name]
    score = figure()
    assert score.right >= wanted, "\n".join(score.misses[:20])

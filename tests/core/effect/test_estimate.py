from __future__ import annotations

import pytest

from cautery.core.effect import wilson


def test_it_gives_the_published_interval() -> None:
    # Newcombe (1998), table I: 81 of 263 and 15 of 148, method 3.
    first, second = wilson(81, 263), wilson(15, 148)
    assert first.low == pytest.approx(0.2553, abs=5e-5)
    assert first.high == pytest.approx(0.3662, abs=5e-5)
    assert second.low == pytest.approx(0.0624, abs=5e-5)
    assert second.high == pytest.approx(0.1605, abs=5e-5)


def test_none_and_all_keep_an_interval() -> None:
    none, every = wilson(0, 20), wilson(20, 20)
    assert (none.value, none.low) == (0, 0)
    assert none.high == pytest.approx(0.1611, abs=5e-5)
    assert (every.value, every.high) == (1, 1)
    assert every.low == pytest.approx(0.8389, abs=5e-5)


def test_nothing_counted_is_not_estimable_rather_than_zero() -> None:
    nothing = wilson(0, 0)
    assert (nothing.value, nothing.low, nothing.high, nothing.n) == (None, None, None, 0)
    assert nothing.reason == "nothing was counted"


@pytest.mark.parametrize(("successes", "trials", "level"), [(-1, 3, 0.95), (4, 3, 0.95), (1, 3, 1.0), (1, 3, 0.0)])
def test_it_refuses_what_is_no_share(successes: int, trials: int, level: float) -> None:
    with pytest.raises(ValueError):
        wilson(successes, trials, level)

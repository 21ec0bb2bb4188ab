"""How loops are compiled: with Numba only where it is wanted, and with the same answer without."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import numpy as np

from cautery.core.graph.kernel import SMALL
from cautery.core.graph.percolate import largest_first, levels_of
from tests.core.graph.networks import scattered


def ran(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_a_small_plan_is_judged_without_loading_numba() -> None:
    said = ran("""
        import sys
        from cautery.core.graph import Network, assess
        from cautery.core.graph.meaning import meaning, to_watch
        network = Network.from_edges([[0, 1], [1, 2], [2, 3]])
        print(assess(network, [1]).curve.tolist(), to_watch(network, [1]).joined.tolist(), "numba" in sys.modules)
    """)
    assert said == "[2] [4] False"


def test_a_loop_says_the_same_compiled_and_as_written() -> None:
    network = scattered(60, 90)
    ones, order = np.ones(60, np.int64), np.random.default_rng(1).permutation(60)[:40].astype(np.int32)
    given = (network.indptr, network.indices, ones, order)
    assert np.array_equal(levels_of(*given), levels_of.function(*given))
    (order, levels), (same_order, same_levels) = largest_first(*given), largest_first.function(*given)
    assert (order.tolist(), levels.tolist()) == (same_order.tolist(), same_levels.tolist())


def test_much_work_is_never_done_as_written() -> None:
    network = scattered(60, 90)
    ones, order = np.ones(60, np.int64), np.arange(5, dtype=np.int32)
    few = levels_of.once(1, network.indptr, network.indices, ones, order)
    many = levels_of.once(SMALL + 1, network.indptr, network.indices, ones, order)
    assert np.array_equal(few, many)
    assert levels_of.loaded


def test_a_kernel_is_compiled_where_no_folder_can_be_written() -> None:
    """As where the package and the home are read-only: Numba finds no place for its cache, and the plan is made all the same."""
    said = ran(
        """
        import numba.core.caching as caching
        caching.CacheImpl._locator_classes = []
        import numpy as np
        from cautery.core.graph.scores import links_cut
        print(links_cut(np.array([0, 1, 2]), np.array([1, 0], np.int32), np.array([0], np.int32)).tolist())
        """
    )
    assert said == "[1]"

from __future__ import annotations

from pathlib import Path

import pytest

from cautery.exercise.scenario import Run, ScenarioError, load
from tests.exercise.worlds import SMALL, small_scenario


def test_the_default_figures_hold_and_their_shares_add_up_to_one() -> None:
    scenario = load(Run(seed=7, flags=26_000, providers=9, days=4))
    assert list(scenario.providers)[:2] == ["vidora", "courier"]
    assert sum(provider.share for provider in scenario.providers.values()) == pytest.approx(1)
    assert scenario.start < scenario.start + scenario.flag_hours * 3600 < scenario.t0 < scenario.end
    assert scenario.t0 - scenario.start == round(0.40 * 4 * 86_400)


def test_fewer_providers_share_everything_among_them() -> None:
    scenario = load(Run(seed=7, flags=300, providers=2, days=1))
    assert scenario.providers["courier"].share == pytest.approx(0.26 / 0.38)


def test_a_file_overrides_single_figures_and_whole_tables_of_weights(tmp_path: Path) -> None:
    scenario = small_scenario(
        tmp_path, "[content.languages]\nfr = 1.0\n[providers.vidora]\nremoved = 0.5\nhang_share = 0.1\n"
    )
    assert scenario.content.languages == {"fr": 1.0}
    assert scenario.providers["vidora"].removed == 0.5
    assert scenario.providers["vidora"].hang_share == 0.1
    assert scenario.providers["vidora"].removal_minutes == 40.0


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[adversary]\nteleports = 0.5\n", "adversary.teleports"),
        ("[adversary]\nsuccessor = 1.5\n", "adversary.successor"),
        ("[providers.vidora]\nmax_batch = 'many'\n", "providers.vidora.max_batch"),
        ("[providers.vidora]\nmax_batch = 0\n", "providers.vidora.max_batch"),
        ("[providers.vidora]\ngone_as = 'smoke'\n", "providers.vidora.gone_as"),
        ("[providers.vidora]\nchannel = 'portal'\n", "providers.vidora.rounds_minutes"),
        ("[providers.elsewhere]\nshare = 0.1\n", "providers.elsewhere"),
        ("[operation]\nt0 = true\n", "operation.t0"),
        ("[content.languages]\nfr = -1.0\n", "content.languages"),
        ("flags = 3\n", "flags"),
        ("this is not TOML", "scenario.toml"),
    ],
)
def test_a_figure_that_cannot_be_right_is_refused_by_name(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(ScenarioError, match=named):
        small_scenario(tmp_path, text)


@pytest.mark.parametrize("run", [Run(7, 0, 9, 1), Run(7, 10, 10, 1), Run(7, 10, 9, 0)])
def test_a_run_out_of_bounds_is_refused(run: Run) -> None:
    with pytest.raises(ScenarioError):
        load(run)


def test_any_other_figure_makes_another_run(tmp_path: Path) -> None:
    plain, changed = load(SMALL), small_scenario(tmp_path, "[adversary]\nsuccessor = 0.3\n")
    assert plain.identity == load(SMALL).identity != changed.identity


def test_one_figure_of_a_table_that_holds_only_shares_leaves_the_others(tmp_path: Path) -> None:
    scenario = small_scenario(tmp_path, "[people]\nreview_error = 0.0\n")
    assert (scenario.people.review_error, scenario.people.signature_refused) == (0.0, 0.005)

"""The score on small books made by hand: known answers, and every check can fail."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cautery.exercise.score import score, write_score
from cautery.exercise.score.effect import curve, quantile, removed_by
from cautery.exercise.score.figures import definitions
from tests.exercise.fake_platform import FakePlatform
from tests.exercise.small_books import LONG_AGO, Books, Row, at, books, delivery, episode, thing, up


def figures_of(made: Books) -> Row:
    figures: Row = score(*made)["figures"]
    return figures


def checks_of(made: Books) -> dict[str, Row]:
    return {check["name"]: check for check in score(*made)["checks"]}


def test_books_that_agree_pass_every_check() -> None:
    result = score(*books())
    assert [check for check in result["checks"] if not check["ok"]] == []
    assert result["ok"] is True


def test_every_figure_has_its_unit_its_number_of_cases_and_a_definition() -> None:
    figures = figures_of(books())
    assert set(figures) == set(definitions())
    for figure in figures.values():
        assert {"value", "n", "unit", "definition"} <= set(figure)
        assert len(figure["definition"]) > 40


@pytest.mark.parametrize(("name", "value", "n"), [
    ("returns_found_share", 2 / 3, 3),
    ("returns_found_by_own_means_share", 2 / 3, 3),
    ("return_detection_median_s", 300.0, 2),
    ("lineage_right_share", 1.0, 1),
    ("watch_precision", 1.0, 1),
    ("reopened_wrongly", 0, 1),
    ("duplicates_in_register", 0, 11),
    ("missed_objects", 0, 10),
    ("unknown_items", 0, 11),
    ("wrong_notices", 0, 10),
    ("decoys_referred", 0, 1),
    ("effects_repeated", 0, 10),
    ("outcomes_differing", 0, 0),
    ("notices", 10, 6),
    ("removed", 3, 10),
    ("review_errors", 1 / 12, 12),
    ("presence_inside_band_share", 0.75, 4),
])  # fmt: skip
def test_figures_have_the_values_worked_out_by_hand(name: str, value: float, n: int) -> None:
    figure = figures_of(books())[name]
    assert figure["value"] == pytest.approx(value)
    assert figure["n"] == n


def test_returns_are_told_by_way() -> None:
    assert figures_of(books())["returns_found_share"]["by_way"] == {
        "same_bytes": {"value": 0.0, "n": 1},
        "same_place": {"value": 1.0, "n": 1},
        "successor": {"value": 1.0, "n": 1},
    }


def test_a_return_at_the_same_place_is_not_found_by_the_episode_of_its_first_life() -> None:
    made = books()
    del made[2][0]["episodes"][1]
    assert figures_of(made)["returns_found_share"]["by_way"]["same_place"]["value"] == 0.0


def test_a_return_that_a_unit_flagged_is_found_but_not_by_own_means() -> None:
    made = books()
    made[2][-1]["episodes"][0]["opened_by"] = "flag"
    figures = figures_of(made)
    assert figures["returns_found_share"]["value"] == pytest.approx(2 / 3)
    assert figures["returns_found_by_own_means_share"]["value"] == pytest.approx(1 / 3)
    assert figures["return_detection_median_s"]["n"] == 1


def test_a_candidate_of_the_watch_that_never_went_away_costs_precision() -> None:
    made = books()
    made[2][1]["episodes"][0]["opened_by"] = "watch"
    assert figures_of(made)["watch_precision"]["value"] == 0.5


def test_a_wrong_predecessor_costs_lineage() -> None:
    made = books()
    made[2][-1]["episodes"][0]["predecessor_item_id"] = "i-slow"
    assert figures_of(made)["lineage_right_share"]["value"] == 0.0


def test_another_copy_of_the_same_work_is_right_by_content_only() -> None:
    made = books()
    made[2][-1]["episodes"][0]["predecessor_item_id"] = "i-slow"
    figures = figures_of(made)
    assert (figures["lineage_right_share"]["value"], figures["lineage_content_share"]["value"]) == (0.0, 0.0)
    back = next(row for row in made[0]["objects"] if row["id"] == made[2][-1]["item_id"].removeprefix("i-"))
    for row in made[0]["objects"]:
        if row["id"] in {"slow", back["predecessor"]}:
            row |= {"work": 7, "kind": "post"}
    for item in made[2]:
        if item["item_id"] == "i-slow":
            item["kind"] = "post"
    assert figures_of(made)["lineage_content_share"]["value"] == 1.0


def test_an_episode_opened_for_something_that_never_went_away_is_told() -> None:
    made = books()
    made[2][1]["episodes"].append(episode(2, 50, "probe"))
    assert figures_of(made)["reopened_wrongly"]["cases"] == ["i-slow"]


def test_a_notice_about_journalism_is_a_wrong_notice_about_a_decoy() -> None:
    made = books()
    made[0]["deliveries"].append(delivery("chirp", "paper", None))
    figures = figures_of(made)
    assert figures["wrong_notices"]["cases"] == ["k-paper"]
    assert figures["decoys_referred"]["cases"] == ["paper"]


def test_the_spread_at_t0_is_wall_time_between_the_first_notices_of_the_providers() -> None:
    assert figures_of(books())["t0_spread_s"]["value"] == pytest.approx(0.9)


def test_the_spread_leaves_out_who_looks_at_the_provider_desk_when_they_please() -> None:
    made = books()
    made[0]["deliveries"].append(delivery("pastely", "paper", None, wall=9_000.0) | {"channel": "portal"})
    assert figures_of(made)["t0_spread_s"] == figures_of(books())["t0_spread_s"]


def test_true_removal_times_follow_all_notices_and_lie_in_the_reports_intervals() -> None:
    figures = figures_of(books())
    assert figures["true_removal_share_1h"]["value"] == pytest.approx(0.2)
    assert figures["share_1h_inside_interval"]["value"] == 1.0
    assert figures["true_removal_median_s"]["value"] == 300 * 60
    assert figures["median_inside_interval"]["value"] == 1.0


def test_an_interval_beside_the_truth_is_told() -> None:
    made = books()
    made[1]["removal_time"]["share_1h"] = {"value": 0.6, "low": 0.5, "high": 0.7}
    made[1]["removal_time"]["median_s"] = {"value": 60.0, "low": 30.0, "high": 90.0}
    figures = figures_of(made)
    assert figures["share_1h_inside_interval"]["value"] == 0.0
    assert figures["median_inside_interval"]["value"] == 0.0


def test_an_interval_nobody_gives_is_neither_inside_nor_outside() -> None:
    made = books()
    made[1]["removal_time"]["median_s"] = {"value": None, "low": None, "high": None}
    assert figures_of(made)["median_inside_interval"]["value"] is None


def test_presence_outside_its_band_is_shown_with_the_true_number() -> None:
    outside = figures_of(books())["presence_inside_band_share"]["outside"]
    assert outside == [{"at": at(700), "true": 4, "up": 9, "unknown": 1}]


def test_what_ends_after_the_operation_is_up_at_its_end() -> None:
    made = books()
    made[0]["objects"][0]["episodes"] = [up(LONG_AGO, 3001, "provider", "k-quick")]
    assert figures_of(made)["removed"]["value"] == 2


def test_what_went_behind_a_login_and_is_up_again_is_up() -> None:
    made = books()
    made[0]["objects"][3]["episodes"].append(up(900))
    made[0]["objects"].append(thing("shut", "agora", up(LONG_AGO, 40, "provider"), gone_shows_as="login_redirect"))
    fates = made[1]["outcomes"]
    fates["by_provider"]["agora"] = {"claimed_but_up": 1}
    fates["unknown"], fates["claimed_but_up"] = 0, 2
    assert checks_of(made)["unknown_exact"]["ok"] is True
    assert checks_of(made)["claimed_but_up_exact"]["ok"] is True


@pytest.mark.parametrize(("gap", "ok"), [(10, True), (20, False)])
def test_what_was_down_for_a_blink_may_have_been_missed(gap: float, *, ok: bool) -> None:
    made = books()
    made[0]["objects"][0]["episodes"][1] = up(30 + gap)
    fates = made[1]["outcomes"]
    assert checks_of(made)["removed_exact"]["ok"] is True
    fates["by_provider"]["vidora"] = {"claimed_but_up": 1, "unanswered": 1}
    fates["removed"], fates["claimed_but_up"] = 2, 2
    assert checks_of(made)["removed_exact"]["ok"] is ok
    assert checks_of(made)["claimed_but_up_exact"]["ok"] is ok


@pytest.mark.parametrize(("minute", "ok"), [(2995, True), (2980, False)])
def test_an_answer_just_before_the_end_may_not_have_been_read(minute: float, *, ok: bool) -> None:
    made = books()
    declined = made[0]["deliveries"][8]
    assert declined["answer"] == "declined"
    declined["answered_at"] = at(minute)
    fates = made[1]["outcomes"]
    fates["by_provider"]["lumigram"] = {"gone_other": 1, "unanswered": 1}
    fates["declined"], fates["unanswered"] = 0, 2
    assert checks_of(made)["declined_exact"]["ok"] is ok


def test_notices_that_the_register_tells_otherwise_are_named() -> None:
    made = books()
    for row, outcome in ((made[2][0], "removed"), (made[2][1], "unanswered")):
        row["episodes"][0].update(idempotency_key=f"k-{row['key']}", outcome=outcome)
    differing = figures_of(made)["outcomes_differing"]
    assert (differing["value"], differing["n"]) == (1, 2)
    assert differing["cases"] == ["k-slow: removed, not unanswered"]


def test_what_a_signer_refused_does_not_count_as_presence() -> None:
    made = books()
    made[2][-1]["episodes"][0]["state"] = "dismissed"
    made[1]["presence"]["series"] = [{"at": at(600), "up": 3, "unknown": 0}]
    assert figures_of(made)["presence_inside_band_share"]["value"] == 1.0


def test_an_item_that_is_spelled_otherwise_is_matched_by_its_url() -> None:
    made = books()
    made[2][0].update(provider="vidora.test", url="http://vidora.test/quick/")
    assert figures_of(made)["unknown_items"]["value"] == 0


def _repeat_an_effect(made: Books) -> None:
    made[0]["deliveries"][0]["times_effective"] = 2


def _lose_a_notice(made: Books) -> None:
    made[0]["deliveries"].pop()


def _claim_more_removed(made: Books) -> None:
    made[1]["outcomes"]["by_provider"]["courier"]["removed"] = 2


def _claim_a_total_that_does_not_add_up(made: Books) -> None:
    made[1]["outcomes"]["removed"] = 4


def _believe_a_liar(made: Books) -> None:
    fates = made[1]["outcomes"]["by_provider"]["dropfile"]
    fates["removed"], fates["claimed_but_up"] = 2, 0


def _call_a_block_a_removal(made: Books) -> None:
    made[1]["outcomes"]["by_provider"]["hostkit"] = {"removed": 1}


def _lose_a_refusal(made: Books) -> None:
    made[1]["outcomes"]["declined"] = 0


def _call_a_login_a_removal(made: Books) -> None:
    made[1]["outcomes"]["by_provider"]["agora"] = {"removed": 1}


def _call_this_login_a_removal_and_another_thing_none(made: Books) -> None:
    walled = next(row for row in made[2] if row["provider"] == "agora")
    walled["episodes"][0].update(idempotency_key=f"k-{walled['key']}", outcome="removed")


def _count_owners_out(made: Books) -> None:
    made[1]["outcomes"]["gone_other"] = 1


def _count_silence_out(made: Books) -> None:
    made[1]["outcomes"]["by_provider"]["vidora"]["unanswered"] = 0


def _lose_a_flag(made: Books) -> None:
    made[1]["flags"]["received"] = 29


def _take_a_bad_row(made: Books) -> None:
    made[1]["flags"]["rejected"] = 1


def _lose_a_decision(made: Books) -> None:
    made[1]["decisions"]["dismissed"] = 0


def _tamper(made: Books) -> None:
    made[1]["custody"]["verified"] = False


def _hold_an_object_twice(made: Books) -> None:
    twin = copy.deepcopy(made[2][0])
    made[2].append({**twin, "item_id": "i-quick-again"})


def _miss_an_object(made: Books) -> None:
    del made[2][2]


@pytest.mark.parametrize(("name", "spoil"), [
    ("effects_repeated", _repeat_an_effect),
    ("notices_exact", _lose_a_notice),
    ("removed_exact", _claim_more_removed),
    ("removed_exact", _claim_a_total_that_does_not_add_up),
    ("claimed_but_up_exact", _believe_a_liar),
    ("geo_blocked_exact", _call_a_block_a_removal),
    ("declined_exact", _lose_a_refusal),
    ("unknown_exact", _call_a_login_a_removal),
    ("removed_wrongly", _call_this_login_a_removal_and_another_thing_none),
    ("gone_other_exact", _count_owners_out),
    ("unanswered_exact", _count_silence_out),
    ("flags_exact", _lose_a_flag),
    ("rejected_exact", _take_a_bad_row),
    ("decisions_exact", _lose_a_decision),
    ("custody_verified", _tamper),
    ("duplicates_in_register", _hold_an_object_twice),
    ("missed_objects", _miss_an_object),
])  # fmt: skip
def test_every_check_can_fail_and_says_where(name: str, spoil: Callable[[Books], None]) -> None:
    made = books()
    spoil(made)
    result = score(*made)
    found = {check["name"]: check for check in result["checks"]}[name]
    assert found["ok"] is False
    assert found["detail"]
    assert result["ok"] is False


def test_there_is_a_spoiled_case_for_every_check() -> None:
    marks = test_every_check_can_fail_and_says_where.pytestmark  # type: ignore[attr-defined]
    tried = {case[0] for mark in marks for case in mark.args[1]}
    assert set(checks_of(books())) == tried


def test_the_product_limit_matches_a_case_worked_out_by_hand() -> None:
    times = [(1.0, True), (2.0, False), (3.0, True), (4.0, False)]
    assert [time for time, _ in curve(times)] == [1.0, 3.0]
    assert [reached for _, reached in curve(times)] == pytest.approx([0.25, 0.625])
    assert removed_by(times, 2.5) == pytest.approx(0.25)
    assert quantile(times, 0.5) == 3.0
    assert quantile(times, 0.7) is None
    assert removed_by([], 1.0) is None


def test_empty_books_give_no_figures_but_no_errors() -> None:
    made_world, made_report, _ = books()
    made_world.update(objects=[], deliveries=[], people={"decisions": 0, "errors": 0})
    made_report["presence"]["series"] = []
    figures = figures_of((made_world, made_report, []))
    assert figures["returns_found_share"]["value"] is None
    assert figures["t0_spread_s"]["value"] is None
    assert figures["presence_inside_band_share"]["value"] is None


def test_it_reads_the_register_page_by_page_and_writes_the_score(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cautery.exercise.score.scoring.PAGE", 4)
    made_world, made_report, made_register = books()
    (tmp_path / "world.json").write_text(json.dumps(made_world))
    (tmp_path / "report.json").write_text(json.dumps(made_report))
    with FakePlatform(tmp_path, officers={"t-observe": "observer"}) as platform:
        platform.register = made_register
        api = json.loads((tmp_path / "platform.json").read_text())["api"]
        result = write_score(tmp_path, api, "t-observe")
        assert platform.seen["/api/v1/register"] == 3
    assert result["ok"] is True
    assert json.loads((tmp_path / "score.json").read_text()) == result

"""A small operation, all the way round: what the platform reports is what the world's own books say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.flow.conftest import LIMIT_S, SIZE, Books, start


def test_every_check_between_both_books_holds(rehearsal: Books) -> None:
    assert [check for check in rehearsal.score["checks"] if not check["ok"]] == []
    assert rehearsal.score["ok"]


def test_the_flags_all_arrived_and_made_one_item_an_object(rehearsal: Books) -> None:
    assert rehearsal.report["flags"]["received"] >= 200
    assert 0 < rehearsal.report["items"]["unique"] < rehearsal.report["flags"]["received"]


def test_each_notice_took_effect_once_and_the_counts_agree_by_provider(rehearsal: Books) -> None:
    deliveries = rehearsal.world["deliveries"]
    assert {d["times_effective"] for d in deliveries} <= {0, 1}
    assert len({d["idempotency_key"] for d in deliveries}) == len(deliveries)
    assert Counter(d["provider"] for d in deliveries) == rehearsal.report["notices"]["by_provider"]


def test_everything_removed_in_the_report_was_removed_in_the_world(rehearsal: Books) -> None:
    removed = [o for o in rehearsal.world["objects"] if o.get("removed_by")]
    assert 0 < rehearsal.report["outcomes"]["removed"] <= len(removed)


def test_the_log_verifies_with_everything_in_it(rehearsal: Books) -> None:
    assert rehearsal.report["custody"]["verified"] is True
    assert rehearsal.report["custody"]["head"]


def test_the_line_alone_goes_round_as_well(tmp_path: Path) -> None:
    status = start(tmp_path, *SIZE, "--depth", "line").wait(LIMIT_S)
    assert status == 0, (tmp_path / "said.txt").read_text()[-3_000:]
    books = Books.read(tmp_path)
    assert books.score["ok"]
    assert books.report["outcomes"]["removed"] > 0

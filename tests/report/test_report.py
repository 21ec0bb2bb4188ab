"""Figures that add up, a band that holds the truth, and a definition for each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from cautery.core.availability import Verdict
from cautery.core.errors import NotAllowed
from cautery.custody.actions import Sealer
from cautery.directory.models import Provider
from cautery.identify.models import Capture
from cautery.intake.models import Episode, Operation
from cautery.report.build import build
from cautery.report.definitions import DEFINITIONS
from cautery.report.presence import presence
from cautery.track.models import Tracking
from cautery.watch.steps import notice_returns
from tests import factories as make

pytestmark = pytest.mark.django_db
VIDEO = "https://www.youtube.com/watch?v={:011d}"
RUN = {"wall_s": 1.0, "peak_rss_mb": 1.0, "seed": 7, "version": "0"}
OUTCOMES = ("removed", "claimed_but_up", "geo_blocked", "declined", "gone_other", "unanswered", "unknown")


def report(frame: Operation, at: float = 96) -> dict[str, Any]:
    Sealer().seal(make.hours(at))
    return build(frame, run=RUN, by=make.SYSTEM, at=make.hours(at))


def followed(frame: Operation, host: Provider, n: int, start: int = 0) -> list[int]:
    """Notices delivered at T0 and followed; their episodes."""
    episodes = make.flagged(frame, [VIDEO.format(start + i) for i in range(n)], key=f"list {start}")
    make.identified(episodes, host=host)
    make.matched(episodes, label="Specimen film")
    make.decided(frame)
    make.signed(frame)
    make.composed(host)
    make.released(frame)
    make.sent(host)
    return [episode.pk for episode in episodes]


@pytest.fixture
def frame() -> Operation:
    """Two providers and every outcome there is; one thing back again; one held; one dismissed; one refused by the signer."""
    frame, one, two = make.operation(), make.provider("youtube"), make.provider("vimeo")
    keys = followed(frame, one, 5) + followed(frame, two, 3, start=50)
    answers = ("removed", "removed", "", "declined", "", "", "removed", "")
    verdicts = (
        Verdict.REMOVED,
        Verdict.UP,
        Verdict.GEO_BLOCKED,
        Verdict.UP,
        Verdict.GONE,
        Verdict.UP,
        Verdict.LOGIN_WALL,
        Verdict.REMOVED,
    )
    by_episode = {n.episode_id: n for n in Episode.objects.get(pk=keys[0]).operation.notices.all()}
    for key, answer, verdict in zip(keys, answers, verdicts, strict=True):
        if answer:
            make.answered([by_episode[key]], answer)
        make.probed([key], verdict, at=make.hours(26))
    make.probed([keys[0]], Verdict.UP, at=make.hours(50))
    notice_returns(make.hours(50))
    rest = make.flagged(frame, [VIDEO.format(90), VIDEO.format(91), "javascript:x"], key="rest")
    make.identified(rest, host=one)
    make.matched(rest)
    make.decided(frame, outcome="dismissed", limit=1)
    make.decided(frame)
    make.signed(frame, act="refuse", reason="It is satire.")
    return frame


def test_outcomes_add_up_to_the_notices_sent_in_all_and_by_provider(frame: Operation) -> None:
    found = report(frame)
    assert sum(found["outcomes"][name] for name in OUTCOMES) == found["notices"]["sent"] == 8
    for slug, sent in found["notices"]["by_provider"].items():
        assert sum(found["outcomes"]["by_provider"][slug].values()) == sent
    for name in OUTCOMES:
        assert sum(rows[name] for rows in found["outcomes"]["by_provider"].values()) == found["outcomes"][name]
    assert {name: found["outcomes"][name] for name in OUTCOMES} == {
        "removed": 2, "claimed_but_up": 1, "geo_blocked": 1, "declined": 1, "gone_other": 1, "unanswered": 1, "unknown": 1,
    }  # fmt: skip


def test_flags_items_decisions_and_matches_add_up(frame: Operation) -> None:
    found = report(frame)
    assert (found["flags"]["received"], found["flags"]["rejected"]) == (11, 1)
    assert sum(found["flags"]["by_reason"].values()) == 1
    assert sum(found["flags"]["by_unit"].values()) == 10
    assert (
        found["items"]["unique"]
        == sum(found["items"]["by_kind"].values())
        == sum(found["items"]["by_provider"].values())
        == 10
    )
    assert (
        found["decisions"]["confirmed"],
        found["decisions"]["dismissed"],
        found["decisions"]["refused_by_signer"],
    ) == (9, 1, 1)
    assert found["matches"] == {"exact": 8, "perceptual": 0} | {
        k: v for k, v in found["matches"].items() if k not in {"exact", "perceptual"}
    }


def test_what_is_back_is_counted_once_a_reviewer_confirmed_it(frame: Operation) -> None:
    assert report(frame)["reemergence"]["returned_seen"] == 0
    back = list(Episode.objects.filter(opened_by="probe"))
    make.identified(back, host=Provider.objects.get(slug="youtube"), at=make.hours(51))
    make.matched(back, at=make.hours(51))
    make.decided(frame, at=make.hours(52))
    found = report(frame)["reemergence"]
    assert (found["returned_seen"], found["by_way"]) == (1, {"same_place": 1})
    assert found["median_detection_s"]["value"] == 24 * 3600.0


def test_the_log_is_verified_and_says_its_head(frame: Operation) -> None:
    found = report(frame)["custody"]
    assert found["verified"] is True
    assert len(found["head"]) == 64


def figures(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The place of every number, without the names below a `by_...` or a series."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from figures(value, (*path, name))
    elif isinstance(node, list):
        for value in node:
            yield from figures(value, path)
    elif isinstance(node, int | float):
        yield path


def test_every_figure_has_its_definition_and_every_definition_its_figure(frame: Operation) -> None:
    found = report(frame)
    sections = {name: value for name, value in found.items() if name not in {"definitions", "operation", "schema"}}
    undefined = set()
    for path in figures(sections):
        plain = path[: next((n for n, name in enumerate(path) if name.startswith("by_")), len(path))]
        known = any(".".join(plain[:n]) in DEFINITIONS for n in range(1, len(plain) + 1))
        of_a_part = any(name.startswith(f"{plain[0]}.") for name in DEFINITIONS) and len(plain) < len(path)
        if not known and not of_a_part and path != ("run", "seed"):
            undefined.add(".".join(path))
    assert undefined == set()
    assert set(found["definitions"]) == set(DEFINITIONS)
    for name in DEFINITIONS:
        node: Any = found
        for part in name.split("."):
            assert part in node, name
            node = node[part]


@pytest.mark.parametrize("at", [0, 10, 23.5, 24, 96])
def test_an_operation_without_anything_is_reported_without_an_error(at: float) -> None:
    found = report(make.operation(), at)
    assert (found["flags"]["received"], found["notices"]["sent"], found["presence"]["after"]["up"]) == (0, 0, 0)
    assert found["removal_time"]["median_s"]["value"] is None
    assert found["notices"]["spread_s"] is None


def test_an_operation_without_a_date_is_reported_too() -> None:
    frame = make.operation()
    Operation.objects.update(t0=None, ends_at=None)
    frame.refresh_from_db()
    assert report(frame)["operation"]["t0"] is None


def test_only_who_may_reads_a_report() -> None:
    frame = make.operation()
    with pytest.raises(NotAllowed):
        build(frame, run=RUN, by=make.actor("nobody"), at=make.START)


class TestPresence:
    """A hand-made history whose truth is known at every moment."""

    HISTORY = (
        ((22, Verdict.UP), (30, Verdict.UP), (96, Verdict.UP)),
        ((22, Verdict.UP), (26, Verdict.REMOVED), (96, Verdict.REMOVED)),
        ((22, Verdict.UP), (26, Verdict.GONE), (50, Verdict.UP)),
        ((22, Verdict.UP), (28, Verdict.LOGIN_WALL), (40, Verdict.LOGIN_WALL)),
        ((22, Verdict.LOGIN_WALL),),
    )
    TRUTH = ((0, 96), (0, 25), (0, 25, 48, 96), (0, 35), (0, 27))
    """From when to when each was up, in hours."""

    @pytest.fixture
    def frame(self) -> Operation:
        frame = make.operation()
        keys = followed(frame, make.provider(), len(self.HISTORY))
        Capture.objects.update(verdict=Verdict.UNKNOWN)
        Tracking.objects.update(last_up_at=None)
        for key, looks in zip(keys, self.HISTORY, strict=True):
            for at, verdict in looks:
                make.probed([key], verdict, at=make.hours(at))
        return frame

    def up_at(self, moment: datetime) -> int:
        at = (moment - make.START) / timedelta(hours=1)
        return sum(any(a <= at < b or b == at == 96 for a, b in zip(t[::2], t[1::2], strict=True)) for t in self.TRUTH)

    def test_the_truth_lies_in_the_band_at_every_hour(self, frame: Operation) -> None:
        found = presence(frame, make.hours(96))
        for point in [found["before"], *found["series"], found["after"]]:
            truth = self.up_at(datetime.fromisoformat(point["at"]))
            assert point["up"] <= truth <= point["up"] + point["unknown"], point

    def test_what_no_two_looks_enclose_is_unknown(self, frame: Operation) -> None:
        found = presence(frame, make.hours(96))
        assert (found["before"]["up"], found["before"]["unknown"]) == (1, 4)
        assert (found["after"]["up"], found["after"]["unknown"]) == (1, 3)
        assert found["series"][0]["at"] == make.hours(23).isoformat()
        at_28 = next(point for point in found["series"] if point["at"] == make.hours(28).isoformat())
        assert (at_28["up"], at_28["unknown"]) == (1, 3)

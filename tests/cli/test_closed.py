"""What is closed to view is named by no command and no report: each that reads the register is walked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cautery.cli.watch import app as watch_app
from cautery.core.availability import Verdict
from cautery.intake.models import Item, Operation
from cautery.intake.rules import object_of
from cautery.report.dossier.item import _lineage
from cautery.report.kinds.making import Kind
from cautery.review.care.actions import quarantine
from cautery.watch.actions import Candidate, sight
from cautery.watch.memory import Memory
from cautery.watch.models import Sighting, Watch, Way
from cautery.watch.searching import ACTOR, plan_searches
from tests import factories as make
from tests.cli.conftest import Run
from tests.watch.test_watch import referred

CLOSED, OPEN = "https://t.me/specimenhouse", "https://t.me/specimenhouse2"
NAMED = re.compile(r"specimenhouse(?![\w.])")
WRITES = {"add", "end", "observe", "feed"}
"""Commands of `watch` that write; they answer about what they were given."""


@pytest.fixture
def frame(db: None) -> Operation:
    """A channel that was removed and came back under another name, and is then closed to view."""
    host = make.provider("telegram", hosts=["search.test"])
    frame = referred(host, CLOSED, f"{CLOSED}/5")
    item = Item.objects.get(url=CLOSED)
    make.probed(list(frame.episodes.values_list("pk", flat=True)), Verdict.REMOVED, at=make.hours(26))
    plan_searches(Memory(), make.hours(26))
    reason = "the handle specimenhouse2 is like specimenhouse: another number; linked from https://t.me/specimenhouse"
    sight(
        frame,
        [Candidate(OPEN, object_of(OPEN).identity, Way.SEARCH, 0.8, reason, item)],
        by=ACTOR,
        at=make.hours(30),
    )
    quarantine(item.pk, by=make.actor("leader", "lead"), at=make.hours(31))
    return frame


def commands(frame: Operation) -> Iterator[tuple[str, ...]]:
    """All that read the register and print of it."""
    for watch in Watch.objects.order_by("pk"):
        yield "watch", "explain", str(watch.pk)
        yield "watch", "explain", str(watch.pk), "specimen_house3"
    yield "watch", "list"
    yield "watch", "list", "--ended"
    yield "watch", "calendar", "--within", "9999"
    yield "watch", "lineage", frame.slug
    yield "plan", "--operation", frame.slug


def test_no_command_names_what_is_closed_to_view(run: Run, frame: Operation, tmp_path: Path) -> None:
    walked = set()
    for command in commands(frame):
        for form in ((), ("--json",)):
            got = run(*command, *form)
            assert not NAMED.search(re.sub(r"specimenhouse/5\b", "", got.said)), (command, got.said)
            walked.add(command[1])
    assert {
        one.name or one.callback.__name__ for one in watch_app.registered_commands if one.callback
    } - walked == WRITES


@pytest.mark.parametrize("kind", list(Kind))
def test_no_report_names_what_is_closed_to_view(run: Run, frame: Operation, tmp_path: Path, kind: Kind) -> None:
    asked = ["--provider", "telegram"] if kind is Kind.PROVIDER else []
    asked += ["--outlet", "Specimen House", "--brand", "specimenhous"] if kind is Kind.OUTLET else []
    got = run("report", frame.slug, "--kind", kind, "--year", 2026, "--out", tmp_path, "--at", "2026-06-19", *asked)
    assert got.code == 0, got.complaints
    for file in (*tmp_path.glob("*.json"), *tmp_path.glob("*.html")):
        assert not NAMED.search(file.read_text()), (file.name, NAMED.search(file.read_text()))


def test_the_open_ones_stay_readable_and_reasons_say_that_something_is_closed(run: Run, frame: Operation) -> None:
    said = run("watch", "lineage", frame.slug).said
    assert "(closed to view) -> https://t.me/specimenhouse2 (search, 0.80): (closed to view)" in said
    new = Sighting.objects.get()
    assert [one.reason for one in _lineage([new.item], frozenset())[0]] == ["(closed to view)"]

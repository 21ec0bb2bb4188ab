"""Captures in the register: asked for when a person confirmed, kept write-once, never half."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from cautery.core.evidence.verification import verify_package
from cautery.core.lifecycle import EpisodeState
from cautery.custody.models import BatchRows, Entry
from cautery.intake.capturing.actions import AGAIN, TRIES, record_kept
from cautery.intake.capturing.queries import not_captured
from cautery.intake.capturing.steps import next_capture
from cautery.intake.capturing.store import EvidenceStore, key_of
from cautery.intake.models import Capture, Episode, Package
from tests import factories as make
from tests.intake.capturing.conftest import Site, Starting

pytestmark = pytest.mark.django_db
Confirmed = Callable[[int], list[Episode]]


def package_of(store: EvidenceStore, package: Package) -> Path:
    return Path(store.place) / key_of(package.sha256)


def test_what_a_person_confirmed_is_captured_once_and_kept(
    starting: Starting, confirmed: Confirmed, store: EvidenceStore, tmp_path: Path
) -> None:
    confirmed(5)
    step = starting()
    assert step.ready(make.hours(3)) > 0
    assert step.ready(make.hours(3)) == 0
    captures = list(Capture.objects.order_by("pk"))
    assert [(c.state, c.reason, len(c.media)) for c in captures] == [("complete", "", 1)] * 5
    package = Package.objects.get()
    found = verify_package(package_of(store, package))
    assert (found.ok, len(found.captures)) == (True, 5)
    assert [c["sha256"] for c in found.captures] == [c.digest for c in captures]
    assert list((tmp_path / "outbox").iterdir()) == []


def test_what_nobody_confirmed_is_not_captured(starting: Starting, site: Site) -> None:
    make.identified(make.flagged(make.operation(), ["https://www.youtube.com/watch?v=00000000001"]))
    assert starting().ready(make.hours(3)) == 0
    assert site.seen == []


def test_the_log_commits_to_every_capture_without_an_address(starting: Starting, confirmed: Confirmed) -> None:
    confirmed(3)
    starting().ready(make.hours(3))
    for capture in Capture.objects.all():
        assert capture.entry is not None
        lines = zlib.decompress(bytes(BatchRows.objects.get(entry=capture.entry).lines)).split(b"\n")
        row = json.loads(lines[capture.row])
        assert (row["capture"], row["records"]) == (str(capture.name), capture.digest)
        assert b"youtube" not in lines[capture.row]


def test_what_cannot_be_reached_is_tried_again_and_then_failed_with_its_reason(
    starting: Starting, confirmed: Confirmed, hosts: object, tmp_path: Path
) -> None:
    confirmed(1)
    (tmp_path / "hosts.json").write_text('{"www.youtube.com": "127.0.0.1:1"}')
    step, now = starting(), make.hours(3)
    for tries in range(1, TRIES + 1):
        assert step.ready(now) > 0
        capture = Capture.objects.get()
        assert (capture.state == "failed") == (tries == TRIES)
        if tries < TRIES:
            assert next_capture() == now + AGAIN
        now += AGAIN
    assert (capture.state, capture.reason) == ("failed", "no_connection")
    assert Package.objects.count() == 1, "the failed attempt is on the record too"


def test_a_page_that_is_an_error_is_captured_as_what_it_is(
    starting: Starting, confirmed: Confirmed, site: Site
) -> None:
    site.status = 410
    confirmed(1)
    starting().ready(make.hours(3))
    assert Capture.objects.get().state == "complete"


def test_a_store_that_is_gone_holds_up_nothing_and_loses_nothing(
    starting: Starting, confirmed: Confirmed, store: EvidenceStore
) -> None:
    place = Path(store.place)
    place.write_text("a file where the folder was")
    confirmed(2)
    step = starting()
    assert step.ready(make.hours(3)) == 2
    assert set(Capture.objects.values_list("state", "outcome")) == {("taken", "complete")}
    assert Package.objects.get().problem
    place.unlink()
    starting().ready(make.hours(4))
    assert set(Capture.objects.values_list("state", flat=True)) == {"complete"}
    assert verify_package(package_of(store, Package.objects.get())).ok


def test_a_worker_that_died_before_the_store_had_it_is_finished_by_the_next(
    starting: Starting, confirmed: Confirmed, store: EvidenceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed(2)
    step = starting()
    monkeypatch.setattr(type(step), "keep_waiting", lambda *_: 0)
    step.ready(make.hours(3))
    assert not Path(store.place).exists()
    monkeypatch.undo()
    starting("worker:2").ready(make.hours(4))
    assert set(Capture.objects.values_list("state", flat=True)) == {"complete"}


def test_a_worker_that_died_after_the_store_had_it_leaves_one_package(
    starting: Starting, confirmed: Confirmed, store: EvidenceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed(2)
    step = starting()

    def die(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("cautery.intake.capturing.steps.record_kept", die)
    with pytest.raises(KeyboardInterrupt):
        step.ready(make.hours(3))
    assert len(list(Path(store.place).rglob("*.wacz"))) == 1
    monkeypatch.setattr("cautery.intake.capturing.steps.record_kept", record_kept)
    starting("worker:2").ready(make.hours(4))
    assert len(list(Path(store.place).rglob("*.wacz"))) == 1
    assert Entry.objects.filter(event="intake:captures:kept").count() == 1


def test_a_full_disk_is_a_reason_and_leaves_no_package(
    starting: Starting, confirmed: Confirmed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed(1)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cautery.core.evidence.wacz.os.fsync", full)
    step, now = starting(), make.hours(3)
    for _ in range(TRIES):
        step.ready(now)
        now += AGAIN
    assert Capture.objects.values_list("state", "reason").get() == ("failed", "disk_full")
    assert (Package.objects.count(), list((tmp_path / "outbox").iterdir())) == (0, [])


def test_a_package_in_the_store_cannot_be_written_over(
    starting: Starting, confirmed: Confirmed, store: EvidenceStore
) -> None:
    confirmed(1)
    starting().ready(make.hours(3))
    file = package_of(store, Package.objects.get())
    assert file.stat().st_mode & 0o222 == 0


def test_an_episode_of_every_later_state_is_captured_too(starting: Starting, confirmed: Confirmed) -> None:
    episodes = confirmed(1)
    make.signed(episodes[0].operation)
    assert Episode.objects.get().state == EpisodeState.SIGNED
    starting().ready(make.hours(4))
    assert Capture.objects.get().state == "complete"


def test_what_was_referred_without_evidence_is_counted(starting: Starting, confirmed: Confirmed) -> None:
    episodes = confirmed(1)
    make.signed(episodes[0].operation)
    host = make.provider()
    make.composed(host)
    make.released(episodes[0].operation)
    make.sent(host)
    assert not_captured() == 1
    starting().ready(make.hours(25))
    assert not_captured() == 0

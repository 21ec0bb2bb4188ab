"""What was kept is worked on in copies, and every look, copy and handing over is in the log."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cautery.core.actors import Actor
from cautery.core.errors import NotAllowed, NotFound, TamperFound, Unreachable
from cautery.core.evidence.excerpt import parts
from cautery.core.evidence.verification import verify_package
from cautery.core.evidence.wacz import ARCHIVE_PATH
from cautery.custody.models import BatchRows, Consultation
from cautery.intake.capturing import copies, uploads
from cautery.intake.capturing.queries import captures_of, counts, get_capture
from cautery.intake.capturing.store import EvidenceStore, key_of
from cautery.intake.models import Capture, Episode
from tests import factories as make
from tests.intake.capturing.conftest import Starting
from tests.shared import ROOT

pytestmark = pytest.mark.django_db
Confirmed = Callable[[int], list[Episode]]
WHY = {"why": "Order 2026/114"}


@pytest.fixture
def kept(
    starting: Starting, confirmed: Confirmed, store: EvidenceStore, monkeypatch: pytest.MonkeyPatch
) -> list[Capture]:
    """Three captures in the store that the settings name."""
    monkeypatch.setattr(copies, "evidence_store", lambda: store)
    confirmed(3)
    starting().ready(make.hours(3))
    return list(Capture.objects.select_related("package").order_by("pk"))


@pytest.fixture
def leader() -> Actor:
    return make.actor("leader", "lead")


def log() -> list[dict[str, Any]]:
    """What was noted of looks and copies, gathered or not."""
    rows = [json.loads(one.line) for one in Consultation.objects.order_by("pk")]
    for batch in BatchRows.objects.filter(entry__event="custody:consultations:recorded"):
        rows += [json.loads(line) for line in zlib.decompress(bytes(batch.lines)).split(b"\n")]
    return rows


def test_a_look_is_logged_with_who_and_why(kept: list[Capture], leader: Actor) -> None:
    text = copies.view(kept[1], "text", **WHY, by=leader, at=make.hours(4))
    assert text.startswith(b"Words /watch")
    row = log()[0]
    assert (row["kind"], row["actor"], row["subjects"], row["why"]) == (
        "view", leader.name, [f"capture:{kept[1].name}"], WHY["why"],
    )  # fmt: skip


def test_who_may_not_read_evidence_sees_nothing(kept: list[Capture]) -> None:
    observer = make.actor("observer", "observe")
    with pytest.raises(NotAllowed):
        copies.view(kept[0], "text", **WHY, by=observer, at=make.hours(4))
    with pytest.raises(NotAllowed):
        get_capture(str(kept[0].name), by=observer)


def test_a_working_copy_holds_this_capture_alone(kept: list[Capture], leader: Actor, tmp_path: Path) -> None:
    made = copies.copy_out(kept[2], tmp_path / "copy.wacz", **WHY, by=leader, at=make.hours(4))
    found = verify_package(made.path)
    assert (found.ok, [c["sha256"] for c in found.captures]) == (True, [kept[2].digest])
    assert log()[0]["kind"] == "copy"


def test_a_store_that_was_tampered_with_is_noticed(kept: list[Capture], leader: Actor, store: EvidenceStore) -> None:
    assert kept[0].package is not None
    file = Path(store.place) / key_of(kept[0].package.sha256)
    file.chmod(0o644)
    content = bytearray(file.read_bytes())
    content[500] ^= 1
    file.write_bytes(content)
    with pytest.raises(TamperFound):
        copies.view(kept[0], "text", **WHY, by=leader, at=make.hours(4))


def test_a_package_that_is_gone_from_the_store_is_no_store_that_is_away(
    kept: list[Capture], leader: Actor, store: EvidenceStore
) -> None:
    assert kept[0].package is not None
    (Path(store.place) / key_of(kept[0].package.sha256)).unlink()
    with pytest.raises(TamperFound):
        copies.view(kept[0], "text", **WHY, by=leader, at=make.hours(4))
    Path(store.place).rename(f"{store.place}.away")
    with pytest.raises(Unreachable):
        copies.view(kept[0], "text", **WHY, by=leader, at=make.hours(4))


def test_what_is_handed_over_can_be_checked_without_us(kept: list[Capture], leader: Actor, tmp_path: Path) -> None:
    item = kept[0].episode.item_id if kept[0].episode else 0
    found = captures_of(item, by=leader)
    made = copies.hand_over(found, tmp_path / "out", to="A court", **WHY, by=leader, at=make.hours(5))
    name = str(kept[0].name)
    assert sorted(p.name for p in made.folder.iterdir()) == sorted([f"{name}.wacz", f"{name}.proof.json", "README.txt"])
    package = verify_package(made.folder / f"{name}.wacz")
    proof = json.loads((made.folder / f"{name}.proof.json").read_text())
    row = json.loads(proof["row"]["line"])
    assert (row["capture"], row["records"]) == (name, package.captures[0]["sha256"])
    checked = subprocess.run(
        [sys.executable, ROOT / "docs" / "verify.py", made.folder / f"{name}.proof.json"],
        capture_output=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    assert [(r["kind"], r["to"]) for r in log()] == [("send", "A court")]
    assert WHY["why"] in (made.folder / "README.txt").read_text()


def test_an_upload_is_kept_with_its_statement(tmp_path: Path, leader: Actor) -> None:
    file = tmp_path / "story.mp4"
    file.write_bytes(b"specimen")
    by = make.actor("flagger", "flag")
    row = uploads.keep_upload(file, "Seen in a group I am in, 15 June.", item=None, by=by, at=make.hours(3))
    assert (row["state"], row["upload"]) == ("complete", True)
    capture = get_capture(row["id"], by=leader)
    made = copies.copy_out(capture, tmp_path / "copy.wacz", **WHY, by=leader, at=make.hours(4))
    assert verify_package(made.path).ok
    assert b"specimen" in [content for _, _, content in contents(made.path)]


def contents(file: Path) -> list[tuple[str, str, bytes]]:
    with zipfile.ZipFile(file) as package:
        return list(parts(io.BytesIO(package.read(ARCHIVE_PATH))))


def test_captures_are_counted_and_a_wrong_name_is_told(kept: list[Capture], leader: Actor) -> None:
    assert (counts()["complete"], counts()["missing"]) == (3, 0)
    for name in ("nonsense", "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(NotFound):
            get_capture(name, by=leader)

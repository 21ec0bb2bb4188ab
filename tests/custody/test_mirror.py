"""The mirror outside the register: a tail cut off with its checkpoints, an old copy, a log that was made anew."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from cautery.core.errors import Refused, TamperFound
from cautery.core.notes import head_of
from cautery.custody import mirror as mirror_file
from cautery.custody.actions import Sealer
from cautery.custody.keys import public_file, signer, verifier_keys
from cautery.custody.models import BatchRows, Checkpoint, Entry, Leaf
from cautery.custody.proofs import read_checkpoints
from cautery.custody.queries import head, verify
from tests.custody.conftest import drop_guards, say
from tests.factories import START

pytestmark = pytest.mark.django_db


def cut_the_tail(log: list[Entry]) -> None:
    """Everything after the first checkpoint goes, without a trace in the register."""
    drop_guards()
    Checkpoint.objects.filter(size__gt=4).delete()
    Leaf.objects.filter(position__gte=4).delete()
    BatchRows.objects.filter(entry__in=log[4:]).delete()
    Entry.objects.filter(pk__in=[entry.pk for entry in log[4:]]).delete()


@pytest.fixture
def cut(mirror: Path, log: list[Entry]) -> Path:
    cut_the_tail(log)
    return mirror


def test_every_checkpoint_is_signed_and_mirrored(mirror: Path, log: list[Entry]) -> None:
    notes = mirror_file.read(mirror)
    assert [head_of(note).size for note in notes] == [4, 7]
    assert head_of(notes[-1]).root.hex() == head()
    assert list(Checkpoint.objects.order_by("size").values_list("note", flat=True)) == notes
    assert verify().mirrored == 2


def test_a_tail_cut_off_with_its_checkpoints_is_found_by_the_mirror(cut: Path) -> None:
    with pytest.raises(TamperFound) as found:
        verify()
    assert (found.value.fields["reason"], found.value.fields["position"]) == ("cut", 4)


def test_without_a_mirror_verify_says_so_and_a_kept_checkpoint_finds_it(cut: Path, tmp_path: Path) -> None:
    kept = cut.rename(tmp_path / "kept-elsewhere")
    assert any("No mirror" in warning for warning in verify().warnings)
    with pytest.raises(TamperFound) as found:
        verify(read_checkpoints(str(kept)))
    assert found.value.fields["reason"] == "cut"
    with pytest.raises(TamperFound):
        verify(read_checkpoints(head_of(mirror_file.read(kept)[-1]).root.hex()))
    assert verify(read_checkpoints(head())).sealed == 4


def test_a_log_that_was_cut_is_not_signed_any_further(cut: Path, caplog: pytest.LogCaptureFixture) -> None:
    before = cut.read_text()
    say(20)
    sealer = Sealer()
    with caplog.at_level(logging.ERROR):
        assert sealer.seal(START) == sealer.seal(START) == 0
    assert caplog.text.count("not sealed any further") == 1
    assert cut.read_text() == before
    cut.rename(cut.with_name("put-aside"))
    assert sealer.seal(START) == 1


def test_a_log_written_anew_over_the_same_length_is_found(mirror: Path, log: list[Entry]) -> None:
    cut_the_tail(log)
    kept = mirror.read_text()
    mirror.unlink()
    for n in range(24, 27):
        say(n)
    Sealer().seal(START)
    mirror.write_text(kept)
    with pytest.raises(TamperFound) as found:
        verify()
    assert found.value.fields["reason"] == "other_root"
    assert found.value.fields["position"] == 4


def test_a_mirror_somebody_wrote_into_is_told(mirror: Path, log: list[Entry]) -> None:
    mirror.write_text(mirror.read_text().replace("\n7\n", "\n8\n"))
    with pytest.raises(TamperFound) as found:
        verify()
    assert found.value.fields["reason"] == "mirror"


def test_a_checkpoint_broken_off_by_a_full_disk_is_cut_away_before_the_next(mirror: Path, log: list[Entry]) -> None:
    with mirror.open("a") as file:
        file.write(signer().note(9, bytes(32))[:60])
    assert verify().mirrored == 2
    say(9)
    Sealer().seal(START)
    assert [head_of(note).size for note in mirror_file.read(mirror)] == [4, 7, 8]


def test_a_mirror_that_is_away_holds_nothing_up_and_gets_the_newest_when_it_is_back(
    mirror: Path, log: list[Entry], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(_note: str) -> None:
        raise OSError("the share is away")

    sealer = Sealer()
    say(9)
    with monkeypatch.context() as broken, caplog.at_level(logging.ERROR):
        broken.setattr(mirror_file, "append", away)
        assert sealer.seal(START) == 1
    assert "the share is away" in caplog.text
    assert head_of(mirror_file.last()).size == 7
    assert sealer.seal(START) == 0
    assert head_of(mirror_file.last()).size == 8


def test_a_file_that_is_no_mirror_is_not_touched(mirror: Path) -> None:
    mirror.parent.mkdir()
    mirror.write_text("somebody's letter")
    say(1)
    Sealer().seal(START)
    assert mirror.read_text().startswith("somebody's letter")


def test_the_last_checkpoint_of_a_long_mirror_is_found_from_its_end(mirror: Path) -> None:
    mirror.parent.mkdir()
    mirror.write_text("".join(signer().note(n, bytes(32)) for n in range(1, 200)))
    assert head_of(mirror_file.last()).size == 199
    assert len(mirror_file.read(mirror)) == 199


def test_the_key_is_nobody_else_s_to_read_and_the_public_one_lies_beside(log: list[Entry], settings: object) -> None:
    assert settings.CUSTODY_KEY.stat().st_mode & 0o777 == 0o600  # type: ignore[attr-defined]
    assert str(verifier_keys()[-1]) in public_file().read_text()
    assert verifier_keys()[-1].name == head_of(Checkpoint.objects.latest("pk").note).origin


def test_a_signature_of_another_key_is_found(log: list[Entry]) -> None:
    drop_guards()
    note = Checkpoint.objects.get(size=7).note
    Checkpoint.objects.filter(size=7).update(note=note.replace("— ", "— another."))
    with pytest.raises(TamperFound) as found:
        verify()
    assert found.value.fields["reason"] == "signature"


def test_what_is_no_checkpoint_is_refused_with_what_can_be_given(tmp_path: Path) -> None:
    for told in ("x", str(tmp_path / "none"), "a" * 63):
        with pytest.raises(Refused):
            read_checkpoints(told)

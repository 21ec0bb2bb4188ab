"""The index in a folder: readers beside the writer, and what a crash or a bad disk leaves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cautery.core.compare import HammingIndex
from cautery.core.compare import state as states
from cautery.core.errors import FileRefused, NotFound, Refused

Hashes = NDArray[np.uint8]


def hashes(count: int, seed: int = 1) -> Hashes:
    return np.random.default_rng(seed).integers(0, 256, (count, 32), dtype=np.uint8)


def found(index: HammingIndex, row: Hashes) -> list[int]:
    return index.search(row[None, :]).ids.tolist()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An index of 2,000 hashes."""
    HammingIndex.build(hashes(2_000), tmp_path / "index").close()
    return tmp_path / "index"


def one(path: Path, pattern: str) -> Path:
    (file,) = path.glob(pattern)
    return file


def test_it_is_opened_as_it_was_closed(path: Path) -> None:
    with HammingIndex.open(path) as index:
        assert index.add_many(hashes(3, 2)).tolist() == [2_000, 2_001, 2_002]
        index.remove(5)
    again = HammingIndex.open(path)
    assert len(again) == 2_002
    assert found(again, hashes(2_000)[5]) == []
    assert found(again, hashes(3, 2)[1]) == [2_001]


def test_a_reader_sees_what_the_writer_does_without_being_told(path: Path) -> None:
    reader, new = HammingIndex.open(path), hashes(3, 2)
    with HammingIndex.open(path) as writer:
        id_ = writer.add(new[0])
        assert found(reader, new[0]) == [id_]
        writer.tidy()
        assert found(reader, new[0]) == [id_]
        writer.remove(id_)
        assert found(reader, new[0]) == []
        assert writer.add(new[1]) == id_ + 1
        assert found(reader, new[1]) == [id_ + 1]


def test_another_process_reads_beside_the_writer_and_may_not_write(path: Path) -> None:
    look = (
        "import sys, numpy as np\n"
        "from cautery.core.compare import HammingIndex\n"
        "index = HammingIndex.open(sys.argv[1])\n"
        "print(index.search(np.full((1, 32), 7, np.uint8)).ids.tolist())\n"
        "index.add(bytes(32))"
    )
    with HammingIndex.open(path) as writer:
        writer.add(bytes([7] * 32))
        said = subprocess.run([sys.executable, "-c", look, path], capture_output=True, text=True, check=False)
    assert said.stdout == "[2000]\n"
    assert "Something else is writing the index" in said.stderr


def test_the_second_writer_waits_for_the_first_to_close(path: Path) -> None:
    second = HammingIndex.open(path)
    with HammingIndex.open(path) as first:
        first.add(bytes(32))
        with pytest.raises(Refused) as told:
            second.add(bytes(32))
        assert told.value.reason == "in_use"
    assert second.add(bytes(32)) == 2_001
    second.close()


@pytest.mark.parametrize("lost", [1, 20, 40, 55])
def test_a_torn_end_of_the_log_costs_only_what_was_torn(path: Path, lost: int) -> None:
    with HammingIndex.open(path) as index:
        index.add_many(hashes(2, 2))
        index.add(hashes(1, 3)[0])
    log = one(path, "*.log")
    log.write_bytes(log.read_bytes()[:-lost])
    assert len(HammingIndex.open(path)) == 2_002
    with HammingIndex.open(path) as again:
        assert again.add(hashes(1, 4)[0]) == 2_002
        assert one(path, "*.torn").stat().st_size == 56 - lost
    assert found(HammingIndex.open(path), hashes(1, 4)[0]) == [2_002]


def test_a_log_whose_checksum_does_not_hold_ends_there(path: Path) -> None:
    with HammingIndex.open(path) as index:
        index.add(hashes(1, 2)[0])
    log = one(path, "*.log")
    data = bytearray(log.read_bytes())
    data[-1] ^= 1
    log.write_bytes(data)
    assert len(HammingIndex.open(path)) == 2_000


def test_files_a_dead_writer_left_are_swept_and_change_nothing(path: Path) -> None:
    (path / "000099.segment").write_bytes(b"half")
    (path / "000100.new").write_bytes(b"")
    with HammingIndex.open(path) as index:
        index.add(bytes(32))
        assert not (path / "000099.segment").exists()
        assert len(index) == 2_001


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda file: file.write_bytes(file.read_bytes()[:-1]), "truncated"),
        (lambda file: file.write_bytes(b"x" + file.read_bytes()[1:]), "format"),
        (lambda file: file.write_bytes(file.read_bytes().replace(b'"base"', b'"bise"', 1)), "checksum"),
        (lambda file: file.unlink(), "missing"),
    ],
)
def test_a_segment_that_does_not_hold_is_refused(path: Path, spoil: object, reason: str) -> None:
    spoil(one(path, "*.segment"))  # type: ignore[operator]
    with pytest.raises(FileRefused) as told:
        HammingIndex.open(path)
    assert told.value.reason == reason


def test_a_changed_bit_is_found_by_the_check(path: Path) -> None:
    file = one(path, "*.segment")
    data = bytearray(file.read_bytes())
    data[5_000] ^= 1
    file.write_bytes(data)
    with pytest.raises(FileRefused, match="codes is not what was written"):
        HammingIndex.open(path).check()


def test_a_manifest_that_does_not_hold_is_refused(path: Path) -> None:
    manifest = path / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"next_id": 2000', '"next_id": 2'))
    with pytest.raises(FileRefused) as told:
        HammingIndex.open(path)
    assert told.value.reason == "checksum"


def test_there_must_be_an_index_to_open_and_none_to_build(path: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        HammingIndex.open(tmp_path / "elsewhere")
    with pytest.raises(Refused):
        HammingIndex.build(hashes(1), path)


def test_a_saved_index_has_the_same_ids(path: Path, tmp_path: Path) -> None:
    index = HammingIndex.build(hashes(1_500))
    index.remove(3)
    index.add(hashes(1, 2)[0])
    index.save(tmp_path / "saved")
    saved = HammingIndex.open(tmp_path / "saved")
    assert len(saved) == 1_500
    assert found(saved, hashes(1_500)[3]) == []
    assert found(saved, hashes(1, 2)[0]) == [1_500]
    saved.check()


def test_tidying_keeps_every_hash_and_forgets_the_removed(tmp_path: Path) -> None:
    with HammingIndex.build(hashes(0), tmp_path / "index") as index:
        for seed in range(5):
            index.add_many(hashes(1_000, seed))
            index.tidy()
        for id_ in range(0, 5_000, 3):
            index.remove(id_)
        index.tidy()
        assert len(index) == 5_000 - 1_667
    again = HammingIndex.open(tmp_path / "index")
    kept = [found(again, row) for row in hashes(1_000, 4)]
    assert kept == [[] if id_ % 3 == 0 else [id_] for id_ in range(4_000, 5_000)]
    assert sum(map(len, again._state.segments)) == len(again)


def test_each_hash_is_laid_out_again_only_a_few_times() -> None:
    state = states.empty()
    for _ in range(64):
        state.tail.append(np.zeros((10, 4), np.uint64), np.arange(10))
        state = states.published(state, states.tidied(state, lambda: None))
    assert [len(segment) for segment in state.segments] == [640]
    state.tail.append(np.zeros((10, 4), np.uint64), np.arange(10))
    assert states.to_join(state) == ()

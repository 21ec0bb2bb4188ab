"""The child processes: limits, crashes, hostile files; always a named error, and the next file is read as if nothing happened."""

from __future__ import annotations

import io
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from cautery.core.errors import FileRefused
from cautery.core.fingerprints import Decoders, Limits, describe
from cautery.core.fingerprints import decoders as decoders_module
from cautery.core.fingerprints.decoders import Child

from .hostile import HOSTILE, png_claiming
from .pictures import encoded, picture

GOOD = encoded(picture(1), "JPEG")


@pytest.fixture(scope="module")
def pool() -> Iterator[Decoders]:
    with Decoders(1) as made:
        yield made


def refusal(pool: Decoders, source: bytes | Path) -> str:
    with pytest.raises(FileRefused) as caught:
        pool.read(source)
    return caught.value.reason


def test_it_gives_what_reading_in_this_process_gives(pool: Decoders) -> None:
    reading = pool.read(GOOD)
    assert reading.type.mime == "image/jpeg"
    assert [one.form for one in reading.found.prints][:2] == ["original", "transposed"]


def test_one_child_reads_many_files(pool: Decoders) -> None:
    pool.read(GOOD)
    child = pool._idle.queue[-1]
    for _ in range(5):
        pool.read(GOOD)
    assert pool._idle.queue[-1] is child


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_by_name_and_the_next_is_read(pool: Decoders, name: str, tmp_path: Path) -> None:
    data, reasons = HOSTILE[name]
    file = tmp_path / "hostile"
    file.write_bytes(data)
    assert refusal(pool, file) in reasons
    assert pool.read(GOOD).found.prints


def test_the_type_is_that_of_the_bytes_not_of_the_name(pool: Decoders, tmp_path: Path) -> None:
    file = tmp_path / "magazine.pdf"
    file.write_bytes(GOOD)
    assert pool.read(file).type.mime == "image/jpeg"


def test_a_picture_that_is_an_archive_too_says_so(pool: Decoders, tmp_path: Path) -> None:
    hidden, _ = HOSTILE["an archive of one hostile member"]
    assert pool.read(GOOD + hidden).found.facts["also"] == ["application/zip"]


def test_memory_is_limited_by_the_kernel() -> None:
    large = png_claiming(7_000, 7_000, rows=7_000)
    with Decoders(1, Limits(memory_bytes=48 << 20)) as small:
        assert refusal(small, large) in {"memory", "too_large", "damaged", "crashed"}
        assert small.read(GOOD).found.prints


def test_cpu_time_is_limited_by_the_kernel() -> None:
    child = Child(Limits(cpu_seconds=0, text_chars=80_000_000))
    slow = [f"p{page}" for page in range(3000)]
    words = " ".join(f"{word} {place}" for place, word in enumerate(slow * 1000))
    try:
        with pytest.raises(FileRefused) as caught:
            child.read(words.encode())
    finally:
        child.close()
    assert caught.value.reason == "too_slow"


def test_a_child_that_does_not_answer_is_killed() -> None:
    with Decoders(1, Limits(wall_seconds=0.3)) as pool:
        child = Child(pool.limits)
        os.kill(child._process.pid, signal.SIGSTOP)
        with pytest.raises(FileRefused) as caught:
            child.read(GOOD)
        assert caught.value.reason == "too_slow"
        assert not child.usable


def test_a_child_that_dies_is_replaced() -> None:
    with Decoders(1) as pool:
        pool.read(GOOD)
        first = pool._idle.queue[-1]
        assert first is not None
        os.kill(first._process.pid, signal.SIGKILL)
        first._process.wait()
        assert refusal(pool, GOOD) == "crashed"
        assert pool.read(GOOD).found.prints


def test_a_child_is_renewed_after_many_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoders_module, "RENEWED_AFTER", 2)
    with Decoders(1) as pool:
        pool.read(GOOD)
        first = pool._idle.queue[-1]
        pool.read(GOOD)
        assert pool._idle.queue[-1] is None
        assert first is not None
        assert not first.usable


def test_many_threads_share_a_few_children() -> None:
    before = threading.active_count()
    with Decoders(2) as pool:
        rows = list(pool.each(lambda seed: pool.read(encoded(picture(seed))).found.prints[0].value, range(12)))
        assert rows == [pool.read(encoded(picture(seed))).found.prints[0].value for seed in range(12)]
        assert threading.active_count() < before + 20


def test_files_it_never_hands_on(pool: Decoders, tmp_path: Path) -> None:
    assert refusal(pool, b"") == "empty"
    assert refusal(pool, tmp_path) == "unreadable"
    assert refusal(pool, tmp_path / "not there") == "unreadable"
    assert refusal(Decoders(1, Limits(file_bytes=10)), GOOD) == "too_large"


def test_a_refused_file_keeps_its_digests(pool: Decoders, tmp_path: Path) -> None:
    file = tmp_path / "half.jpg"
    file.write_bytes(GOOD[:2000])
    row = describe(file, pool)
    assert row["error"]["reason"] == "truncated"
    assert [one["kind"] for one in row["fingerprints"]] == ["md5", "sha1", "sha256"]


def test_the_child_has_neither_the_environment_nor_a_file_to_write(pool: Decoders) -> None:
    pool.read(GOOD)
    child = pool._idle.queue[-1]
    assert child is not None
    proc = Path(f"/proc/{child._process.pid}")
    assert b"CAUTERY_DATA" not in (proc / "environ").read_bytes()
    limits = {line[:25].strip(): line[26:46].strip() for line in (proc / "limits").read_text().splitlines()}
    assert limits["Max file size"] == "0"
    assert limits["Max address space"] != "unlimited"


def drawn(data: bytes, pixels: int = 4_000_000) -> Image.Image:
    with Decoders(1) as pool:
        made = Image.open(io.BytesIO(pool.redraw(data, pixels)))
    assert (made.format, made.mode, made.info) == ("PNG", "L", {})
    return made


def test_a_picture_is_drawn_anew_grey_bare_and_no_larger_than_asked() -> None:
    commented = encoded(picture(1, (800, 600)), "JPEG", comment=b"by whoever", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0")
    assert drawn(commented, 120_000).size == (400, 300)


def test_a_picture_is_drawn_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert drawn(encoded(picture(1, (320, 240)), "JPEG", exif=exif.tobytes())).size == (240, 320)


@pytest.mark.parametrize(("ink", "ground"), [(255, 0), (0, 255)])
def test_what_is_transparent_is_drawn_on_the_ground_it_can_be_seen_on(ink: int, ground: int) -> None:
    see_through = Image.new("RGBA", (40, 40), (ink, ink, ink, 0))
    see_through.paste((ink, ink, ink, 255), (10, 10, 30, 30))
    made = drawn(encoded(see_through))
    assert (made.getpixel((20, 20)), made.getpixel((2, 2))) == (ink, ground)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (GOOD[: len(GOOD) // 2], "truncated"),
        (b"words", "not_an_image"),
        (b"", "empty"),
        (png_claiming(60_000, 60_000), "too_large"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(pool: Decoders, data: bytes, reason: str) -> None:
    with pytest.raises(FileRefused) as caught:
        pool.redraw(data, 1_000_000)
    assert caught.value.reason == reason
    assert pool.redraw(GOOD, 1_000_000)

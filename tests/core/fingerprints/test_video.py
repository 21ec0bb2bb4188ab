"""Videos: frames, borders, and which seconds of one are seconds of another."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from functools import lru_cache

import pytest

from cautery.core.errors import FileRefused
from cautery.core.fingerprints import Decoders, Fingerprint, Frame, Limits, align, covered
from cautery.core.fingerprints import video as video_module
from cautery.core.fingerprints.alignment import MIRROR
from cautery.core.fingerprints.copies import compare, tracks
from cautery.core.fingerprints.pdq_kernel import PdqHash
from tests.shared import shared

from .contract import ReaderContract
from .videos import letterboxed, mirrored, video, whole, with_logo

PLAYLIST = b"#EXTM3U\n#EXTINF:10,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"


class TestVideo(ReaderContract):
    good = {"MP4": whole(1), "Matroska": video(2, form="matroska"), "AVI": video(3, form="avi")}
    refused = {
        "only a header": (whole(1)[:64], "damaged"),
        "a playlist that names a file": (PLAYLIST, "damaged"),
        "not a video": (b"\0\0\0\x18ftypmp42" + bytes(400), "damaged"),
    }
    read = staticmethod(video_module.read)


POOL = Decoders(1)  # a child keeps to one thread, which this process does not


@pytest.fixture(scope="module", autouse=True)
def pool() -> Iterator[None]:
    yield
    POOL.close()


@lru_cache(maxsize=32)
def prints(data: bytes) -> list[Fingerprint]:
    return POOL.read(data).found.prints


@pytest.fixture(scope="module")
def original() -> list[Fingerprint]:
    return prints(whole(1))


@pytest.mark.parametrize(
    ("changed", "share"),
    [
        (lambda: video(1, rate=15), 0.9),
        (lambda: video(1, change=letterboxed), 0.9),
        (lambda: video(1, change=mirrored), 0.9),
        (lambda: video(1, change=with_logo), 0.9),
        (lambda: video(1, change=lambda image: letterboxed(mirrored(with_logo(image)))), 0.9),
        (lambda: video(1, change=lambda image: image.convert("L").convert("RGB").resize((96, 72))), 0.9),
        (lambda: video(1, [(2.6, 7.0)]), 0.45),
        (lambda: video(1, [(4.0, 8.0), (0.0, 3.0)]), 0.7),
    ],
    ids=["other rate", "letterboxed", "mirrored", "logo", "all three", "small and grey", "clip", "re-cut"],
)
def test_a_copy_is_found_whatever_was_done_to_it(
    changed: Callable[[], bytes], share: float, original: list[Fingerprint]
) -> None:
    copy = compare(original, prints(changed()))
    assert copy.share >= share


def test_different_videos_are_not_copies() -> None:
    made = [prints(whole(seed)) for seed in range(1, 6)]
    assert not any(compare(one, other) for place, one in enumerate(made) for other in made[:place])


def test_it_says_which_seconds_of_which(original: list[Fingerprint]) -> None:
    clip = prints(video(1, [(2.6, 7.0)]))
    best = compare(clip, original).picture[0]
    assert best.start == pytest.approx(0.0, abs=0.4)
    assert best.end == pytest.approx(4.4, abs=0.5)
    assert best.other_start - best.start == pytest.approx(2.6, abs=0.4)


def test_a_re_cut_gives_a_piece_for_each_cut(original: list[Fingerprint]) -> None:
    recut = compare(prints(video(1, [(4.0, 8.0), (0.0, 4.0)])), original).picture
    shifts = sorted(round(one.other_start - one.start) for one in recut[:2])
    assert shifts == [-4, 4]


def test_a_mirrored_copy_is_said_to_be_mirrored(original: list[Fingerprint]) -> None:
    assert compare(original, prints(video(1, change=mirrored))).picture[0].mirrored
    assert not compare(original, prints(video(1, rate=15))).picture[0].mirrored


def test_different_videos_under_one_logo_and_letterbox_are_not_copies() -> None:
    made = [prints(video(seed, change=lambda image: letterboxed(with_logo(image)))) for seed in (4, 5, 6)]
    assert not any(compare(one, other) for place, one in enumerate(made) for other in made[:place])


def test_the_borders_are_those_of_the_video() -> None:
    found = video_module.read(io.BytesIO(video(1, change=letterboxed)), Limits())
    assert found.facts["inner"] == pytest.approx([0, 30, 192, 174], abs=4)


def test_a_still_scene_costs_few_hashes() -> None:
    still = [one for one in prints(video(1, [(1.0, 1.05)] * 80)) if one.form == "frame"]
    assert len(still) <= 4


def test_a_video_beyond_the_limits_is_refused() -> None:
    with pytest.raises(FileRefused) as caught:
        video_module.read(io.BytesIO(whole(1)), Limits(pixels=1000))
    assert caught.value.reason == "too_large"


def listed(name: str) -> list[Frame]:
    rows = (line.split(",") for line in shared(f"media/vpdq-hashes/{name}.txt").read_text().split())
    return [Frame(float(at), bytes.fromhex(bits), int(quality)) for _, quality, bits, at in rows]


def pairs() -> Iterator[tuple[str, str, bool]]:
    for line in shared("media/vpdq_pairs.ndjson").read_text().splitlines():
        row = json.loads(line)
        yield row["a"], row["b"], row["same_source"]


def test_pairs_of_one_source_are_found_and_no_others_by_hashes_alone() -> None:
    found = [(same, bool(align(listed(a), listed(b)))) for a, b, same in pairs()]
    assert not any(hit for same, hit in found if not same)
    assert sum(hit for same, hit in found if same) >= 0.8 * sum(same for same, _ in found)


def test_videos_of_one_source_are_found_and_no_others() -> None:
    made = {path.stem: prints(path.read_bytes()) for path in sorted(shared("media/video").glob("*.mp4"))}
    for a, b, same in pairs():
        if a in made and b in made:
            assert bool(compare(made[a], made[b])) is same, (a, b)


def test_frames_have_hashes_that_match_those_of_vpdq() -> None:
    ours = tracks(prints(shared("media/video/pattern-hd-no-bar.mp4").read_bytes()))["frame"]
    theirs = [PdqHash(frame.bits, 0) for frame in listed("pattern-hd-no-bar")]
    nearest = [min(PdqHash(frame.bits, 0).distance(other) for other in theirs) for frame in ours]
    assert max(nearest) <= 10


def test_empty_and_flat_tracks_align_with_nothing() -> None:
    flat = [Frame(float(at), bytes(32), 0) for at in range(20)]
    some = listed("pattern-hd-no-bar")
    assert align([], some) == align(some, []) == align(flat, some) == []


def test_seconds_in_several_pieces_are_counted_once(original: list[Fingerprint]) -> None:
    track = tracks(original)["frame"]
    found = align(track, track)
    assert covered(found + found) == covered(found) == pytest.approx(track[-1].at + 0.2, abs=0.3)


def test_mirroring_twice_is_nothing() -> None:
    assert int(MIRROR.sum()) > 0
    assert bytes(MIRROR ^ MIRROR) == bytes(32)

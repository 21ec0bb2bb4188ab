from __future__ import annotations

import csv
from hashlib import sha256
from io import StringIO
from pathlib import Path

from cautery.core import fingerprints
from cautery.exercise.known import known_csv
from cautery.exercise.pdq import pdq_hex
from cautery.exercise.specimens import Specimens
from tests.exercise.worlds import small_state


def test_the_worlds_pdq_is_the_platforms_within_a_bit_or_two() -> None:
    specimens = Specimens(7)
    for work in range(6):
        for variant in ("original", "cropped", "mirrored"):
            data = specimens.picture(work, variant)
            theirs = fingerprints.image(data)
            assert (int(pdq_hex(data), 16) ^ int(theirs.hex, 16)).bit_count() <= 2


def test_known_content_is_about_half_of_the_outlets_works_by_their_originals(tmp_path: Path) -> None:
    state = small_state(tmp_path)
    rows = list(csv.DictReader(StringIO(known_csv(state.population, state.media))))
    works = state.population.works.by_medium
    pictures = {sha256(state.media.bytes_of("picture", work, "original")).hexdigest() for work in works["picture"]}
    videos = {sha256(state.media.bytes_of("video", work, "original")).hexdigest() for work in works["video"]}
    assert 0 < len(rows) <= len(pictures) + len(videos)
    for row in rows:
        assert row["sha256"] in (pictures if row["kind"] == "image" else videos)
        assert bool(row["pdq"]) == (row["kind"] == "image")

"""known.csv: what units knew of the outlet before the operation, half of its pictures and videos."""

from __future__ import annotations

import csv
from hashlib import sha256
from io import BytesIO, StringIO

import av
from PIL import Image

from cautery.exercise.media import Media
from cautery.exercise.pdq import pdq_hex
from cautery.exercise.population import UNITS, Population

COLUMNS = ("label", "kind", "sha256", "pdq", "track", "source")
MEDIA = {"picture": "image", "video": "video"}
FRAMES_A_SECOND = 2


def known_csv(population: Population, media: Media) -> str:
    """One row a work: SHA-256 of the original, PDQ of a picture, frames of a video, and the unit that knew it."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for medium, kind in MEDIA.items():
        for work in population.works.by_medium[medium]:
            if is_known(population, medium, work):
                data = media.bytes_of(medium, work, "original")
                label = f"{media.specimens.outlet(work).lower().replace(' ', '-')}-{work:04d}"
                unit = f"unit-{population.draws.choice('known by', work, UNITS)}"
                looks = (pdq_hex(data), "") if medium == "picture" else ("", track(data))
                writer.writerow((label, kind, sha256(data).hexdigest(), *looks, unit))
    return out.getvalue()


def is_known(population: Population, medium: str, work: int) -> bool:
    """Whether a unit knew the work before the operation."""
    return medium in MEDIA and population.draws.happens("known", work, population.scenario.content.known)


def track(data: bytes) -> str:
    """The frames of a video, two a second, as vPDQ's lists have them: `frame,quality,hash,seconds`, semicolons between."""
    frames: list[str] = []
    with av.open(BytesIO(data), "r") as container:
        for number, frame in enumerate(container.decode(video=0)):
            at = float(frame.time or 0.0)
            if at * FRAMES_A_SECOND >= len(frames):
                still = BytesIO()
                Image.fromarray(frame.to_ndarray(format="rgb24")).save(still, "PNG", compress_level=1)
                frames.append(f"{number},100,{pdq_hex(still.getvalue())},{at:.3f}")
    return ";".join(frames)

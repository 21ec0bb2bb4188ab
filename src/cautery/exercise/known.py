"""known.csv: what units knew of the outlet before the operation, half of its pictures and videos."""

from __future__ import annotations

import csv
from hashlib import sha256
from io import StringIO

from cautery.exercise.media import Media
from cautery.exercise.pdq import pdq_hex
from cautery.exercise.population import UNITS, Population

COLUMNS = ("label", "kind", "sha256", "pdq", "source")


def known_csv(population: Population, media: Media) -> str:
    """One row a work: SHA-256 of the original, PDQ of a picture (a video has none here), and the unit that knew it."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    share = population.scenario.content.known
    for medium, kind in (("picture", "image"), ("video", "video")):
        for work in population.works.by_medium[medium]:
            if population.draws.happens("known", work, share):
                data = media.bytes_of(medium, work, "original")
                label = f"{media.specimens.outlet(work).lower().replace(' ', '-')}-{work:04d}"
                unit = f"unit-{population.draws.choice('known by', work, UNITS)}"
                writer.writerow((label, kind, sha256(data).hexdigest(), pdq_hex(data) if kind == "image" else "", unit))
    return out.getvalue()

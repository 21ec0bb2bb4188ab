"""Broken files without end, to the child processes: `python -m tests.core.fingerprints.fuzz --seconds 600`.

Each file is a good one with bytes changed, cut out, put in twice, or its end cut off. Whatever comes of it is a reading with
fingerprints or a `FileRefused`; anything else stops the run, with the file kept under var/fuzz.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import typst

from cautery.core.errors import FileRefused
from cautery.core.fingerprints import Decoders, Limits

from .hostile import HOSTILE, zipped
from .pictures import encoded, picture
from .videos import recording, video

LIMITS = Limits(cpu_seconds=20, wall_seconds=60.0)
PDF = "#set page(width: 8cm, height: 6cm)\n= Specimen\nWords of a harmless page, and more of them.\n#rect(fill: red)"


def seeds() -> dict[str, bytes]:
    """Good files of every kind, and the hostile ones."""
    small = picture(1, (96, 64))
    animated = io.BytesIO()
    small.save(animated, "GIF", save_all=True, append_images=[picture(n, (96, 64)) for n in (2, 3)])
    forms = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "JPEG2000", "PPM", "ICO", "AVIF")
    made = {form: encoded(small, form) for form in forms}
    made |= {
        "progressive JPEG": encoded(small, "JPEG", progressive=True),
        "CMYK": encoded(small.convert("CMYK"), "JPEG"),
    }
    made |= {
        "GIF": animated.getvalue(),
        "PDF": typst.compile(PDF.encode()),
        "text": "Harmless words. Слова. كلمات. ".encode() * 20,
    }
    made["MP4"] = video(1, [(0.0, 1.0)], sound=True)
    made |= {form: video(1, [(0.0, 1.0)], form=form) for form in ("matroska", "avi", "mpegts")}
    made |= {"WAV": recording(1, 4.0), "FLAC": recording(1, 4.0, form="flac", codec="flac")}
    made["ZIP"] = zipped({"a.jpg": made["JPEG"], "b.pdf": made["PDF"], "c.txt": made["text"]})
    return made | {name: data for name, (data, _) in HOSTILE.items() if len(data) < 200_000}


def broken(good: bytes, rng: random.Random) -> bytes:
    """A file with up to eight things wrong."""
    data = bytearray(good)
    for _ in range(rng.randrange(1, 9)):
        at = rng.randrange(len(data) or 1)
        length = rng.randrange(1, 64)
        match rng.randrange(6):
            case 0 | 1:
                data[at : at + 1] = bytes([rng.randrange(256)])
            case 2:
                data[at : at + 4] = rng.choice((b"\xff\xff\xff\xff", bytes(4), b"\x7f\xff\xff\xff", b"\x80\0\0\0"))
            case 3:
                del data[at : at + length]
            case 4:
                data[at:at] = data[at : at + length] * rng.randrange(1, 4)
            case _:
                del data[at if rng.random() < 0.3 else len(data) :]
    return bytes(data)


def outcomes(rng: random.Random, stop: float) -> Iterator[str]:
    """What became of each broken file until the time (`time.monotonic`) is over."""
    good = list(seeds().items())
    with Decoders(1, LIMITS) as decoders:
        while time.monotonic() < stop:
            name, data = rng.choice(good)
            yield _outcome(decoders, name, broken(data, rng))


def _outcome(decoders: Decoders, name: str, data: bytes) -> str:
    started = time.monotonic()
    try:
        found = decoders.read(data).found
        fine = all(bytes.fromhex(one.value) for one in found.prints) and bool(found.prints)
        outcome = "read" if fine else "EMPTY"
    except FileRefused as refused:
        outcome = refused.reason
    if outcome in {"EMPTY", "crashed", "too_slow", "memory"} or time.monotonic() - started > LIMITS.wall_seconds + 5:
        folder = Path("var/fuzz")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{outcome}-{name.replace(' ', '_')}-{abs(hash(data)):x}").write_bytes(data)
    return outcome


def main() -> None:
    """Run, and print what became of the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    started = time.monotonic()
    rng = random.Random(given.seed)  # noqa: S311 - broken in the same places for the same seed, not a secret
    counted = Counter(outcomes(rng, started + given.seconds))
    lines = [f"{counted.total():,} files in {time.monotonic() - started:.0f} s, each read or refused by name:"]
    lines += [f"{files:>9,} {outcome}" for outcome, files in counted.most_common()]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

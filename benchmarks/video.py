"""Copies of videos, found and not found: `python benchmarks/video.py`.

Pairs of shared/data/media by their stored vPDQ hashes, the same videos decoded here, and copies made of them here. The peer is vPDQ's
match as its stored figures give it: a pair is found where at least half of the frames of both have a frame within 31 bits.
"""

from __future__ import annotations

import io
import json
import os
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import av
import numpy as np
from PIL import Image, ImageDraw, ImageOps

from cautery.core.fingerprints import Decoders, Fingerprint, Frame, align
from cautery.core.fingerprints.copies import compare

SHARED = Path(os.environ.get("CAUTERY_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "data" / "media"
HALF = 50.0
WIDTH = 360
RATE = 15.0
Pair = tuple[str, str]


def bar(image: Image.Image) -> Image.Image:
    return ImageOps.expand(image, (0, image.height // 6), "black")


def logo(image: Image.Image) -> Image.Image:
    marked = image.copy()
    side = min(image.size) // 3
    ImageDraw.Draw(marked).ellipse((10, 10, 10 + side, 10 + side), fill="white", outline="black", width=8)
    return marked


HALVED = "small, half the frames"
CHANGES: dict[str, Callable[[list[Image.Image]], list[Image.Image]]] = {
    HALVED: lambda images: [image.resize((image.width // 2, image.height // 2)) for image in images[::2]],
    "letterboxed": lambda images: [bar(image) for image in images],
    "logo": lambda images: [logo(image) for image in images],
    "mirrored": lambda images: [ImageOps.mirror(image) for image in images],
    "clip of the middle": lambda images: images[len(images) // 3 : len(images) * 4 // 5],
    "re-cut, second half first": lambda images: images[len(images) // 2 :] + images[: len(images) // 2],
    "cropped by 4 %": lambda images: [ImageOps.crop(image, round(0.04 * image.width)) for image in images],
    "letterboxed, logo, mirrored": lambda images: [bar(logo(ImageOps.mirror(image))) for image in images],
}


def main() -> None:
    """The table."""
    if not SHARED.exists():
        print("shared/data/media is not here.")
        return
    rows = [json.loads(line) for line in (SHARED / "vpdq_pairs.ndjson").read_text().splitlines()]
    print(f"{'pairs':<42} {'ours':>12} {'false':>9} {'vPDQ':>12} {'false':>9}")
    theirs = [min(row["a_in_b_pct"], row["b_in_a_pct"]) >= HALF for row in rows]
    same = [row["same_source"] for row in rows]
    started = time.process_time()
    ours = [bool(align(listed(row["a"]), listed(row["b"]))) for row in rows]
    show("stored vPDQ hashes", same, ours, theirs)
    print(f"{(time.process_time() - started) / len(rows) * 1000:.1f} ms a pair of about 200 frames each")
    with Decoders(1) as decoders:
        files = sorted((SHARED / "video").glob("*.mp4"))
        made = {file.stem: decoders.read(file).found.prints for file in files}
        known = {(row["a"], row["b"]): place for place, row in enumerate(rows)}
        decoded = [place for pair, place in known.items() if pair[0] in made and pair[1] in made]
        found = [bool(compare(made[rows[place]["a"]], made[rows[place]["b"]]).picture) for place in decoded]
        show("videos decoded here", [same[p] for p in decoded], found, [theirs[p] for p in decoded])
        originals = ("doorknob-hd-no-bar", "pattern-longer-no-bar", "test-padded-dimensions")
        changed(decoders, {name: made[name] for name in originals})


def changed(decoders: Decoders, originals: dict[str, list[Fingerprint]]) -> None:
    """Copies made here, each against every original."""
    for what, change in CHANGES.items():
        same, found = [], []
        for source in originals:
            shown = change(list(images(SHARED / "video" / f"{source}.mp4")))
            copy = decoders.read(encoded(shown, RATE / 2 if what == HALVED else RATE)).found.prints
            same += [name == source for name in originals]
            found += [bool(compare(copy, prints).picture) for prints in originals.values()]
        show(what, same, found, None)


def show(what: str, same: list[bool], ours: list[bool], theirs: list[bool] | None) -> None:
    """A line: found of all pairs of one source, and false ones of all others."""
    cells = []
    for found in (ours, theirs):
        hits = sum(hit for hit, one in zip(found or [], same, strict=False) if one)
        false = sum(hit for hit, one in zip(found or [], same, strict=False) if not one)
        cells += [f"{hits}/{sum(same)}", f"{false}/{len(same) - sum(same)}"] if found is not None else ["", ""]
    print(f"{what:<42} {cells[0]:>12} {cells[1]:>9} {cells[2]:>12} {cells[3]:>9}")


def listed(name: str) -> list[Frame]:
    """A stored list of frames."""
    lines = (line.split(",") for line in (SHARED / "vpdq-hashes" / f"{name}.txt").read_text().split())
    return [Frame(float(at), bytes.fromhex(bits), int(quality)) for _, quality, bits, at in lines]


def images(file: Path) -> Iterator[Image.Image]:
    """Every second frame, small."""
    with av.open(str(file)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number % 2 == 0:
                yield frame.to_image(width=WIDTH, height=frame.height * WIDTH // frame.width // 2 * 2)


def encoded(shown: list[Image.Image], frames_a_second: float) -> bytes:
    """An MP4 of these pictures."""
    out = io.BytesIO()
    rate = Fraction(frames_a_second)
    size = (shown[0].width // 2 * 2, shown[0].height // 2 * 2)
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=rate)
        stream.width, stream.height = size
        stream.pix_fmt, stream.time_base = "yuv420p", 1 / rate
        stream.codec_context.qmin = stream.codec_context.qmax = 6
        for image in shown:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(image.resize(size)), format="rgb24")))
        container.mux(stream.encode(None))
    return out.getvalue()


if __name__ == "__main__":
    main()

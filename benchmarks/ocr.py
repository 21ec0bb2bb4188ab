"""Letters read right in pictures made here, and what that costs: by us, and by Tesseract on the same file as it came.

Errors are edits (insertions, deletions, exchanges) a letter of what stands there; cost is processor time, the program included, the
decoding child that stays not. `python benchmarks/ocr.py`
"""

from __future__ import annotations

import io
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from rapidfuzz.distance import Levenshtein

import cautery
from cautery.core.errors import FileRefused
from cautery.ocr.reading import languages_for, read_picture
from cautery.ocr.tesseract import find

FONTS = Path(next(iter(cautery.__path__))) / "refer" / "printing" / "fonts"
LINES = {
    "ar": ["يبدأ مهرجان الميناء يوم السبت", "أحضروا الخبز والشاي ومعطفا دافئا"],
    "de": ["Das Hafenfest beginnt am Samstag", "Größe spielt keine Rolle, Übermut schon"],
    "en": ["The harbour festival begins on Saturday", "Bring bread, tea and a warm coat"],
    "fr": ["La fête du port commence samedi", "Apportez du pain, du thé et un manteau"],
    "ru": ["Праздник гавани начинается в субботу", "Принесите хлеб, чай и тёплое пальто"],
}
LINES["mixed"] = [LINES[code][0] for code in ("ar", "en", "ru", "de")]
SIZE = 34


def drawn(
    lines: list[str], *, ink: str = "black", ground: object = "white", mode: str = "RGB", size: int = SIZE
) -> Image.Image:
    """A picture with these lines."""
    picture = Image.new(mode, (26 * size, 2 * size * (len(lines) + 1)), ground)
    for number, line in enumerate(lines):
        name = "NotoSansArabic-Regular.ttf" if "\u0600" <= line[0] <= "\u06ff" else "NotoSans-Regular.ttf"
        font = ImageFont.truetype(str(FONTS / name), size)
        ImageDraw.Draw(picture).text((size, size + 2 * size * number), line, font=font, fill=ink)
    return picture


def saved(picture: Image.Image, form: str = "PNG", **options: object) -> bytes:
    """The file's bytes."""
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def turned(picture: Image.Image) -> bytes:
    """Stored lying down, with the EXIF mark that says so: what telephones write."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(picture.transpose(Image.Transpose.ROTATE_90), "JPEG", quality=90, exif=exif.tobytes())


WAYS: dict[str, Callable[[list[str]], bytes]] = {
    "black on white": lambda lines: saved(drawn(lines)),
    "white on dark": lambda lines: saved(drawn(lines, ink="white", ground="#203040")),
    "small (14 px)": lambda lines: saved(drawn(lines, size=14)),
    "JPEG of quality 30": lambda lines: saved(drawn(lines), "JPEG", quality=30),
    "white on transparent": lambda lines: saved(drawn(lines, ink="white", ground=(255, 255, 255, 0), mode="RGBA")),
    "lying, by EXIF": lambda lines: turned(drawn(lines)),
}


def wrong(read: str, lines: list[str]) -> float:
    """Edits a letter, in any order of lines, at most 1."""
    there = ["".join(line.split()) for line in read.splitlines()]
    edits = sum(
        min([Levenshtein.distance("".join(line.split()), one) for one in there] or [len(line)]) for line in lines
    )
    return min(1.0, edits / sum(len("".join(line.split())) for line in lines))


def spent() -> float:
    """Processor seconds of this process and of those it ended."""
    return sum(
        use.ru_utime + use.ru_stime for use in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def main() -> None:
    """Print the table."""
    engine = find()
    if engine is None:
        sys.exit("Tesseract is not installed: apt-get install tesseract-ocr tesseract-ocr-ara tesseract-ocr-deu")
    has = engine.languages()
    sys.stdout.write(
        f"Tesseract {engine.version}, {', '.join(has)}\n{'picture':<22}{'ours':>8}{'plain':>8}{'CPU s':>8}{'plain':>8}{'ratio':>8}\n"
    )
    for way, make in WAYS.items():
        totals = [0.0] * 4
        for code, lines in LINES.items():
            data, names = make(lines), languages_for(engine, "" if code == "mixed" else code)
            begun = spent()
            try:
                ours = read_picture(data, engine, names).text
            except FileRefused:
                ours = ""
            half = spent()
            plain = subprocess.run(
                [engine.path, "stdin", "stdout", "-l", "+".join(names)], input=data, capture_output=True, check=False,
                env={"OMP_THREAD_LIMIT": "1"},
            )  # fmt: skip
            seen = (wrong(ours, lines), wrong(plain.stdout.decode(), lines), half - begun, spent() - half)
            totals = [total + one / len(LINES) for total, one in zip(totals, seen, strict=True)]
        a, b, c, d = totals
        sys.stdout.write(f"{way:<22}{a:>8.1%}{b:>8.1%}{c:>8.2f}{d:>8.2f}{c / d:>8.2f}\n")


if __name__ == "__main__":
    main()

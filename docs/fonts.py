"""Make the fonts of printed notices from Debian's packages: `python docs/fonts.py FOLDER`.

FOLDER holds the packages unpacked (`apt-get download fonts-noto-core fonts-noto-cjk`, then `dpkg -x FILE FOLDER`). Each
font keeps the letters of its script and its layout rules; of Chinese, Japanese and
Korean what is in common use. coverage.json says which letters are there: PDF/A refuses a document with any other.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

OUT = Path(__file__).resolve().parent.parent / "src/cautery/refer/printing/fonts"
EVERYWHERE = {0x20, 0xA0, 0x200B, 0x200C, 0x200D, 0x25CC}
LATIN = [
    (0x20, 0x7E), (0xA0, 0x24F), (0x2B0, 0x36F), (0x370, 0x52F), (0x1E00, 0x1EFF), (0x2000, 0x206F), (0x20A0, 0x20C0), (0x2100, 0x214F),
    (0x2190, 0x21FF), (0x2200, 0x22FF),
]  # fmt: skip
SYMBOLS = [(0x25A0, 0x25FF), (0x2600, 0x26FF), (0x2700, 0x27BF)]
SCRIPTS = (
    "Arabic", "Hebrew", "Syriac", "Thaana", "Armenian", "Georgian", "Ethiopic", "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Tamil",
    "Telugu", "Kannada", "Malayalam", "Sinhala", "Thai", "Lao", "Khmer", "Myanmar",
)  # fmt: skip
CJK = [(0x3000, 0x30FF), (0x3130, 0x318E), (0xFF00, 0xFFEF)]


def points(ranges: Iterable[tuple[int, int]]) -> set[int]:
    """All code points of the ranges."""
    return {point for first, last in ranges for point in range(first, last + 1)}


def common() -> set[int]:
    """Chinese of GB 2312 and of Big5's first level, Japanese of JIS X 0208, Korean syllables of KS X 1001."""
    points_of = (*range(0x3400, 0xA000), *range(0xAC00, 0xD7A4))
    return {point for point in points_of if any(held(chr(point)) for held in (_chinese, _taiwan, _japanese, _korean))}


def _bytes(letter: str, charset: str) -> bytes:
    return letter.encode(charset, errors="ignore")


def _chinese(letter: str) -> bool:
    return len(_bytes(letter, "gb2312")) == 2


def _taiwan(letter: str) -> bool:
    return b"" < _bytes(letter, "big5") < b"\xc9"


def _japanese(letter: str) -> bool:
    return len(_bytes(letter, "shift_jis")) == 2


def _korean(letter: str) -> bool:
    return letter >= "\uac00" and len(_bytes(letter, "euc_kr")) == 2


def cut(source: Path, name: str, keep: set[int] | None, *, number: int = -1) -> set[int]:
    """Write one font with the letters to keep (None: all), and give back what it holds."""
    options = subset.Options()
    options.layout_features = ["*"] if keep is None else ["ccmp", "kern", "liga", "mark", "mkmk", "locl", "rlig"]
    options.hinting = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    options.drop_tables += ["DSIG", "MATH", "vhea", "vmtx", "VORG", "BASE"]
    font = TTFont(source, fontNumber=number)
    held = set(font.getBestCmap())
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=held if keep is None else (keep | EVERYWHERE) & held)
    cutter.subset(font)
    font.save(OUT / name)
    return set(font.getBestCmap())


def ranges(held: set[int]) -> list[list[int]]:
    """Code points as ranges, first and last."""
    found: list[list[int]] = []
    for point in sorted(held):
        if found and point == found[-1][1] + 1:
            found[-1][1] = point
        else:
            found.append([point, point])
    return found


def main(folder: Path) -> None:
    """Cut them all and write what they hold."""
    noto, cjk = folder / "usr/share/fonts/truetype/noto", folder / "usr/share/fonts/opentype/noto"
    held: set[int] = set()
    for weight in ("Regular", "Bold"):
        held |= cut(noto / f"NotoSans-{weight}.ttf", f"NotoSans-{weight}.ttf", points(LATIN))
    held |= cut(noto / "NotoSansSymbols2-Regular.ttf", "NotoSansSymbols2-Regular.ttf", points(SYMBOLS))
    for script in SCRIPTS:
        held |= cut(noto / f"NotoSans{script}-Regular.ttf", f"NotoSans{script}-Regular.ttf", None)
    wanted = points(CJK) | common()
    held |= cut(cjk / "NotoSansCJK-Regular.ttc", "NotoSansCJK-Regular.otf", wanted, number=2)
    (OUT / "coverage.json").write_text(json.dumps(ranges({point for point in held if point >= 0x20})) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

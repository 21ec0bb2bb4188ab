"""What a file is, by its bytes; where a picture's borders end; what language a text is in."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import pytest

from cautery.core.fingerprints import Kind, file_type, pdq
from cautery.core.fingerprints.borders import Box, content_box
from cautery.core.fingerprints.kinds import hidden_types
from cautery.core.fingerprints.language import _ONE_LANGUAGE, _tables, language
from cautery.core.fingerprints.png import png_is_short
from tests.shared import shared

from .hostile import png_claiming, zipped
from .pictures import encoded, picture
from .videos import recording, video

SMALL = picture(1, (64, 48))

KINDS = {
    "JPEG": (encoded(SMALL, "JPEG"), Kind.IMAGE),
    "PNG": (encoded(SMALL), Kind.IMAGE),
    "GIF": (encoded(SMALL.convert("P"), "GIF"), Kind.IMAGE),
    "WebP": (encoded(SMALL, "WEBP"), Kind.IMAGE),
    "AVIF": (encoded(SMALL, "AVIF"), Kind.IMAGE),
    "TIFF": (encoded(SMALL, "TIFF"), Kind.IMAGE),
    "BMP": (encoded(SMALL, "BMP"), Kind.IMAGE),
    "ICO": (encoded(SMALL, "ICO"), Kind.IMAGE),
    "JPEG 2000": (encoded(SMALL, "JPEG2000"), Kind.IMAGE),
    "PPM": (encoded(SMALL, "PPM"), Kind.IMAGE),
    "MP4": (video(1, [(0.0, 0.5)]), Kind.VIDEO),
    "Matroska": (video(1, [(0.0, 0.5)], form="matroska"), Kind.VIDEO),
    "AVI": (video(1, [(0.0, 0.5)], form="avi"), Kind.VIDEO),
    "MPEG transport stream": (video(1, [(0.0, 0.5)], form="mpegts"), Kind.VIDEO),
    "WAV": (recording(1, 1.0), Kind.AUDIO),
    "FLAC": (recording(1, 1.0, form="flac", codec="flac"), Kind.AUDIO),
    "Ogg": (recording(1, 1.0, form="ogg", codec="flac"), Kind.AUDIO),
    "MP3": (recording(1, 1.0, form="mp3", codec="libmp3lame"), Kind.AUDIO),
    "PDF": (b"%PDF-1.7\n", Kind.PDF),
    "PDF after rubbish": (b"\0\0rubbish%PDF-1.7\n", Kind.PDF),
    "ZIP": (zipped({"a": b"b"}), Kind.ARCHIVE),
    "text": ("Слово и дело\n".encode(), Kind.TEXT),
    "UTF-16": ("words".encode("utf-16"), Kind.TEXT),
    "a program": (b"\x7fELF\x02\x01\x01" + bytes(60), Kind.OTHER),
    "zeros": (bytes(100), Kind.OTHER),
    "nothing": (b"", Kind.OTHER),
}


@pytest.mark.parametrize("name", KINDS)
def test_the_bytes_say_what_a_file_is(name: str) -> None:
    data, kind = KINDS[name]
    assert file_type(data[:4096]).kind is kind


def test_a_text_cut_within_a_letter_is_still_text() -> None:
    assert file_type(("я" * 2100).encode()[:4095]).kind is Kind.TEXT


def test_a_file_that_is_two_says_so() -> None:
    out = io.BytesIO(encoded(SMALL, "JPEG"))
    out.seek(0, io.SEEK_END)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("hidden.txt", "words")
    data = out.getvalue()
    assert hidden_types(data[:4096], data[-4096:]) == ["application/zip"]
    assert hidden_types(encoded(SMALL, "JPEG")[:4096], b"") == []


def framed(top: int, bottom: int, left: int, right: int, grey: int = 0) -> np.ndarray:
    inside = np.asarray(picture(3, (200, 150)).convert("L"))
    return np.pad(inside, ((top, bottom), (left, right)), constant_values=grey)


@pytest.mark.parametrize("sides", [(30, 30, 0, 0), (0, 0, 40, 40), (20, 10, 30, 5), (0, 25, 0, 0)])
@pytest.mark.parametrize("grey", [0, 128, 255])
def test_the_content_lies_inside_the_borders(sides: tuple[int, int, int, int], grey: int) -> None:
    top, _, left, _ = sides
    box = content_box(framed(*sides, grey=grey))
    assert box is not None
    assert (box.top, box.left) == pytest.approx((top, left), abs=2)
    assert (box.bottom, box.right) == pytest.approx((top + 150, left + 200), abs=2)


def test_a_picture_without_borders_is_its_own_content_and_not_worth_a_second_hash() -> None:
    box = content_box(framed(0, 0, 0, 0))
    assert box == Box(0, 150, 0, 200)
    assert not box.worth(150, 200)


@pytest.mark.parametrize(
    "flat", [np.zeros((50, 60), np.uint8), np.repeat(np.uint8([0, 255]), 25)[:, None].repeat(60, 1)]
)
def test_a_flat_picture_has_no_content(flat: np.ndarray) -> None:
    assert content_box(flat) is None


def test_a_letterboxed_copy_has_the_originals_hash_inside() -> None:
    inside, boxed = framed(0, 0, 0, 0), framed(40, 40, 0, 0)
    box = content_box(boxed)
    assert box is not None
    assert pdq(box.crop(boxed)).distance(pdq(inside)) <= 10
    assert pdq(boxed).distance(pdq(inside)) > 31


def test_a_png_with_too_few_lines_is_short() -> None:
    assert png_is_short(png_claiming(300, 300, rows=5))
    assert not png_is_short(png_claiming(300, 300, rows=300))
    assert not png_is_short(encoded(picture(1)))


@pytest.mark.parametrize(
    ("text", "code", "script"),
    [
        ("Every officer reads what was found and decides with care", "en", "latin"),
        ("Die Beamtin liest, was gefunden wurde, und entscheidet mit Sorgfalt", "de", "latin"),
        ("La agente lee lo que se ha encontrado y decide con cuidado", "es", "latin"),
        ("L'agente legge quello che è stato trovato e decide con la cura che serve", "it", "latin"),
        ("Сотрудник читает то, что было найдено, и решает с осторожностью", "ru", "cyrillic"),
        ("Працівниця читає те, що було знайдено, і вирішує з обережністю", "uk", "cyrillic"),
        ("يقرأ الموظف ما تم العثور عليه ثم يقرر في كل حالة على حدة", "ar", "arabic"),
        ("مأمور آن چه را پیدا شده است می خواند و با دقت تصمیم می گیرد", "fa", "arabic"),
        ("담당자는 발견된 것을 읽고 신중하게 결정한다", "ko", "hangul"),
        ("担当者は見つかったものを読み、慎重に決める", "ja", "kana"),
        ("工作人员阅读发现的内容并谨慎地决定这些", "zh", "han"),
        ("Ο υπάλληλος διαβάζει όσα βρέθηκαν", "el", "greek"),
        ("1234 ---", "und", ""),
        ("qwx zvb klm", "und", "latin"),
    ],
)
def test_a_text_is_tagged_with_its_language(text: str, code: str, script: str) -> None:
    found = language(text)
    assert (found.code, found.script) == (code, script)
    assert 0 <= found.confidence <= 1


def test_long_texts_of_many_languages_are_tagged_right() -> None:
    rows = shared("text/udhr.ndjson").read_text().splitlines()
    listed = (
        {code for _, letters, _ in _tables().values() for code in letters} | set(_ONE_LANGUAGE.values()) | {"zh", "ja"}
    )
    asked = [(row["lang"].split("-")[0], " ".join(row["paragraphs"])) for row in map(json.loads, rows)]
    known = [(code, text) for code, text in asked if code in listed]
    right = sum(language(text).code.split("-")[0] == code for code, text in known)
    assert right >= 0.85 * len(known)

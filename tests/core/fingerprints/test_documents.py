"""Sound, PDFs, archives and texts: the contract of every kind, and what is particular to each."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
import typst

from cautery.core.errors import FileRefused
from cautery.core.fingerprints import Limits, archive, audio, image, pdf, text
from cautery.core.fingerprints import video as video_module
from cautery.core.fingerprints.chromaprint import numbers
from cautery.core.fingerprints.copies import compare
from cautery.core.fingerprints.sound import align_sound

from .contract import ReaderContract
from .hostile import HOSTILE, nested_zip, zipped
from .pictures import encoded, picture
from .videos import recording, video

ENGLISH = "Every notice rests on one signature and goes to one addressee, and nothing is sent that was not signed by two people. "
GERMAN = "Jede Meldung beruht auf einer Unterschrift und geht an einen Empfänger, und nichts wird ohne sie versendet. "


def page(words: str, colour: str = "blue") -> bytes:
    return typst.compile(f"#set page(width: 9cm, height: 12cm)\n= Title\n{words}\n#circle(fill: {colour})".encode())


class TestPdf(ReaderContract):
    good = {"one page": page(ENGLISH), "two pages": page(GERMAN + "\n#pagebreak()\n" + ENGLISH, "red")}
    refused = {name: (data, "damaged") for name, (data, _) in HOSTILE.items() if "PDF" in name}
    read = staticmethod(pdf.read)


class TestArchive(ReaderContract):
    good = {
        "pictures": zipped({"a.jpg": encoded(picture(1), "JPEG"), "b.png": encoded(picture(2))}),
        "an app": zipped(
            {"AndroidManifest.xml": b"\3\0\x08\0x", "classes.dex": b"dex\n035", "res/a.png": encoded(picture(3))}
        ),
    }
    refused = {
        "a bomb": (HOSTILE["a ZIP bomb"][0], "bomb"),
        "half": (HOSTILE["half a ZIP"][0], "damaged"),
        "empty members": (zipped({"a": b""}), "nothing_found"),
    }
    read = staticmethod(archive.read)


class TestText(ReaderContract):
    good = {"English": ENGLISH.encode(), "German": GERMAN.encode(), "UTF-16": (ENGLISH * 2).encode("utf-16")}
    refused = {"signs": (b"?! ... --", "nothing_found"), "not Unicode": (b"\xff\xfe\x00\xd8\x00", "damaged")}
    read = staticmethod(text.read)


class TestAudio(ReaderContract):
    good = {"WAV": recording(1, 5.0), "FLAC": recording(2, 5.0, form="flac", codec="flac")}
    refused = {
        "too short": (recording(1, 1.0), "too_short"),
        "noise": (b"fLaC" + bytes(range(256)) * 4, "damaged"),
        "half a header": (b"RIFF\0\0\0\0WAVE", "damaged"),
    }
    read = staticmethod(audio.read)


def test_an_archives_members_have_their_digests_and_fingerprints_by_name() -> None:
    inner = zipped(
        {
            "deep/poster.jpg": encoded(picture(1), "JPEG"),
            "words.txt": ENGLISH.encode() * 6,
            "bad.png": b"\x89PNG\r\n\x1a\n",
        }
    )
    found = archive.read(io.BytesIO(zipped({"inner.zip": inner, "m.pdf": page(ENGLISH)})), Limits())
    parts = {(one.kind, one.part) for one in found.prints}
    assert {("sha256", "inner.zip"), ("sha256", "inner.zip/deep/poster.jpg"), ("pdq", "m.pdf/page 1")} <= parts
    assert ("minhash", "inner.zip/words.txt") in parts
    assert [(one.part, one.reason) for one in found.problems] == [("inner.zip/bad.png", "not_an_image")]
    poster = next(one for one in found.prints if one.part.endswith("poster.jpg") and one.form == "original")
    assert poster.value == image(encoded(picture(1), "JPEG")).hex


def test_an_app_is_named_with_its_members() -> None:
    found = archive.read(io.BytesIO(TestArchive.good["an app"]), Limits())
    assert found.facts["format"] == "apk"
    assert "classes.dex" in found.facts["names"]


def test_a_member_without_a_name_is_told_by_its_place() -> None:
    data = zipped({"a.txt": b"words", "zzz": b"more words"}).replace(b"zzz", b"\0zz")
    found = archive.read(io.BytesIO(data), Limits())
    assert {one.part for one in found.prints} == {"a.txt", found.facts["names"][1]}
    assert found.facts["names"][1].startswith("(nameless")


def test_archives_in_archives_end_somewhere() -> None:
    found = archive.read(io.BytesIO(nested_zip()), Limits())
    assert [one.reason for one in found.problems] == ["too_deep"]


def test_members_have_a_limit_together() -> None:
    data = zipped({f"{n}.txt": ENGLISH.encode() * 100 for n in range(20)})
    with pytest.raises(FileRefused) as caught:
        archive.read(io.BytesIO(data), replace(Limits(), unpacked_bytes=50_000))
    assert caught.value.reason == "bomb"


def test_the_same_page_from_another_program_has_the_same_picture() -> None:
    one, other = (pdf.read(io.BytesIO(page(ENGLISH, colour)), Limits()) for colour in ("blue", "navy"))
    assert one.facts["language"] == "en"
    hashes = [bytes.fromhex(found.prints[0].value) for found in (one, other)]
    assert (int.from_bytes(hashes[0]) ^ int.from_bytes(hashes[1])).bit_count() <= 31


@pytest.mark.parametrize(
    "same",
    ["  SOME   Wörds\u200b, ﬁne. ", "some words fine", "ＳＯＭＥ ｗｏｒｄｓ ｆｉｎｅ", "So\u0301me words… fine!"],
)
def test_a_text_spelled_otherwise_is_the_same_text(same: str) -> None:
    assert text.normalised(same) == "some words fine"


def test_arabic_points_and_letter_forms_do_not_matter() -> None:
    assert text.normalised("كِتَابٌ إلى") == text.normalised("کتاب الي")


def test_vowel_signs_of_indic_scripts_stay() -> None:
    assert text.normalised("कि") != text.normalised("की")


def likeness(one: str, other: str) -> float:
    signatures = [text.signature(text.shingles(text.normalised(words))) for words in (one, other)]
    return float((signatures[0] == signatures[1]).mean())


def test_signatures_agree_about_as_much_as_the_texts() -> None:
    long = " ".join(f"word{n}" for n in range(300))
    edited = long.replace("word150 ", "another ")
    assert likeness(long, edited) > 0.9
    assert likeness(long, " ".join(f"else{n}" for n in range(300))) < 0.1


def test_markup_is_left_out() -> None:
    page_of_html = f"<!doctype html><script>var x = 1;</script><p class='a'>{ENGLISH}</p>"
    made = [text.read(io.BytesIO(data.encode()), Limits()).prints[0].value for data in (page_of_html, ENGLISH)]
    assert made[0] == made[1]


def test_sound_of_a_clip_is_found_where_it_lies() -> None:
    whole, clip, other = (
        audio.read(io.BytesIO(data), Limits()).prints
        for data in (recording(5, 20.0), recording(5, 9.0, 6.0, form="mp3", codec="libmp3lame"), recording(6, 20.0))
    )
    best = compare(clip, whole).sound[0]
    assert best.other_start - best.start == pytest.approx(6.0, abs=0.3)
    assert best.seconds > 5
    assert not compare(clip, other)


def test_sound_that_is_silent_is_refused() -> None:
    heard = recording(5, 5.0)
    start = heard.index(b"data") + 8
    with pytest.raises(FileRefused) as caught:
        audio.read(io.BytesIO(heard[:start] + bytes(len(heard) - start)), Limits())
    assert caught.value.reason == "silent"


def test_a_videos_sound_is_read_with_it() -> None:
    found = video_module.read(io.BytesIO(video(1, [(0.0, 6.0)], sound=True)), Limits())
    sound = [one for one in found.prints if one.kind == "chromaprint"]
    assert len(sound) == 1
    heard = numbers(sound[0].value)
    assert align_sound(heard, heard)[0].distance == 0

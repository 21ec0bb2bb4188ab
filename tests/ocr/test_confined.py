"""A program in bounds: one that hangs, floods, prints garbage, uses everything up or fails gets a name, and is gone after."""

from __future__ import annotations

import shlex
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from cautery.core.errors import FileRefused, SettingInvalid
from cautery.core.fingerprints import image
from cautery.ocr import reading
from cautery.ocr.command import BOUNDS, Command, command
from cautery.ocr.reading import engine, read_picture
from tests.core.fingerprints.hostile import png_claiming
from tests.core.fingerprints.pictures import encoded, picture
from tests.ocr.pictures import ENGLISH, written

GOOD = written([ENGLISH])
QUICK = replace(BOUNDS, wall_seconds=2.0, cpu_seconds=1, memory_bytes=512 << 20, answer_bytes=100_000)


def program(code: str) -> Command:
    """A command that runs this Python in quick bounds."""
    return Command((sys.executable, "-c", code), QUICK)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import time; time.sleep(60)", "too_slow"),
        ("import os, time; os.close(1); os.close(2); time.sleep(60)", "too_slow"),
        ("import subprocess; subprocess.Popen(['sleep', '60'])", "too_slow"),
        ("while True: pass", "too_slow"),
        ("while True: print('words ' * 1000)", "too_much"),
        ("import sys; sys.stdout.buffer.write(bytes(range(256)))", "garbled"),
        ("print('\\x01\\x02\\x03' * 9)", "garbled"),
        ("import sys; sys.exit(3)", "failed"),
        ("import os; os.abort()", "failed"),
        ("x = bytes(2 << 30)", "failed"),
    ],
)
def test_a_program_that_misbehaves_is_a_named_error(code: str, reason: str) -> None:
    began = time.monotonic()
    with pytest.raises(FileRefused) as caught:
        program(code).read(GOOD, ())
    assert caught.value.reason == reason
    assert time.monotonic() - began < 20


def test_what_a_failing_program_complained_of_is_told() -> None:
    with pytest.raises(FileRefused) as caught:
        program("import sys; sys.exit('No model is there.')").read(GOOD, ())
    assert caught.value.fields["said"] == "No model is there."


def test_it_has_no_network_where_the_system_allows_that_and_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAUTERY_OIDC_SECRET", "hidden")
    code = "import os, socket; print('net', *(n for _, n in socket.if_nameindex())); print(*sorted(os.environ))"
    network, names = (line.text for line in program(code).read(GOOD, ()).lines)
    assert network in {"net lo", "net"} or "eth" in network
    assert "CAUTERY" not in names


def test_it_is_given_the_picture_as_we_drew_it_not_the_file_that_came() -> None:
    code = "import sys, hashlib; d = sys.stdin.buffer.read(); print(d[1:4].decode(), b'by whoever' in d, len(d) > 500)"
    found = read_picture(encoded(picture(1), "JPEG", comment=b"by whoever"), program(code), ())
    assert found.text == "PNG False True"


def test_what_it_says_is_cleaned_of_what_cannot_be_seen() -> None:
    found = program("print('ex\\u202egpj.exe\\x00\\t  two\\n\\n.\\n\\u0628\\u200c\\u0628 words')").read(GOOD, ())
    assert [line.text for line in found.lines] == ["exgpj.exe two", "\u0628\u200c\u0628 words"]
    assert not any(line.sure or line.confidence for line in found.lines)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (png_claiming(60_000, 60_000), "too_large"),
        (GOOD[: len(GOOD) // 2], "truncated"),
        (b"words with a picture's name", "not_an_image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_an_image"),
        (b"", "empty"),
    ],
)
def test_a_hostile_file_never_reaches_the_program(data: bytes, reason: str, tmp_path: Path) -> None:
    reached = tmp_path / "reached"
    with pytest.raises(FileRefused) as caught:
        read_picture(data, program(f"open({str(reached)!r}, 'w')"), ())
    assert caught.value.reason == reason
    assert not reached.exists()


def test_a_picture_larger_than_an_engine_is_given_is_made_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PIXELS", 10_000)
    code = "import sys, struct; print('size', *struct.unpack('>II', sys.stdin.buffer.read()[16:24]))"
    assert read_picture(encoded(picture(1)), program(code), ()).text == "size 115 86"
    assert image(encoded(picture(1))).quality


@pytest.mark.parametrize("line", ["'unbalanced", "/no/such/program -x", "   "])
def test_a_setting_that_names_no_program_is_refused_with_what_to_do(line: str) -> None:
    with pytest.raises(SettingInvalid) as caught:
        engine(line)
    assert caught.value.fields["hint"]


def test_a_command_line_is_split_as_a_shell_would_and_another_call_is_another_version() -> None:
    one, other = command(shlex.join([sys.executable, "-c", "print('a b')"])), command(f"{sys.executable} -V")
    assert one.program[2] == "print('a b')"
    assert one.version != other.version
    assert engine("none") is None

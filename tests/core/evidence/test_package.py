"""Packages: what goes in comes out in other people's readers, and any change is found."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from cautery.core.errors import TamperFound
from cautery.core.evidence.berkeley import LABELS, Element, Missing, checklist, missing
from cautery.core.evidence.capture import Circumstances, Medium, Rendering, Taken
from cautery.core.evidence.cdxj import surt
from cautery.core.evidence.excerpt import excerpt, parts
from cautery.core.evidence.exchange import Exchange, Tls
from cautery.core.evidence.framing import Framing
from cautery.core.evidence.verification import verify_package
from cautery.core.evidence.wacz import ARCHIVE_PATH, DIGEST_PATH, INDEX_PATH, PACKAGE_PATH, PAGES_PATH, Draft, Package

AT = datetime(2026, 6, 15, 6, 0, 0, 123456, tzinfo=UTC)
AROUND = Circumstances("officer:1", "fr-pharos", {"name": "full"}, "direct", "the machine's")
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-ODD :  kept \r\n\r\n<title>A film</title>Words."


def exchange(url: str, said: bytes = PAGE, problem: str = "") -> Exchange:
    framing = Framing()
    framing.feed(said)
    request = f"GET {url} HTTP/1.1\r\nHost: a.test\r\n\r\n".encode()
    return Exchange(
        url, AT, request, io.BytesIO(said), len(said), framing.skipped, framing.head, "192.0.2.1", ("192.0.2.1",),
        None, AT, problem,
    )  # fmt: skip


def taken(n: int, problem: str = "") -> Taken:
    url = f"https://a.test/watch?v={n}"
    picture = exchange(f"https://a.test/{n}.png", PAGE.replace(b"Words", b"picture"))
    shown = Rendering(AT, "Chromium 150", b"\x89PNG", "Words.", b"MIME-Version: 1.0\r\n", "A film", url)
    return Taken(
        url, AT, [exchange(url, problem=problem)], AROUND, "A film", "Words.", {"meta": {}}, {"uploader": "Someone"},
        [Medium(picture, {"sha256": "0" * 64})], shown,
    )  # fmt: skip


@pytest.fixture
def package(tmp_path: Path) -> Package:
    draft = Draft(tmp_path, AT, "test")
    for n in range(3):
        draft.add(taken(n, "timeout" if n == 2 else ""))
    made = draft.finish(tmp_path / "p.wacz", title="Three")
    draft.close()
    return made


def archive(package: Package) -> bytes:
    with zipfile.ZipFile(package.path) as file:
        return file.read(ARCHIVE_PATH)


def test_every_digest_holds_in_our_check_and_in_two_independent_readers(package: Package) -> None:
    found = verify_package(package.path)
    assert (found.problems, len(found.captures)) == ([], 3)
    raw = archive(package)
    kinds = []
    for record in ArchiveIterator(io.BytesIO(raw), check_digests="raise"):
        record.raw_stream.read()
        kinds.append(record.rec_type)
    assert kinds.count("metadata") == 3
    assert kinds[0] == "warcinfo"
    checked = [
        (r.verify_block_digest(), r.headers.get("WARC-Type")) for r in FastIterator(io.BytesIO(raw), parse_http=False)
    ]
    assert [held for held, _ in checked] == [True] * len(kinds)


def test_the_response_is_in_there_byte_for_byte(package: Package) -> None:
    for record in FastIterator(io.BytesIO(archive(package)), parse_http=False):
        if record.headers.get("WARC-Type") == "response" and record.headers["WARC-Target-URI"].endswith("v=1"):
            assert record.reader.read() == PAGE
            assert record.headers["WARC-Date"] == "2026-06-15T06:00:00.123456Z"
            return
    pytest.fail("no response")


def test_the_index_leads_to_each_record(package: Package) -> None:
    raw = archive(package)
    with zipfile.ZipFile(package.path) as file:
        lines = file.read(INDEX_PATH).splitlines()
    assert lines == sorted(lines)
    for line in lines:
        said = json.loads(line.split(b" ", 2)[2])
        piece = raw[int(said["offset"]) : int(said["offset"]) + int(said["length"])]
        record = next(iter(ArchiveIterator(io.BytesIO(piece))))
        assert record.rec_headers.get_header("WARC-Target-URI") == said["url"]


def test_a_partial_capture_says_so_everywhere(package: Package) -> None:
    with zipfile.ZipFile(package.path) as file:
        listed = json.loads(file.read(PACKAGE_PATH))["captures"][2]
        page = json.loads(file.read(PAGES_PATH).splitlines()[3])
    assert (listed["state"], listed["reason"], page["state"]) == ("partial", "timeout", "partial")
    assert b"WARC-Truncated: time\r\n" in b"".join(
        b"".join(f"{k}: {v}\r\n".encode() for k, v in r.headers.items())
        for r in FastIterator(io.BytesIO(archive(package)))
    )


def changed(package: Package, name: str, data: bytes | None, also: dict[str, bytes] | None = None) -> Path:
    """The package with one file replaced (None: left out), and others beside."""
    target = package.path.with_name("changed.wacz")
    with zipfile.ZipFile(package.path) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.namelist():
            content = data if entry == name else old.read(entry)
            if content is not None:
                new.writestr(entry, content)
        for entry, content in (also or {}).items():
            new.writestr(entry, content)
    return target


@pytest.mark.parametrize("name", [ARCHIVE_PATH, INDEX_PATH, PAGES_PATH, PACKAGE_PATH, DIGEST_PATH])
def test_a_file_that_is_missing_or_altered_is_named(package: Package, name: str) -> None:
    with zipfile.ZipFile(package.path) as file:
        content = bytearray(file.read(name))
    content[len(content) // 2] ^= 1
    for data in (bytes(content), None):
        found = verify_package(changed(package, name, data))
        assert not found.ok
        assert any(name in problem.place or name == DIGEST_PATH for problem in found.problems)


def test_a_file_nobody_listed_is_named(package: Package) -> None:
    found = verify_package(changed(package, "", None, {"archive/more.warc.gz": b"x"}))
    assert [(p.place, p.reason) for p in found.problems] == [("archive/more.warc.gz", "not_listed")]


def test_lists_written_anew_around_an_altered_record_do_not_hide_it(package: Package) -> None:
    raw = bytearray(archive(package))
    description = json.loads(zipfile.ZipFile(package.path).read(PACKAGE_PATH))
    raw[description["captures"][1]["offset"] + 40] ^= 1
    description["resources"][0]["hash"] = f"sha256:{sha256(raw).hexdigest()}"
    text = json.dumps(description).encode()
    target = changed(package, ARCHIVE_PATH, bytes(raw))
    with zipfile.ZipFile(target) as old:
        files = {name: old.read(name) for name in old.namelist()}
    files[PACKAGE_PATH] = text
    files[DIGEST_PATH] = json.dumps({"path": PACKAGE_PATH, "hash": f"sha256:{sha256(text).hexdigest()}"}).encode()
    with zipfile.ZipFile(target, "w") as new:
        for name, content in files.items():
            new.writestr(name, content)
    assert not verify_package(target).ok


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x05\x06" + b"\0" * 18, b"\0" * 1_000])
def test_what_is_no_package_is_told_and_raises_nothing(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "x.wacz"
    file.write_bytes(data)
    assert not verify_package(file).ok


def test_a_package_cut_off_anywhere_does_not_look_whole(package: Package, tmp_path: Path) -> None:
    whole = package.path.read_bytes()
    for length in range(0, len(whole), max(1, len(whole) // 40)):
        file = tmp_path / "cut.wacz"
        file.write_bytes(whole[:length])
        assert not verify_package(file).ok, length


def test_nothing_has_the_name_until_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cautery.core.evidence.wacz.os.fsync", full)
    draft = Draft(tmp_path, AT, "test")
    draft.add(taken(1))
    with pytest.raises(OSError, match="No space"):
        draft.finish(tmp_path / "p.wacz", title="x")
    draft.close()
    assert list(tmp_path.glob("*p.wacz*")) == []


def test_an_excerpt_holds_one_capture_with_the_very_bytes(package: Package, tmp_path: Path) -> None:
    name = package.captures[1].id
    made = excerpt(package.path, name, tmp_path / "one.wacz", tmp_path, at=AT, software="test")
    found = verify_package(made.path)
    assert (found.problems, [c["sha256"] for c in found.captures]) == ([], [package.captures[1].digest])
    records = list(parts(io.BytesIO(archive(made))))
    assert {url for kind, url, _ in records if kind == "response"} == {
        "https://a.test/watch?v=1",
        "https://a.test/1.png",
    }


def test_an_excerpt_of_altered_records_is_refused(package: Package, tmp_path: Path) -> None:
    raw = bytearray(archive(package))
    raw[package.captures[1].offset + 30] ^= 1
    with pytest.raises(TamperFound):
        excerpt(
            changed(package, ARCHIVE_PATH, bytes(raw)),
            package.captures[1].id,
            tmp_path / "o",
            tmp_path,
            at=AT,
            software="t",
        )


def test_the_list_of_the_berkeley_protocol_is_whole_or_says_what_is_missing_and_why(package: Package) -> None:
    for record in ArchiveIterator(io.BytesIO(archive(package))):
        if record.rec_type == "metadata":
            listed = json.loads(record.content_stream().read())["checklist"]
            assert list(listed) == sorted(str(e) for e in Element)
            assert missing(listed) == {"rdap": "no RDAP service is set (CAUTERY_RDAP_BASE)"}
    assert set(LABELS) == set(Element)


def test_an_element_nobody_spoke_of_is_an_error() -> None:
    with pytest.raises(ValueError, match="rdap"):
        checklist({element: "x" for element in Element if element is not Element.RDAP})
    with pytest.raises(ValueError, match="reason"):
        checklist({element: Missing("") for element in Element})


def test_tls_is_among_the_facts() -> None:
    one = exchange("https://a.test/")
    one.tls = Tls("TLSv1.3", "AES", "ab", "PEM", "self-signed certificate")
    said = one.facts()["tls"]
    assert (said["verified"], said["problem"], one.reason) == (False, "self-signed certificate", "tls_not_verified")


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.Example.com/Path?b=2&a=1", "com,example)/path?a=1&b=2"),
        ("http://example.com:8080", "com,example:8080)/"),
        ("https://example.com:443/", "com,example)/"),
        ("http://192.0.2.1/x", "192.0.2.1)/x"),
        ("urn:text:https://a.test/ b", "urn:text:https://a.test/%20b"),
        ("http://[bad", "http://[bad"),
    ],
)
def test_addresses_are_turned_round_for_the_index(url: str, key: str) -> None:
    assert surt(url) == key

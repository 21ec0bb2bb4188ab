"""Mail fetched from a Maildir and over IMAP: kept before it is marked, nothing lost, nothing twice."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from cautery.core.errors import SettingInvalid, Unreachable
from cautery.fetch import mail as fetched
from cautery.fetch.mail import BEGINNING, ImapBox, MaildirBox, open_box
from tests.servers import free_port, raw_server


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    for name in ("cur", "new", "tmp"):
        (tmp_path / name).mkdir()
    return tmp_path


def test_what_is_new_is_handed_over_and_then_seen(maildir: Path) -> None:
    (maildir / "new" / "1.a").write_bytes(b"one")
    (maildir / "new" / "2.b").write_bytes(b"two")
    kept: list[bytes] = []
    assert MaildirBox(maildir).take(kept.append) == 2
    assert MaildirBox(maildir).take(kept.append) == 0
    assert kept == [b"one", b"two"]
    assert sorted(path.name for path in (maildir / "cur").iterdir()) == ["1.a:2,S", "2.b:2,S"]


def test_what_could_not_be_kept_stays_new(maildir: Path) -> None:
    (maildir / "new" / "1.a").write_bytes(b"one")

    def fail(_: bytes) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        MaildirBox(maildir).take(fail)
    assert [path.name for path in (maildir / "new").iterdir()] == ["1.a"]


def test_a_mail_too_long_is_kept_by_its_beginning_and_flagged(maildir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetched, "BOX_BYTES", 300_000)
    (maildir / "new" / "1.a").write_bytes(b"Subject: long\r\n\r\n" + b"x" * 400_000)
    kept: list[bytes] = []
    MaildirBox(maildir).take(kept.append)
    assert kept[0].startswith(b"X-Cautery-Truncated: 400017\r\nSubject: long")
    assert len(kept[0]) < BEGINNING + 100
    (stays,) = (maildir / "cur").iterdir()
    assert stays.name == "1.a:2,FS"
    assert stays.stat().st_size == 400_017


class Imap:
    """A mailbox of an IMAP server, as much of it as is asked for."""

    def __init__(self, mails: dict[int, bytes]) -> None:
        self.mails = mails
        self.flags: dict[int, str] = {}
        self.deaf = False

    def talk(self, connection: socket.socket) -> None:
        connection.sendall(b"* OK ready\r\n")
        for line in connection.makefile("rb"):
            tag, _, command = line.decode().strip().partition(" ")
            word = command.split()[0].upper()
            if word == "LOGIN" and "secret" not in command:
                connection.sendall(f"{tag} NO no such user\r\n".encode())
                continue
            connection.sendall(self.answer(command) + f"{tag} OK done\r\n".encode())
            if word == "LOGOUT":
                return

    def answer(self, command: str) -> bytes:
        if command.upper().startswith("CAPABILITY"):
            return b"* CAPABILITY IMAP4rev1\r\n"
        if command.upper().startswith("SELECT"):
            return f"* {len(self.mails)} EXISTS\r\n".encode()
        if "SEARCH" in command:
            unseen = " ".join(str(number) for number in self.mails if number not in self.flags)
            return f"* SEARCH {unseen}\r\n".encode()
        if "STORE" in command:
            number = int(command.split()[2])
            self.flags[number] = command.partition("(")[2].rstrip(")")
            return b""
        if "FETCH" in command:
            return self.fetched(command)
        return b""

    def fetched(self, command: str) -> bytes:
        number = int(command.split()[2])
        raw = self.mails[number]
        if "SIZE" in command:
            return f"* {number} FETCH (UID {number} RFC822.SIZE {len(raw)})\r\n".encode()
        if found := re.search(r"<0\.(\d+)>", command):
            raw = raw[: int(found.group(1))]
        return f"* {number} FETCH (UID {number} BODY[] {{{len(raw)}}}\r\n".encode() + raw + b")\r\n"


@pytest.fixture
def imap() -> Iterator[tuple[Imap, int]]:
    server = Imap({1: b"Subject: a\r\n\r\nOne.\r\n", 7: b"Subject: b\r\n\r\nTwo.\r\n"})
    with raw_server(server.talk) as port:
        yield server, port


def box(port: int, word: str = "secret") -> ImapBox:
    return ImapBox("127.0.0.1", port, "unit", word, "INBOX", plain=True)


def test_unseen_mail_is_handed_over_once(imap: tuple[Imap, int]) -> None:
    server, port = imap
    kept: list[bytes] = []
    assert box(port).take(kept.append) == 2
    assert box(port).take(kept.append) == 0
    assert kept == list(server.mails.values())
    assert server.flags == {1: "\\Seen", 7: "\\Seen"}


def test_a_mail_too_long_is_fetched_in_part_and_flagged(
    imap: tuple[Imap, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, port = imap
    monkeypatch.setattr(fetched, "BOX_BYTES", 300_000)
    server.mails = {3: b"Subject: long\r\n\r\n" + b"x" * 400_000}
    kept: list[bytes] = []
    box(port).take(kept.append)
    assert kept[0].startswith(b"X-Cautery-Truncated: 400017\r\n")
    assert server.flags == {3: "\\Seen \\Flagged"}


def test_a_mailbox_that_cannot_be_read_is_an_error_that_passes(imap: tuple[Imap, int]) -> None:
    with pytest.raises(Unreachable):
        box(imap[1], word="wrong").take(print)
    with pytest.raises(Unreachable):
        box(free_port()).take(print)


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("/nowhere", "not_a_maildir"),
        ("imap://unit@mail.test/INBOX", "no_tls"),
        ("imap://unit@127.0.0.1/INBOX", "no_tls"),
        ("imaps://mail.test/INBOX", "incomplete"),
        ("imaps://unit@/INBOX", "incomplete"),
    ],
)
def test_a_place_that_cannot_be_right_is_refused_with_a_hint(place: str, reason: str, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("secret\n")
    with pytest.raises(SettingInvalid) as refused:
        open_box(place, password)
    assert refused.value.fields["reason"] == reason
    assert refused.value.fields["hint"]


def test_a_place_is_a_maildir_or_a_mailbox_over_tls(maildir: Path) -> None:
    password = maildir / "password"
    password.write_text("secret\n")
    assert open_box(str(maildir), None) == MaildirBox(maildir)
    assert open_box("imaps://u%40x.test@mail.test/Replies", password) == ImapBox(
        "mail.test", 993, "u@x.test", "secret", "Replies"
    )
    assert open_box("imap://unit@127.0.0.1:1143", password, rehearsal=True) == ImapBox(
        "127.0.0.1", 1143, "unit", "secret", "INBOX", plain=True
    )

"""Mail as it comes in: kept, matched to its notice, believed only with proof, never acted on twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from cautery.core.mail.belongs import reply_address
from cautery.directory.models import Provider
from cautery.fetch.mail import MaildirBox
from cautery.intake.models import Operation
from cautery.pipeline.inbox import Reader, collect, delivered
from cautery.refer.models import Delivery, Notice
from cautery.track.actions import keep_mail
from cautery.track.models import Answer, Mail
from tests import factories as make

pytestmark = pytest.mark.django_db
VIDEO = "https://www.youtube.com/watch?v={:011d}"
US, KEY = "referrals@unit.test", b"k" * 32
MESSAGE = "0123456789abcdef" * 2 + "01234567"
READER = Reader(US, KEY)


@pytest.fixture(autouse=True)
def frame() -> Operation:
    """Two notices sent to one provider in one message."""
    host = make.provider(hosts=["www.youtube.com"], api_base="http://api.test", email="abuse@video.test")
    frame = make.operation()
    episodes = make.flagged(frame, [VIDEO.format(n) for n in range(2)])
    make.identified(episodes, host=host)
    make.matched(episodes)
    make.decided(frame)
    make.signed(frame)
    make.composed(host)
    make.released(frame)
    make.sent(host)
    Delivery.objects.update(message_id=MESSAGE)
    return frame


def token(message: str = MESSAGE) -> str:
    return reply_address(US, KEY, message)


def key() -> str:
    return Notice.objects.order_by("pk")[0].idempotency_key


def answers(*keys: str) -> bytes:
    rows = [{"idempotency_key": k, "answer": "removed", "at": make.hours(25).isoformat()} for k in keys]
    return json.dumps({"answers": rows}).encode()


def mail(payload: bytes | None = None, text: str = "Words.", **headers: str) -> bytes:
    message = EmailMessage()
    given = {"From": "Abuse <abuse@video.test>", "To": token(), "Subject": "Re: Referral"} | headers
    for name, value in given.items():
        if value:
            message[name.replace("_", "-")] = value
    message.set_content(text)
    if payload is not None:
        message.add_attachment(payload, maintype="application", subtype="json", filename="answers.json")
    return message.as_bytes()


def read(raw: bytes, reader: Reader = READER) -> Mail:
    keep_mail(raw, by=make.SYSTEM, at=make.hours(25))
    reader.read(make.hours(26))
    return Mail.objects.order_by("-pk")[0]


@pytest.mark.parametrize(
    ("make_raw", "meaning", "problem", "heard"),
    [
        (lambda: mail(answers(key())), "answers", "", 1),
        (lambda: mail(answers(key()), From="Other <other@video.test>"), "answers", "", 1),
        (lambda: mail(answers(key()), To=US), "unproven", "address we gave", 0),
        (lambda: mail(answers(key()), From="abuse@elsewhere.test"), "unproven", "not written under", 0),
        (lambda: mail(answers(key()), To=token()[:20] + "0" + token()[21:]), "unproven", "address we gave", 0),
        (lambda: mail(answers(key()), To=token("f" * 40)), "unproven", "", 0),
        (lambda: mail(answers("nobody's")), "answers", "no such notice", 0),
        (lambda: mail(b"["), "reply", "answers.json", 0),
        (lambda: mail(b"[" * 100_000), "reply", "answers.json", 0),
        (lambda: mail(answers(key()), X_Loop=US), "loop", "our own mail", 0),
        (
            lambda: mail(None, "We have received your report, thank you.", Auto_Submitted="auto-replied"),
            "acknowledgement",
            "",
            0,
        ),
        (lambda: mail(None, "I am out of the office.", Auto_Submitted="auto-replied"), "auto_reply", "", 0),
        (lambda: mail(None, "We have removed it."), "reply", "a person answers", 0),
        (lambda: mail(None, "Buy now", From="x@elsewhere.test", To=US, Subject="Offer"), "unmatched", "", 0),
        (lambda: b"\xff\x00 no mail at all", "unmatched", "", 0),
        (lambda: b"", "unmatched", "", 0),
        (lambda: b"X-Cautery-Truncated: 99999999\r\n" + mail(None, "long"), "quarantined", "too long", 0),
    ],
)
def test_mail_is_kept_read_once_and_marked_with_what_it_was(
    make_raw: Callable[[], bytes], meaning: str, problem: str, heard: int
) -> None:
    raw = make_raw()
    assert keep_mail(raw, by=make.SYSTEM, at=make.hours(25))
    assert not keep_mail(raw, by=make.SYSTEM, at=make.hours(26))
    assert READER.read(make.hours(26)) == 1
    assert READER.read(make.hours(26)) == 0
    kept = Mail.objects.get()
    assert (bytes(kept.raw), kept.meaning, kept.read_at) == (raw, meaning, make.hours(26))
    assert problem in kept.problem
    assert Answer.objects.count() == heard


def test_a_reply_is_matched_to_its_notices_by_token_reference_or_message() -> None:
    references = list(Notice.objects.order_by("pk").values_list("reference", flat=True))
    assert read(mail(None, "Gone.")).references == references
    assert read(mail(None, f"About {references[1]}", To=US, From="a@elsewhere.test")).references == references[1:]
    assert read(mail(None, "Gone!", To=US, In_Reply_To=f"<{MESSAGE}@unit.test>")).references == references


def test_a_bounce_is_matched_and_believed_by_nobody() -> None:
    text = "This is the mail system.\n\n<abuse@video.test>: user unknown, 550 5.1.1\n\n--- Original message ---\nMessage-ID: <%s@unit.test>\n"
    found = read(
        mail(None, text % MESSAGE, From="MAILER-DAEMON@mx.test", To=US, Subject="Undelivered Mail", Return_Path="<>")
    )
    assert found.meaning == "bounce"
    assert "user unknown" in found.problem
    assert len(found.references) == 2
    assert Delivery.objects.filter(state="delivered").count() == 2


def test_with_a_trusted_host_the_token_alone_is_not_enough() -> None:
    strict = Reader(US, KEY, "mx.unit.test")
    assert read(mail(answers(key())), strict).meaning == "unproven"
    signed = mail(answers(key()), Authentication_Results="mx.unit.test; dkim=pass header.d=video.test")
    assert read(signed, strict).meaning == "answers"
    assert Answer.objects.count() == 1


def test_another_providers_token_opens_only_its_own_notices() -> None:
    other = make.provider(slug="other", hosts=["other.test"], api_base="http://b.test", email="abuse@other.test")
    Delivery.objects.filter(notice=Notice.objects.order_by("-pk")[0]).update(provider=other, message_id="e" * 40)
    Notice.objects.filter(delivery__provider=other).update(provider=other)
    kept = read(mail(answers(key()), To=token("e" * 40), From="abuse@other.test"))
    assert "no such notice" in kept.problem
    assert Answer.objects.count() == 0


def test_the_same_answer_in_two_mails_is_one_answer() -> None:
    read(mail(answers(key())))
    read(mail(answers(key()), text="Again."))
    assert (Mail.objects.filter(meaning="answers").count(), Answer.objects.count()) == (2, 1)


def test_two_answers_that_contradict_are_both_kept_and_the_later_stands() -> None:
    read(mail(answers(key())))
    later = json.dumps(
        {"answers": [{"idempotency_key": key(), "answer": "declined", "at": make.hours(26).isoformat()}]}
    )
    read(mail(later.encode()))
    assert sorted(Answer.objects.values_list("answer", flat=True)) == ["declined", "removed"]


def test_a_bounce_of_thirty_megabytes_is_read_by_its_beginning() -> None:
    head = (
        b"From: MAILER-DAEMON@mx.test\r\nTo: "
        + US.encode()
        + b"\r\nSubject: Undelivered Mail Returned to Sender\r\nReturn-Path: <>\r\n\r\n"
    )
    text = (
        b"<abuse@video.test>: 552 5.3.4 message too big\r\n\r\n--- Original message ---\r\nMessage-ID: <"
        + MESSAGE.encode()
        + b"@unit.test>\r\n"
    )
    found = read(head + text + b"x" * 70 * 450_000)
    assert (found.meaning, len(found.references)) == ("bounce", 2)


def test_mail_from_a_mailbox_is_kept_like_any_other(tmp_path: Path) -> None:
    for name in ("cur", "new", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "1").write_bytes(mail(answers(key())))
    assert collect(MaildirBox(tmp_path), make.hours(25)) == 1
    assert READER.read(make.hours(26)) == 1
    assert Answer.objects.count() == 1


def test_the_last_host_says_for_whom_it_came_and_the_same_mail_stays_the_same() -> None:
    raw = mail(answers(key()), To="undisclosed")
    once = delivered(raw, "abuse@video.test", [token()])
    assert once == delivered(raw, "abuse@video.test", [token()])
    assert once.endswith(raw)
    assert read(once).meaning == "answers"
    assert b"\r\nX-Evil" not in delivered(b"", "a@b\r\nX-Evil: 1", [])


def test_providers_without_mail_are_no_bodys_sender() -> None:
    Provider.objects.update(email="")
    assert read(b"From: a@\r\nTo: x@y.test\r\n\r\nHello.\r\n").meaning == "unmatched"

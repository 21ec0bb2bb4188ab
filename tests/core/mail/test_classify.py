"""What mails are, in many languages and forms; every one made up here."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cautery.core.mail.belongs import belongings
from cautery.core.mail.classify import classify
from cautery.core.mail.kinds import Classified, Kind
from cautery.core.mail.letter import read_letter
from tests.core.mail.letters import ANSWER, raw


def told(message: bytes) -> Classified:
    return classify(read_letter(message))


def kind(message: bytes) -> Kind:
    return told(message).kind


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Re: Referral of 3 items", "We have removed all three.\n\n> We refer the following items\n> to you"),
        (
            "AW: Referral of 1 item",
            "Sehr geehrte Damen und Herren,\n\nder Inhalt wurde entfernt.\n\nMit freundlichen Grüßen",
        ),
        ("RE : Referral of 1 item", "Bonjour,\n\nLe contenu a été supprimé ce matin.\n\nCordialement"),
        ("RV: Re: Referral", "Buenos días, la cuenta ya no existe y la dirección no existe desde ayer."),
        ("R: Referral of 2 items", "Buongiorno, abbiamo rimosso entrambi i contenuti."),
        ("Odp: Referral", "Dzień dobry, treść została usunięta. Dziękujemy za zgłoszenie."),
        ("Отв: Referral", "Здравствуйте. Материал удален. Спасибо за обращение."),
        ("رد: Referral", "مرحبا، تم حذف المحتوى المذكور. شكرا لكم."),
        ("回复：Referral", "您好，相关内容已删除。谢谢。"),
        ("Re: Referral", "お世話になっております。該当の投稿を削除しました。"),
        ("Antw: Referral", "Beste collega, het bericht is verwijderd. Bedankt voor uw melding."),
        ("SV: Referral", "Hej, innehållet är borttaget. Tack för ert meddelande."),
        ("YNT: Referral", "Merhaba, içerik kaldırıldı."),
        (
            "Re: Undeliverable: Referral",
            "Our server told you the mailbox was full (552 5.2.2 Mailbox full). It is fixed. User unknown was an error of ours.",
        ),
        (
            "Re: [Ticket#20260615] Referral",
            "Thank you for your report. We have removed the content. Ticket number 20260615. Our abuse team",
        ),
        ("Re: Out of office", "I am back. Which link did you mean?\n\n> I am out of the office until Monday"),
        (
            "Re: Referral",
            "Could not be delivered to the app store either, so we blocked it by hand. Your message was rejected by our filter first: 550 5.7.1",
        ),
    ],
)
def test_a_person_who_answers_is_never_a_machine(subject: str, body: str) -> None:
    assert kind(raw(body, Subject=subject, **ANSWER)) is Kind.REPLY


@pytest.mark.parametrize(
    "quoted", ["550 5.1.1 User unknown", "Delivery Status Notification (Failure)", "I am out of the office"]
)
def test_what_a_person_quotes_is_not_what_they_say(quoted: str) -> None:
    body = f"Did you mean this one? We got:\n\n> From: MAILER-DAEMON\n> Subject: Undelivered Mail\n> {quoted}\n> The mail system"
    assert kind(raw(body, Subject="Re: Referral", **ANSWER)) is Kind.REPLY


def test_a_bounce_that_a_person_forwards_is_no_bounce() -> None:
    body = (
        "FYI\n\n-------- Forwarded Message --------\nFrom: Mail Delivery System "
        "<MAILER-DAEMON@x.example>\nSubject: Undelivered Mail\n\n<a@b.example>: user "
        "unknown, 550 5.1.1"
    )
    assert kind(raw(body, Subject="Fwd: Undelivered Mail Returned to Sender")) is not Kind.BOUNCE


def test_an_html_only_reply_in_arabic_is_read() -> None:
    body = '<html dir="rtl"><body><p>السلام عليكم، تم حذف المحتوى.</p><blockquote>Referral of 1 item 550 user unknown</blockquote></body></html>'
    letter = read_letter(raw(body, kind="html", Subject="رد: Referral", **ANSWER))
    assert classify(letter).kind is Kind.REPLY
    assert letter.html_only
    assert "تم حذف المحتوى" in letter.text


@pytest.mark.parametrize(
    ("charset", "declared"),
    [("windows-1256", "windows-1256"), ("utf-8", "us-ascii"), ("utf-8", "x-none"), ("iso2022_jp", "us-ascii")],
)
def test_a_wrong_charset_is_seen_through(charset: str, declared: str) -> None:
    words = "削除しました" if charset == "iso2022_jp" else "تم حذف المحتوى"
    message = raw(words, charset=charset, Subject="Re: x", **ANSWER).replace(
        f"charset={charset}".encode(), f"charset={declared}".encode()
    )
    assert words in read_letter(message).text
    assert kind(message) is Kind.REPLY


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Automatic reply: Referral", "I will be out of the office until 1 July with limited access to email."),
        (
            "Abwesenheitsnotiz",
            "Ich bin bis zum 1. Juli nicht im Büro. In dringenden Fällen wenden Sie sich an die Zentrale.",
        ),
        ("Réponse automatique : Referral", "Je suis absent du bureau jusqu'au 1er juillet."),
        ("Respuesta automática: Referral", "Estaré fuera de la oficina hasta el 1 de julio."),
        ("Resposta automática", "Estou de férias até 1 de julho."),
        ("Risposta automatica: x", "Sono in ferie fino al 1 luglio."),
        ("Automatisch antwoord: x", "Ik ben afwezig tot 1 juli."),
        ("Autosvar", "Jag är på semester till 1 juli."),
        ("Automaattinen vastaus", "Olen lomalla 1.7. asti."),
        ("Autoodpowiedź", "Jestem na urlopie do 1 lipca."),
        ("Automatická odpověď", "Jsem na dovolené do 1. července."),
        ("Автоматический ответ: x", "Я нахожусь в отпуске до 1 июля."),
        ("رد تلقائي: x", "أنا خارج المكتب حتى الأول من يوليو."),
        ("自动回复: x", "我正在休假，七月一日回来。"),
        ("自動応答: x", "休暇中のため、返信が遅れます。"),
        ("자동 회신: x", "휴가 중입니다."),
        ("Otomatik yanıt: x", "1 Temmuz'a kadar yıllık izindeyim."),
        ("תשובה אוטומטית", "אני בחופשה עד הראשון ביולי."),
        ("Out of office Re: Referral", "I'm away on annual leave."),
        (
            "Re: Referral",
            "I am currently out of the office and will be back on Monday. For urgent matters call my colleague.",
        ),
        (
            "Please confirm your message",
            (
                "Your message is being held until you confirm that you are a human: click the "
                "link to deliver it. You are not on my list of approved senders."
            ),
        ),
    ],
)
def test_nobody_is_there_in_many_languages_and_without_a_mark(subject: str, body: str) -> None:
    assert kind(raw(body, Subject=subject)) is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        (
            "[Ticket #4711223] Referral of 1 item",
            "Thank you for contacting our abuse team. Your request has been received and a ticket has been created. Your ticket number is 4711223.",
        ),
        (
            "Abuse Report Received - AB-99120",
            "Dear reporter,\n\nThank you for your abuse report. We have opened case AB-99120 and our team is investigating.\n",
        ),
        (
            "Eingangsbestätigung Ihrer Meldung",
            (
                "Vielen Dank für Ihre Meldung. Wir haben Ihre Nachricht erhalten. Ihre "
                "Vorgangsnummer lautet 20260615-33. Diese E-Mail wurde automatisch erzeugt."
            ),
        ),
        (
            "Accusé de réception de votre signalement",
            "Nous avons bien reçu votre signalement. Numéro de dossier : 88123. Ceci est un message automatique.",
        ),
        (
            "Acuse de recibo: denuncia",
            "Hemos recibido su denuncia. Su número de caso es 88123. Gracias por contactar con nosotros. Mensaje automático.",
        ),
        ("Confirmação de recebimento", "Recebemos a sua denúncia. O número de protocolo é 88123. Mensagem automática."),
        ("Conferma di ricezione", "Abbiamo ricevuto la sua segnalazione. Numero ticket: 88123. Messaggio automatico."),
        ("Ваше обращение принято", "Благодарим за обращение. Номер обращения: 88123. Это автоматическое сообщение."),
        ("تم استلام بلاغكم", "تم استلام بلاغكم، رقم البلاغ 88123. هذه رسالة آلية، شكرا لكم."),
        ("已收到您的举报", "感谢您的举报，我们已收到。工单编号：88123。此邮件为自动发送。"),
        (
            "お問い合わせを受け付けました",
            "お問い合わせいただきありがとうございます。受付番号: 88123。このメールは自動送信です。",
        ),
        (
            "Potwierdzenie przyjęcia zgłoszenia",
            "Otrzymaliśmy Państwa zgłoszenie. Numer zgłoszenia: 88123. Wiadomość automatyczna.",
        ),
    ],
)
@pytest.mark.parametrize("marked", [True, False])
def test_a_desk_that_took_it_in_acknowledges(subject: str, body: str, marked: bool) -> None:
    marks = {"Auto_Submitted": "auto-replied"} if marked else {}
    found = told(raw(body, Subject=subject, **marks))
    assert found.kind is Kind.ACKNOWLEDGEMENT
    if any(c.isdigit() for c in body):
        assert any(number in found.ticket for number in ("4711223", "99120", "20260615", "88123"))


@pytest.mark.parametrize(
    ("sender", "subject", "body", "address"),
    [
        (
            "MAILER-DAEMON@mx.example",
            "failure notice",
            (
                "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to "
                "deliver your message to the following addresses.\n\n<abuse@p.example>:\nSorry, "
                "no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the "
                "message.\n"
            ),
            "abuse@p.example",
        ),
        (
            "Mail Delivery System <Mailer-Daemon@mx.example>",
            "Mail delivery failed: returning message to sender",
            (
                "A message that you sent could not be delivered to one or more of "
                "its\nrecipients. The following address(es) failed:\n\n  abuse@p.example\n    "
                "host mx.p.example: 552 Mailbox quota exceeded\n"
            ),
            "abuse@p.example",
        ),
        (
            "postmaster@mx.example",
            "Unzustellbar: Referral",
            (
                "Fehler bei der Nachrichtenzustellung. Die Nachricht konnte an folgende "
                "Empfänger nicht zugestellt werden:\n\nabuse@p.example\n\nDer Empfänger ist "
                "unbekannt."
            ),
            "abuse@p.example",
        ),
        (
            "postmaster@mx.example",
            "Non remis : Referral",
            (
                "Votre message n'a pas pu être remis aux destinataires suivants :\n\n  "
                "abuse@p.example\n\nAdresse inconnue."
            ),
            "abuse@p.example",
        ),
        (
            "postmaster@mx.example",
            "No se puede entregar: Referral",
            (
                "No se pudo entregar el mensaje a los siguientes "
                "destinatarios:\n\nabuse@p.example\n\nEl buzón no existe."
            ),
            "abuse@p.example",
        ),
        (
            "MAILER-DAEMON@mx.example",
            "Недоставленное сообщение",
            ("Ваше сообщение не может быть доставлено:\n\nabuse@p.example\n\nПользователь не найден."),
            "abuse@p.example",
        ),
        (
            "postmaster@mx.example",
            "系统退信",
            "很抱歉，您的邮件无法投递到以下收件人：\n\nabuse@p.example\n\n收件人不存在。",
            "abuse@p.example",
        ),
        (
            "MAILER-DAEMON@mx.example",
            "配信不能通知",
            ("次の宛先にメールを配信できませんでした。\n\n<abuse@p.example>\n\n宛先が見つかりません。"),
            "abuse@p.example",
        ),
        (
            "postmaster@mx.example",
            "تعذر تسليم الرسالة",
            "لم يتم تسليم رسالتك إلى:\n\nabuse@p.example\n",
            "abuse@p.example",
        ),
        (
            "postmaster@mx.example",
            "Olevererbart: Referral",
            "Meddelandet kunde inte levereras till:\n\nabuse@p.example\n",
            "abuse@p.example",
        ),
    ],
)
def test_a_bounce_in_nobodys_form_is_a_bounce(sender: str, subject: str, body: str, address: str) -> None:
    found = told(raw(body, From=sender, Subject=subject, Return_Path="<>"))
    assert found.kind is Kind.BOUNCE
    assert found.addresses == (address,)
    assert found.action == "failed"


DSN = """--b
Content-Type: text/plain

{words}

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Mon, 15 Jun 2026 08:00:00 +0200

Final-Recipient: rfc822; abuse@p.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--b
Content-Type: message/rfc822

From: referrals@unit.example
Message-ID: <n1@unit.example>
Subject: Referral of 1 item (CTY-202606-0000001)

text
--b--
"""


def dsn(action: str, status: str, said: str, **headers: str) -> bytes:
    body = DSN.format(words="This is the mail system.", action=action, status=status, said=said)
    given = {"From": "MAILER-DAEMON@mx.example", "Subject": "Undelivered Mail", "Return_Path": "<>"} | headers
    return raw(body, **given).replace(
        b"Content-Type: text/plain; charset=utf-8",
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        1,
    )


@pytest.mark.parametrize(
    ("action", "status", "said", "cause", "outcome"),
    [
        ("failed", "5.1.1", "550 5.1.1 user unknown", "user_unknown", "failed"),
        ("failed (bad destination mailbox address)", "5.2.2", "552 5.2.2 over quota", "mailbox_full", "failed"),
        ("delayed", "4.4.1", "connect to mx.p.example: Connection timed out", "mail_loop", "delayed"),
        ("delivered", "2.0.0", "250 2.0.0 OK", "delivered", "delivered"),
        ("relayed", "2.1.9", "250 relayed", "delivered", "delivered"),
        (
            "failed",
            "5.7.1",
            "554 5.7.1 Service unavailable; client [192.0.2.1] blocked using Spamhaus",
            "blocked",
            "failed",
        ),
    ],
)
def test_a_delivery_report_says_whether_it_is_final(
    action: str, status: str, said: str, cause: str, outcome: str
) -> None:
    found = told(dsn(action, status, said))
    assert (found.kind, found.cause, found.action, found.status) == (Kind.BOUNCE, cause, outcome, status)
    assert found.addresses == ("abuse@p.example",)
    assert said[:20] in found.reason


def test_a_delivery_report_forwarded_by_a_person_is_theirs() -> None:
    forwarded = dsn(
        "failed",
        "5.1.1",
        "550",
        From="Ann <ann@p.example>",
        Subject="Fwd: Undelivered Mail",
        Return_Path="<ann@p.example>",
    )
    assert kind(forwarded) is not Kind.BOUNCE


def test_a_receipt_of_reading_is_a_machines() -> None:
    message = dsn("displayed", "2.0.0", "x").replace(
        b"report-type=delivery-status", b"report-type=disposition-notification"
    )
    assert kind(message) is Kind.AUTO_REPLY


def test_a_feedback_report_is_one() -> None:
    body = (
        "--b\nContent-Type: text/plain\n\nspam\n\n--b\nContent-Type: "
        "message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: x\nVersion: "
        "1\nOriginal-Rcpt-To: a@b.example\n\n--b--\n"
    )
    message = raw(body, Subject="complaint").replace(
        b"text/plain; charset=utf-8", b"multipart/report; report-type=feedback-report; boundary=b", 1
    )
    found = told(message)
    assert (found.kind, found.cause, found.addresses) == (Kind.FEEDBACK_REPORT, "abuse", ("a@b.example",))


@pytest.mark.parametrize(
    ("subject", "body", "headers"),
    [
        (
            "Phishing site hosted on 192.0.2.7",
            "Dear abuse team, we have detected a phishing page on your server 192.0.2.7. Please remove the content.",
            {},
        ),
        (
            "Notice of copyright infringement",
            (
                "I have a good faith belief that the use of the material is not authorized. "
                "http://x.example/a http://x.example/b Under penalty of perjury."
            ),
            {},
        ),
        ("report 1", "Reported-From: a@b.example", {"X_XARF": "PLAIN", "Auto_Submitted": "auto-generated"}),
        (
            "SSH brute force attack from 192.0.2.9",
            "Your server 192.0.2.9 has attacked one of our systems. Log lines are attached.",
            {"Auto_Submitted": "auto-generated"},
        ),
    ],
)
def test_somebody_elses_report_is_an_abuse_notice(subject: str, body: str, headers: dict[str, str]) -> None:
    assert kind(raw(body, Subject=subject, **headers)) is Kind.ABUSE_NOTICE


@pytest.mark.parametrize(
    ("subject", "body", "headers"),
    [
        ("Our June newsletter", "New features!", {"List_Unsubscribe": "<mailto:u@x.example>", "Precedence": "bulk"}),
        ("Lunch?", "Shall we meet at noon?", {}),
        ("", "", {}),
        ("Invoice 2026-118", "Please find your invoice attached.", {"Auto_Submitted": "auto-generated"}),
    ],
)
def test_the_rest_is_something_else(subject: str, body: str, headers: dict[str, str]) -> None:
    assert kind(raw(body, Subject=subject, **headers)) is Kind.OTHER


def test_bare_text_is_a_persons() -> None:
    assert kind(b"We removed it.\n\nSent from my phone\n") is Kind.REPLY
    assert kind(b"<div>Done.</div><blockquote>Referral</blockquote>") is Kind.REPLY


def test_every_kind_has_its_reason() -> None:
    for message in (b"", b"\0" * 10, raw("x"), raw("Gone.", Subject="Re: x"), dsn("failed", "5.0.0", "550 no")):
        assert told(message).reason


@given(
    st.binary(max_size=400),
    st.sampled_from(
        [
            b"",
            b"From: ",
            b"Subject: =?utf-8?b?",
            b"Content-Type: multipart/report; report-type=delivery-status; boundary=",
            b"From: a@b.example\nContent-Type: message/delivery-status\n\n",
            b"From: a@b.example\nContent-Type: text/html; charset=",
        ]
    ),
)
@example(b"<", b"From: ")
@example(b"hex\n\n\xff", b"From: a@b.example\nContent-Type: text/html; charset=")
def test_no_bytes_make_it_raise(body: bytes, start: bytes) -> None:
    letter = read_letter(start + body)
    belongings(letter)
    classify(letter).reason.encode()


@pytest.mark.parametrize("depth", [50, 5_000])
def test_a_message_nested_beyond_reason_is_still_read(depth: int) -> None:
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth))
    assert (
        told(b"From: a@p.example\r\nSubject: Re: x\r\nIn-Reply-To: <n1@unit.example>\r\n" + nested).kind is Kind.REPLY
    )

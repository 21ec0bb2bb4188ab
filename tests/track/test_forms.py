"""Annexes and statements of reasons by every way in: kept, answered by, told what they lack; another's and replayed ones refused."""

from __future__ import annotations

import json
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cautery.channels.webhook import signed_headers
from cautery.core.instruments import Catalogue, Document, read
from cautery.core.instruments.incoming import ANNEX_II, ANNEX_III, STATEMENT
from cautery.core.mail.belongs import reply_address
from cautery.custody.events import Event
from cautery.custody.models import Entry
from cautery.directory.actions import give_provider_key
from cautery.directory.models import Provider
from cautery.directory.queries import provider_access
from cautery.fetch import clock
from cautery.intake.models import Operation
from cautery.pipeline.inbox import Reader
from cautery.refer.issuing.steps import Desk, make_out
from cautery.refer.models import Delivery, Notice
from cautery.refer.printing.issue import Request, draft
from cautery.refer.printing.press import Press
from cautery.refer.printing.reading import machine_form
from cautery.refer.steps import send_due
from cautery.track.actions import keep_mail
from cautery.track.forms.actions import take_rows
from cautery.track.forms.queries import annex, annex_pdf, forms_of
from cautery.track.models import Answer, Call, Mail, ReceivedForm
from tests import factories as make
from tests.core.instruments.specimens import specimen
from tests.flow.orders import FILM, Way, confirmed, host, reviewer, sign

pytestmark = pytest.mark.django_db
__all__ = ["host", "reviewer"]
US, KEY = "referrals@unit.test", b"k" * 32
MESSAGE = "0123456789abcdef" * 2 + "01234567"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def notice(host: Provider) -> Notice:
    """A removal order that was received an hour after a day from the start; as `order`, but cheap."""
    frame = make.operation()
    episodes = make.flagged(frame, [FILM])
    make.identified(episodes, host=host)
    make.matched(episodes)
    make.decided(frame)
    make.signed(frame)
    (made,) = make.composed(host)
    make.released(frame)
    make.sent(host, at=make.hours(25))
    Provider.objects.filter(pk=host.pk).update(email="abuse@youtube.example")
    Delivery.objects.update(message_id=MESSAGE)
    return made


def form(name: str, notice: Notice, *, without: str = "", **change: Any) -> dict[str, Any]:
    """A complete form on a notice, received when the notice was and answered half an hour later."""
    given = specimen(name)
    if name != STATEMENT:
        moment = make.hours(25.5).isoformat()
        given |= {"authority_reference": notice.reference, "received_at": make.hours(25).isoformat()}
        given |= {"measured_at": moment} if name == ANNEX_II else {"signed_at": moment}
    known = Catalogue.default().get(name)
    values = read(known.form, given | change, known.wording("en")).values
    kept = {field: value for field, value in values.items() if field != without}
    return Document(name, known.form.version, "en", kept).as_dict()


def mail(*files: tuple[str, str, bytes], text: str = "See attached.", **headers: str) -> bytes:
    message = EmailMessage()
    for name, value in (
        {"From": "Abuse <abuse@youtube.example>", "To": reply_address(US, KEY, MESSAGE)} | headers
    ).items():
        message[name.replace("_", "-")] = value
    message["Subject"] = "Re: Order"
    message.set_content(text)
    for filename, kind, content in files:
        message.add_attachment(content, maintype="application", subtype=kind, filename=filename)
    return message.as_bytes()


def received(raw: bytes, at: float = 26) -> Mail:
    keep_mail(raw, by=make.SYSTEM, at=make.hours(at))
    Reader(US, KEY).read(make.hours(at))
    return Mail.objects.order_by("-pk")[0]


def attached(given: dict[str, Any]) -> tuple[str, str, bytes]:
    return "annex.json", "json", json.dumps(given).encode()


class TestByMail:
    def test_an_annex_that_is_attached_answers_its_order(self, notice: Notice) -> None:
        kept = received(mail(attached(form(ANNEX_II, notice))))
        assert (kept.meaning, kept.problem) == ("answers", "")
        (answer,) = Answer.objects.all()
        assert (answer.answer, answer.at, answer.remark) == ("removed", make.hours(25.5), "")
        (one,) = ReceivedForm.objects.all()
        assert (one.instrument, one.lacks, one.answers) == (ANNEX_II, [], ["removed"])
        assert Document.parse(one.machine.encode()).as_dict() == form(ANNEX_II, notice)
        assert Entry.objects.filter(event=Event.TRACK_FORMS_RECEIVED).count() == 1

    def test_as_a_pdf_with_its_machine_form_it_is_the_same(self, notice: Notice) -> None:
        fields = form(ANNEX_III, notice)["fields"]
        pdf = draft(Request(ANNEX_III, fields, ("en",), make.hours(26)), Press()).pdf
        assert received(mail(("Annex III.pdf", "pdf", pdf))).meaning == "answers"
        assert sorted(Answer.objects.values_list("answer", flat=True)) == ["clarification", "impossible"]

    def test_typed_into_the_text_it_is_read_too(self, notice: Notice) -> None:
        wording = Catalogue.default().get(ANNEX_II).wording("de")
        fields = form(ANNEX_II, notice)["fields"]
        text = "\n".join(f"{wording.field(name).label}: {value}" for name, value in fields.items())
        kept = received(mail(text=f"Guten Tag,\n\n{text}\n\nGruß"))
        assert (kept.meaning, kept.problem) == ("answers", "")
        assert Answer.objects.get().at == make.hours(25.5)

    def test_what_it_lacks_is_for_a_person_and_what_it_says_counts(self, notice: Notice) -> None:
        kept = received(mail(attached(form(ANNEX_II, notice, without="authorised_person"))))
        assert kept.meaning == "incomplete"
        assert "authorised_person missing (Annex II Section C)" in kept.problem
        assert Answer.objects.get().answer == "removed"

    def test_a_time_before_the_receipt_is_kept_told_and_marked(self, notice: Notice) -> None:
        early = form(ANNEX_II, notice, measured_at=make.hours(24).isoformat())
        kept = received(mail(attached(early)))
        assert kept.meaning == "incomplete"
        assert "measured_at measure_after_receipt" in kept.problem
        assert Answer.objects.get().remark == "before_receipt"
        assert [lack["field"] for lack in ReceivedForm.objects.get().lacks] == ["measured_at"]

    def test_a_receipt_that_contradicts_ours_is_told(self, notice: Notice) -> None:
        early = {"received_at": make.hours(23).isoformat(), "measured_at": make.hours(24).isoformat()}
        assert "measure_after_receipt" in received(mail(attached(form(ANNEX_II, notice, **early)))).problem

    def test_the_same_form_again_adds_nothing(self, notice: Notice) -> None:
        received(mail(attached(form(ANNEX_II, notice))))
        received(mail(attached(form(ANNEX_II, notice)), text="Again."), at=27)
        assert (ReceivedForm.objects.count(), Answer.objects.count()) == (1, 1)

    def test_two_forms_that_contradict_are_both_kept(self, notice: Notice) -> None:
        received(mail(attached(form(ANNEX_II, notice))))
        received(
            mail(attached(form(ANNEX_II, notice, measure="disabled", measured_at=make.hours(25.7).isoformat()))), at=27
        )
        assert ReceivedForm.objects.count() == 2
        assert sorted(Answer.objects.values_list("answer", flat=True)) == ["disabled", "removed"]

    def test_a_form_for_another_providers_notice_is_not_taken(self, notice: Notice) -> None:
        Notice.objects.update(provider=make.provider("other", email="abuse@other.example"))
        kept = received(mail(attached(form(ANNEX_II, notice))))
        assert kept.meaning == "incomplete"
        assert f"no such notice as {notice.reference}" in kept.problem
        assert not ReceivedForm.objects.exists()

    def test_a_mistyped_reference_says_so(self, notice: Notice) -> None:
        wrong = notice.reference[:-1] + str((int(notice.reference[-1]) + 1) % 10)
        assert "mistyped" in received(mail(attached(form(ANNEX_II, notice, authority_reference=wrong)))).problem

    def test_without_proof_nothing_is_done(self, notice: Notice) -> None:
        kept = received(mail(attached(form(ANNEX_II, notice)), To=US, In_Reply_To=f"<{MESSAGE}@unit.test>"))
        assert kept.meaning == "unproven"
        assert not ReceivedForm.objects.exists()

    def test_an_address_it_publishes_counts_as_its_own(self, notice: Notice) -> None:
        Provider.objects.update(contact_points=[{"address": "tco@desk.example", "source": "its own page"}])
        raw = mail(attached(form(ANNEX_II, notice)), From="Orders <orders@desk.example>")
        assert received(raw).meaning == "answers"

    @pytest.mark.parametrize(
        "file",
        [
            ("shot.pdf", "pdf", b"%PDF-1.7\nno notice"),
            ("other.json", "json", b'{"some": "thing"}'),
            ("notices.json", "json", b'{"notices": []}'),
        ],
    )
    def test_files_of_another_kind_are_no_forms(self, notice: Notice, file: tuple[str, str, bytes]) -> None:
        assert received(mail(file, text="We have removed it.")).meaning == "reply"

    def test_a_broken_form_is_said(self, notice: Notice) -> None:
        kept = received(mail(("annex.json", "json", b"{"), text="We have removed it."))
        assert (kept.meaning, "annex.json" in kept.problem) == ("reply", True)

    def test_an_arabic_reply_in_html_alone_is_a_reply(self, notice: Notice) -> None:
        message = EmailMessage()
        message["From"], message["To"] = "abuse@youtube.example", reply_address(US, KEY, MESSAGE)
        message["Subject"] = "رد: إشعار"
        message.set_content(
            '<html dir="rtl"><body><p>لقد قمنا بإزالة المحتوى. شكراً لكم.</p></body></html>', subtype="html"
        )
        kept = received(message.as_bytes())
        assert (kept.meaning, kept.references) == ("reply", [notice.reference])
        assert not Answer.objects.exists(), "nobody guesses what a person wrote"


class TestByApi:
    @pytest.fixture
    def client(self, host: Provider) -> Client:
        secret = give_provider_key(host, "k", by=make.SYSTEM, at=make.START)
        return Client(headers={"Authorization": f"Bearer {secret}"})

    def give(self, client: Client, *forms: dict[str, Any]) -> list[dict[str, Any]]:
        answer = client.post("/api/v1/provider/forms", json.dumps({"forms": list(forms)}), "application/json")
        assert answer.status_code == 200, answer.content
        return list(answer.json()["forms"])

    def test_each_form_is_answered_with_what_it_lacks(self, client: Client, notice: Notice) -> None:
        whole, lacking = (
            self.give(client, {"document": form(ANNEX_III, notice, without=field)})[0]
            for field in ("", "grounds_reasons")
        )
        assert (whole["complete"], whole["answers"]) == (True, ["impossible", "clarification"])
        (missing,) = lacking["lacks"]
        assert (missing["field"], missing["law"]) == ("grounds_reasons", "Art 3(7), Annex III Section B2")
        assert missing["why"]

    def test_a_statement_of_reasons_goes_to_the_notice_it_is_given_with(self, client: Client, notice: Notice) -> None:
        record = {"puid": "1", "decision_facts": "x", "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"]}
        alone, named, by_key = self.give(
            client,
            {"document": record},
            {"document": record, "reference": notice.reference},
            {"document": record | {"puid": "2"}, "idempotency_key": notice.idempotency_key},
        )
        assert "names no notice" in alone["problem"]
        assert (named["reference"], named["answers"], named["complete"]) == (notice.reference, ["removed"], False)
        assert {"category", "territorial_scope", "automated_decision"} <= {lack["field"] for lack in named["lacks"]}
        assert by_key["reference"] == notice.reference
        assert Answer.objects.get().at == ReceivedForm.objects.earliest("pk").received_at

    def test_what_is_no_form_is_told_and_the_rest_is_taken(self, client: Client, notice: Notice) -> None:
        good, bad = self.give(client, {"document": {"x": 1}}, {"document": form(ANNEX_II, notice)})
        assert (good["complete"], bad["complete"]) == (True, False)
        assert "neither" in bad["problem"]

    def test_another_providers_key_and_a_sandbox_key_change_nothing(self, host: Provider, notice: Notice) -> None:
        other = make.provider("vimeo")
        for who, sandbox in ((other, False), (host, True)):
            secret = give_provider_key(who, "k", by=make.SYSTEM, at=make.START, sandbox=sandbox)
            self.give(Client(headers={"Authorization": f"Bearer {secret}"}), {"document": form(ANNEX_II, notice)})
        assert not ReceivedForm.objects.exists()

    def test_officers_read_what_came_in(self, client: Client, notice: Notice) -> None:
        self.give(client, {"document": form(ANNEX_II, notice, without="contact_email")})
        (row,) = forms_of(notice.reference, by=make.SYSTEM)
        assert (row["instrument"], [lack["field"] for lack in row["lacks"]]) == (ANNEX_II, ["contact_email"])

    def test_a_row_of_a_feed_may_carry_a_form(self, host: Provider, notice: Notice) -> None:
        rows = [
            {"document": form(ANNEX_II, notice)},
            {"idempotency_key": notice.idempotency_key, "answer": "declined", "at": make.hours(26).isoformat()},
            {"document": "x"},
        ]
        problems = take_rows(rows, provider_id=host.pk, source="api", by=make.SYSTEM, at=make.hours(27))
        assert len(problems) == 1
        assert sorted(Answer.objects.values_list("answer", flat=True)) == ["declined", "removed"]


class TestByWebhook:
    @pytest.fixture(autouse=True)
    def _shared_secret(self, settings: Any, tmp_path: Path) -> None:
        settings.KEYS = tmp_path
        (tmp_path / "youtube.whsec").write_text(SECRET)

    def call(self, body: bytes, call_id: str = "msg_1", **change: str) -> Any:
        headers = signed_headers(SECRET, call_id, clock().now(), body) | change
        return Client(headers=headers).post("/api/v1/provider/youtube/webhook", body, "application/json")

    def test_a_call_is_taken_once_and_its_replay_refused(self, notice: Notice) -> None:
        row = {"idempotency_key": notice.idempotency_key, "answer": "removed", "at": make.hours(26).isoformat()}
        body = json.dumps({"answers": [row, {"document": form(ANNEX_II, notice)}]}).encode()
        assert self.call(body).json() == {"taken": 2, "problems": []}
        again = self.call(body)
        assert (again.status_code, again.json()["error"]["fields"]["reason"]) == (422, "replay")
        assert (Call.objects.count(), ReceivedForm.objects.count()) == (1, 1)
        assert self.call(body, "msg_2").status_code == 200, "another call may say the same"
        assert Answer.objects.filter(answer="removed").count() == 2

    def test_a_call_that_was_altered_opens_nothing(self, notice: Notice) -> None:
        assert self.call(b'{"answers": []}', **{"webhook-id": "msg_9"}).status_code == 401
        headers = signed_headers(SECRET, "msg_1", clock().now(), b'{"answers": []}')
        altered = Client(headers=headers).post(
            "/api/v1/provider/youtube/webhook", b'{"answers": [ ]}', "application/json"
        )
        assert altered.status_code == 401
        assert not Call.objects.exists()


def test_the_desk_gives_annexes_as_pages_and_takes_them_back(host: Provider, reviewer: Any) -> None:
    confirmed(reviewer, host, details={"emergency_reasons": "Specimen."})
    assert sign() == ("recorded", "")
    (notice,) = make.composed(host, at=make.hours(13))
    make.released(Operation.objects.get())
    make_out(Desk(), make.hours(23.5))
    assert send_due({"api": Way(make.hours(25)), "mail": Way()}, "worker:test", make.hours(25)) == 1
    secret = give_provider_key(host, "desk", by=make.SYSTEM, at=clock().now())
    client = Client()
    client.post("/provider/enter/", {"key": secret})
    page = f"/provider/notices/{notice.reference}"
    pdf = client.get(f"{page}/annex-iii.pdf?language=fr")
    assert pdf["Content-Type"] == "application/pdf"
    blank = Document.parse(machine_form(pdf.content))
    assert (blank.instrument, blank.language, "grounds" in blank.fields) == (ANNEX_III, "fr", False)
    assert blank.fields["authority_reference"] == notice.reference
    filled = form(ANNEX_III, notice, grounds=["force_majeure"], **dict(blank.fields))
    file = SimpleUploadedFile("annex.json", json.dumps(filled).encode())
    answered = client.post(f"{page}/form/", {"form": file})
    assert answered.status_code == 200
    assert Answer.objects.get(notice=notice).answer == "impossible"
    key = provider_access(secret, clock().now())
    document, found = annex(key, notice.reference, "iii")
    assert found.complete, "what it sent is what its annex then is"
    assert b"%PDF-" in annex_pdf(document, found, make.hours(30))[:10]
    assert client.get(f"{page}/").status_code == 200
    assert client.post(f"{page}/form/").status_code == 422
    assert client.get(f"{page}/annex-iv.pdf").status_code == 422

"""Personal data outside the log: named by digest, held, erased with proof, and found when it comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from cautery.core.actors import Permission, system
from cautery.core.errors import NotAllowed, NotFound, Refused, RulesInvalid, TamperFound
from cautery.custody.actions import Sealer, record
from cautery.custody.events import Event
from cautery.custody.models import Entry, Personal
from cautery.custody.personal.actions import erase_about, erase_due, lift_hold, set_hold, withhold
from cautery.custody.personal.queries import held, to_review, value_of
from cautery.custody.queries import verify
from tests.factories import START, SYSTEM, hours

pytestmark = pytest.mark.django_db
TERMS = (
    '[[rule]]\ncategory = "contact"\nlaw = "{law}"\nkeep = "{keep}"\nthen = "{then}"\nbasis = "specimen, Article 1"\n'
)
VALUE = {"name": "A. Specimen", "mail": "a@post.example"}


@pytest.fixture
def terms(settings: Any, tmp_path: Path) -> Path:
    """A unit's own table: two days in France, reviewed elsewhere."""
    settings.RETENTION = tmp_path / "terms.toml"
    table = TERMS.format(law="FR", keep="P2D", then="erase") + TERMS.format(law="*", keep="P1D", then="review")
    settings.RETENTION.write_text(table)
    return Path(settings.RETENTION)


def keep(about: str = "provider:x", category: str = "contact", law: str = "FR", at: float = 0) -> str:
    """A value kept with the entry that names it."""
    with transaction.atomic():
        digest = withhold(VALUE, about=about, category=category, law=law, at=hours(at))
        record(Event.TRACK_MAIL_RECEIVED, by=SYSTEM, at=hours(at), subject=about, facts={"from": digest})
    return digest


def test_the_log_holds_a_salted_digest_and_never_the_value() -> None:
    first, second = keep(), keep()
    assert first != second
    assert not any("Specimen" in body for body in Entry.objects.values_list("body", flat=True))
    assert value_of(first) == VALUE
    assert [row["digest"] for row in held("provider:x")] == [first, second]
    assert verify().entries == 2


def test_what_is_over_its_term_is_erased_with_an_entry_and_the_log_still_verifies(terms: Path) -> None:
    old, young = keep(at=0), keep(at=40)
    assert erase_due(by=SYSTEM, at=hours(47)) == 0
    assert erase_due(by=SYSTEM, at=hours(48)) == 1
    with pytest.raises(NotFound):
        value_of(old)
    assert value_of(young) == VALUE
    entry = Entry.objects.get(event=Event.CUSTODY_PERSONAL_ERASED)
    assert '"basis":"specimen, Article 1"' in entry.body
    assert '"erased":1' in entry.body
    Sealer().seal(START)
    assert verify().rows == 1


def test_what_was_erased_and_is_there_again_is_found(terms: Path) -> None:
    keep()
    (before,) = Personal.objects.all()
    erase_due(by=SYSTEM, at=hours(100))
    before.save(force_insert=True)
    with pytest.raises(TamperFound) as found:
        verify()
    assert found.value.fields["reason"] == "erased_is_back"


def test_a_value_that_was_altered_is_found() -> None:
    keep()
    Personal.objects.update(value={"name": "B. Specimen"})
    with pytest.raises(TamperFound) as found:
        verify()
    assert found.value.fields["reason"] == "altered_personal"


def test_a_term_that_ends_with_a_review_and_data_without_a_rule_wait_for_a_person(terms: Path) -> None:
    keep(law="DE")
    keep(category="letters")
    assert erase_due(by=SYSTEM, at=hours(1_000)) == 0
    assert [(row["category"], row["law"], row["rows"]) for row in to_review(hours(1_000))] == [
        ("contact", "DE", 1), ("letters", "FR", 1),
    ]  # fmt: skip


def test_nothing_is_erased_under_a_legal_hold_until_it_is_lifted(terms: Path) -> None:
    keep("item:1")
    set_hold("item:1", ground="case 12/2026", by=SYSTEM, at=START)
    assert erase_due(by=SYSTEM, at=hours(100)) == 0
    with pytest.raises(Refused):
        erase_about("item:1", ground="request", by=SYSTEM, at=hours(100))
    assert lift_hold("item:1", ground="case closed", by=SYSTEM, at=hours(101)) == 1
    assert erase_due(by=SYSTEM, at=hours(102)) == 1
    with pytest.raises(NotFound):
        lift_hold("item:1", ground="again", by=SYSTEM, at=hours(103))


def test_a_person_s_data_is_erased_on_request_and_nobody_else_s() -> None:
    keep("item:1")
    keep("item:2")
    assert erase_about("item:1", ground="request of 3 June", by=SYSTEM, at=hours(1)) == 1
    assert (held("item:1"), len(held("item:2"))) == ([], 1)
    assert '"ground":"request of 3 June"' in Entry.objects.latest("pk").body


def test_terms_of_a_lawyer_that_are_not_right_erase_nothing(terms: Path) -> None:
    keep()
    terms.write_text(TERMS.format(law="FR", keep="two days", then="erase"))
    with pytest.raises(RulesInvalid):
        erase_due(by=SYSTEM, at=hours(1_000))
    terms.unlink()
    with pytest.raises(RulesInvalid):
        erase_due(by=SYSTEM, at=hours(1_000))
    assert Personal.objects.count() == 1


def test_the_terms_that_come_with_it_can_be_read() -> None:
    keep(category="contact", law="FR")
    assert to_review(START) == []


def test_erasing_and_holding_need_their_permission() -> None:
    nobody = system("nobody", Permission.CUSTODY_LOG_READ)
    for act in (
        lambda: erase_due(by=nobody, at=START),
        lambda: erase_about("x", ground="x", by=nobody, at=START),
        lambda: set_hold("x", ground="x", by=nobody, at=START),
    ):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.django_db(transaction=True)
def test_a_value_without_its_entry_s_transaction_is_an_error() -> None:
    with pytest.raises(RuntimeError):
        withhold(VALUE, about="x", category="contact", law="FR", at=START)


@pytest.mark.django_db(transaction=True)
def test_no_trace_of_what_was_erased_is_left_in_the_file(terms: Path) -> None:
    keep()
    erase_due(by=SYSTEM, at=hours(100))
    if connection.vendor == "sqlite":
        file = Path(connection.settings_dict["NAME"])
        files = list(file.parent.glob(f"{file.name}*"))
        assert file in files
        assert not any(b"A. Specimen" in one.read_bytes() for one in files)

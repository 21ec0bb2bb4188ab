"""What a bank proposes and keeps quiet about, what people say of it, and cases of copies."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cautery.core.errors import NotAllowed, NotFound
from cautery.core.lifecycle import EpisodeState
from cautery.custody.models import Entry
from cautery.match import queries, steps
from cautery.match.actions import Known, import_known, release, say_of_match
from cautery.match.models import BankEntry, Copy, Match
from cautery.match.steps import Bank, look_back, match_ready
from tests import factories as make
from tests.match.test_match import SHA, bits, bring, found_on, known, medium

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def shas(count: int) -> list[str]:
    return [f"{n:02x}" * 32 for n in range(1, count + 1)]


def never(*rows: Known) -> None:
    import_known(rows, by=make.SYSTEM, at=make.START, negative=True)


def match_all(bank: Bank | None = None) -> list[tuple[str, str]]:
    match_ready(bank or Bank(), "worker:test", make.hours(1))
    return sorted((m.entry.label, m.kind) for m in Match.objects.select_related("entry"))


def test_what_has_the_bytes_of_a_negative_entry_is_never_proposed() -> None:
    bring(known(1, "film", sha256=SHA, pdq=bits(0).hex()))
    never(known(1, "stock", sha256=SHA))
    found_on(medium(SHA, bits(0)))
    assert match_all() == []


def test_what_looks_like_a_negative_entry_is_proposed_only_for_its_bytes() -> None:
    bring(known(1, "film", pdq=bits(4).hex()), known(2, "same", sha256=SHA))
    never(known(1, "stock", pdq=bits(0).hex()))
    found_on(medium(SHA, bits(3)))
    assert match_all() == [("same", "exact")]


@pytest.mark.parametrize(("start", "end", "hits"), [(-2, 2, 1), (None, 0, 0), (2, None, 0), (1, 2, 1)])
def test_an_entry_counts_while_it_is_valid(start: int | None, end: int | None, hits: int) -> None:
    def at(hours: int | None) -> object:
        return None if hours is None else make.START + timedelta(hours=hours)

    row = Known(1, "film", "image", "test", sha256=SHA, valid_from=at(start), valid_until=at(end))  # type: ignore[arg-type]
    bring(row)
    found_on(medium(SHA))
    assert len(match_all()) == hits


def test_an_entry_that_looks_like_too_much_is_quarantined_until_released(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "FLOOD_LEAST", 3)
    bring(known(1, "flat", pdq=bits(0).hex()), known(2, "same", sha256=shas(1)[0]))
    found_on(*(medium(sha, bits(n)) for n, sha in enumerate(shas(4))))
    bank = Bank()
    assert match_all(bank) == [("same", "exact")]
    entry = BankEntry.objects.get(label="flat")
    assert entry.quarantine_reason == "flood"
    assert Entry.objects.filter(event="match:entries:quarantined").count() == 1
    assert [row["label"] for row in queries.entries(by=make.SYSTEM, quarantined=True)] == ["flat"]
    release(entry.pk, "It is a logo.", by=make.SYSTEM, at=make.hours(1))
    found_on(medium("ee" * 32, bits(9)))
    assert ("flat", "perceptual") in match_all(bank)
    with pytest.raises(NotFound):
        release(entry.pk, "", by=make.SYSTEM, at=make.hours(2))


def test_a_new_entry_is_compared_with_all_that_was_captured_and_only_proposes() -> None:
    alike, other = found_on(medium(shas(1)[0], bits(5))), found_on(medium(shas(2)[1], bits(200)))
    bank = Bank()
    assert match_all(bank) == []
    bring(known(1, "film", pdq=bits(0).hex()), known(2, "bytes", sha256=shas(2)[1]))
    assert look_back(bank, make.hours(2)) == 2
    told = [
        (row["episode_id"], row["entry__label"], row["kind"])
        for row in queries.proposals(alike.operation, by=make.SYSTEM)
    ]
    assert sorted(told) == [(alike.pk, "film", "perceptual"), (other.pk, "bytes", "exact")]
    alike.refresh_from_db()
    assert alike.state == EpisodeState.IN_REVIEW
    assert look_back(bank, make.hours(3)) == 0


def test_opinions_are_kept_once_a_person_and_many_who_disagree_quarantine_the_entry() -> None:
    bring(known(sha256=SHA))
    found_on(medium(SHA))
    match_all()
    match = Match.objects.get()
    people = [make.actor(f"reviewer{n}", "review") for n in range(4)]
    for person in people[:2]:
        say_of_match(match.pk, "Another film.", agrees=False, by=person, at=make.hours(1))
    say_of_match(match.pk, agrees=False, by=people[0], at=make.hours(2))
    (row,) = queries.entries(by=make.SYSTEM)
    assert (row["matched"], row["agreed"], row["disagreed"], row["quarantined_at"]) == (1, 0, 2, None)
    say_of_match(match.pk, agrees=False, by=people[3], at=make.hours(2))
    assert BankEntry.objects.get().quarantine_reason == "disagreed"
    with pytest.raises(NotFound):
        say_of_match(match.pk + 1, agrees=True, by=people[0], at=make.hours(2))
    with pytest.raises(NotAllowed):
        say_of_match(match.pk, agrees=True, by=make.actor("flagger", "flag"), at=make.hours(2))


def test_copies_are_one_case_by_looks_and_by_the_entry_they_are_like() -> None:
    bring(known(1, "film", pdq=bits(130).hex()))
    first, second = found_on(medium(shas(1)[0], bits(100))), found_on(medium(shas(2)[1], bits(160)))
    apart = found_on(medium(shas(3)[2], bits(230)))
    bank = Bank()
    match_all(bank)
    third = found_on(medium(shas(4)[3], bits(170)))
    match_all(bank)
    assert set(Copy.objects.values_list("case__sha256", flat=True)) == {shas(1)[0]}
    for operation in {episode.operation for episode in (first, second, third, apart)}:
        shown = queries.cases(operation, by=make.SYSTEM)
        assert sorted(e for case in shown for e in case.episodes) == sorted(
            e.pk for e in (first, second, third, apart) if e.operation == operation
        )
    whole = queries.case_of(third.pk, by=make.SYSTEM)
    assert whole is not None
    assert whole.episodes == tuple(sorted(e.pk for e in (first, second, third)))
    alone = queries.case_of(apart.pk, by=make.SYSTEM)
    assert alone is not None
    assert alone.episodes == (apart.pk,)


def test_two_cases_become_one_when_a_copy_lies_between() -> None:
    bank = Bank()
    for n, count in enumerate((60, 80, 160, 180)):
        found_on(medium(shas(4)[n], bits(count)))
    match_all(bank)
    assert Copy.objects.values("case").distinct().count() == 2
    found_on(medium("f1" * 32, bits(110)), medium("f2" * 32, bits(135)))
    match_all(bank)
    assert set(Copy.objects.values_list("case__sha256", flat=True)) == {shas(1)[0]}
    assert Copy.objects.count() == 6

"""Two units and one object: an interest stops a notice at the last moment, its holder is told, two people may override it; no two orders."""

from __future__ import annotations

import json
import zlib

import pytest

from cautery.core.actors import Actor
from cautery.core.errors import MovedMeanwhile, NotAllowed, NotFound, Refused
from cautery.core.lifecycle import DeliveryState, EpisodeState
from cautery.custody.events import Event
from cautery.custody.models import BatchRows, Entry
from cautery.directory.actions import import_directory
from cautery.directory.models import Provider
from cautery.intake.models import Episode, Item, Operation
from cautery.refer.deconfliction import actions
from cautery.refer.deconfliction.actions import override
from cautery.refer.deconfliction.queries import met, told
from cautery.refer.issuing.steps import Desk, make_out
from cautery.refer.merging.actions import merge
from cautery.refer.models import Delivery, Notice, Obstacle
from cautery.refer.steps import send_due
from cautery.review.actions import Decision, HoldRequest, claim_episodes, decide_many, hold_many, release_holds
from cautery.review.models import Hold
from tests import factories as make
from tests.flow.orders import Way, authority, host
from tests.refer.merging.stories import NEW, OLD

pytestmark = pytest.mark.django_db
__all__ = ["host"]
VIDEO = "https://www.youtube.com/watch?v={:011d}"
GERMAN = "de-meldestelle"


def referred(host: Provider, count: int = 1) -> Operation:
    """Referrals of the French unit, signed and released."""
    frame = make.operation()
    episodes = make.flagged(frame, [VIDEO.format(n) for n in range(count)])
    make.identified(episodes, host=host)
    make.matched(episodes)
    make.decided(frame)
    make.signed(frame)
    make.composed(host)
    make.released(frame)
    return frame


def interested(frame: Operation, *urls: str, until: float = 90) -> Actor:
    """An officer of the German unit that marked an interest."""
    by = make.actor("german reviewer", "review", unit=GERMAN)
    asked = [HoldRequest(url, "An inquiry.", make.hours(until)) for url in urls]
    assert {r.status for r in hold_many(frame, asked, by=by, at=make.hours(5))} == {"recorded"}
    return by


def send(at: float = 24) -> int:
    return send_due({"api": Way(make.hours(at)), "mail": Way()}, "worker:test", make.hours(at))


def rows_of(event: Event) -> list[dict[str, object]]:
    """The rows the log keeps of an event, in order."""
    kept = BatchRows.objects.filter(entry__event=event).order_by("pk")
    return [json.loads(line) for one in kept for line in zlib.decompress(bytes(one.lines)).splitlines()]


class TestAnInterest:
    def test_stops_a_notice_tells_its_holder_and_says_whose_it_is(self, host: Provider) -> None:
        holder = interested(referred(host, 2), VIDEO.format(0))
        assert send() == 1
        french = make.actor("reviewer", "review")
        (mine,) = met(by=french)
        assert (mine["kind"], mine["holder"], mine["until"]) == ("interest", "Meldestelle", make.hours(90))
        assert not {"reason", "url", "hold_id"} & mine.keys(), "in what the interest is, nobody learns"
        (theirs,) = told(by=holder)
        assert (theirs["unit"], theirs["url"], theirs["passed"]) == ("Pharos", VIDEO.format(0), False)
        assert met(by=holder) == told(by=french) == []

    def test_is_given_up_and_the_notice_leaves(self, host: Provider) -> None:
        holder = interested(referred(host), VIDEO.format(0))
        assert send() == 0
        release_holds([Hold.objects.get().pk], by=holder, at=make.hours(25))
        assert send(26) == 1

    def test_is_tested_for_signed_notices_alone(self, host: Provider) -> None:
        frame = make.operation()
        episodes = make.flagged(frame, [VIDEO.format(0)])
        make.identified(episodes, host=host)
        make.matched(episodes)
        make.decided(frame)
        interested(frame, VIDEO.format(0))
        assert send() == 0
        assert not Obstacle.objects.exists(), "who only decides learns nothing"

    def test_who_meets_too_many_learns_no_more_and_it_is_on_record(
        self, host: Provider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(actions, "LIMIT", 2)
        holder = interested(referred(host, 4), *(VIDEO.format(n) for n in range(4)))
        assert send() == 0
        shown = met(by=make.actor("reviewer", "review"))
        assert [bool(row["holder"]) for row in shown] == [True, True, False, False]
        assert [row["until"] is None for row in shown] == [False, False, True, True]
        assert len(told(by=holder)) == 4, "the holder is told of every one"
        assert [row["disclosed"] for row in rows_of(Event.REFER_HOLDS_TOLD)] == [True, True, False, False]
        assert Delivery.objects.filter(state=DeliveryState.HELD).count() == 4


class TestAnOverride:
    @pytest.fixture
    def obstacle(self, host: Provider) -> int:
        interested(referred(host), VIDEO.format(0))
        assert send() == 0
        return Obstacle.objects.get().pk

    def test_needs_a_reason_and_a_second_signer(self, obstacle: int) -> None:
        one, two = (make.actor(name, "sign", unit=GERMAN) for name in ("signer", "second signer"))
        for reason in ("", "  \n"):
            with pytest.raises(Refused):
                override(obstacle, reason, by=one, at=make.hours(25))
        assert not override(obstacle, "A life is at risk.", by=one, at=make.hours(25))
        with pytest.raises(MovedMeanwhile):
            override(obstacle, "Again.", by=one, at=make.hours(25))
        assert send(25.5) == 0, "one signature is not enough"
        assert override(obstacle, "I agree.", by=two, at=make.hours(26))
        assert send(27) == 1
        kept = Obstacle.objects.get()
        assert (kept.reason, str(kept.asked_by_id), str(kept.confirmed_by_id)) == (
            "A life is at risk.", one.officer_id, two.officer_id
        )  # fmt: skip
        with pytest.raises(MovedMeanwhile):
            override(obstacle, "Once more.", by=one, at=make.hours(28))
        log = Entry.objects.filter(event=Event.REFER_HOLD_OVERRIDDEN).order_by("pk").values_list("body", flat=True)
        said = [json.loads(body)["facts"] for body in log]
        assert [(facts["reason"], facts["confirmed"]) for facts in said] == [
            ("A life is at risk.", False), ("I agree.", True)
        ]  # fmt: skip

    def test_is_not_the_reviewers_nor_a_leaders(self, obstacle: int) -> None:
        reviewer = Notice.objects.get().signature.reviewer
        for by in (make.actor("reviewer", "review"), make.actor("leader", "lead")):
            with pytest.raises(NotAllowed):
                override(obstacle, "A reason.", by=by, at=make.hours(25))
        turned = make.actor(reviewer.username, "sign")
        with pytest.raises(Refused):
            override(obstacle, "A reason.", by=turned, at=make.hours(25))
        with pytest.raises(NotFound):
            override(obstacle + 99, "A reason.", by=make.actor("signer", "sign"), at=make.hours(25))

    def test_passes_this_hold_and_no_later_one(self, obstacle: int) -> None:
        signers = [make.actor(name, "sign", unit=GERMAN) for name in ("signer", "second signer")]
        for by in signers:
            override(obstacle, "A reason.", by=by, at=make.hours(25))
        other = make.actor("third", "review")
        hold_many(
            Operation.objects.get(), [HoldRequest(VIDEO.format(0), "Too.", make.hours(80))], by=other, at=make.hours(25)
        )
        assert send(26) == 0
        assert Obstacle.objects.count() == 2
        assert [row["passed"] for row in told(by=other)] == [False], "who came later is told as well"
        assert send(27) == 0
        assert Obstacle.objects.count() == 2


class TestTwoOrders:
    """Two units, each with an authority of its own, in operations of their own, order one channel of one provider by its two names."""

    def ordered(self, frame: Operation, unit: str, url: str, host: Provider) -> Item:
        reviewer = make.actor(f"reviewer of {unit}", "review", unit=unit)
        signer = make.actor(f"signer of {unit}", "sign", unit=unit)
        episodes = make.flagged(frame, [url], by=make.actor(f"flagger of {unit}", "flag", unit=unit))
        make.identified(episodes, host=host)
        make.matched(episodes)
        (key,) = claim_episodes(frame, 1, by=reviewer)
        details = {"emergency_reasons": "Specimen."}
        (said,) = decide_many(
            [Decision(key, "confirmed", "It calls for the act.", ["a"], instrument="tco-removal-order", details=details)],
            by=reviewer, at=make.hours(2),
        )  # fmt: skip
        assert said.status == "recorded", said
        make.signed(frame, by=signer)
        make.released(frame)
        return episodes[0].item

    @pytest.fixture
    def both(self, host: Provider) -> list[Notice]:
        make.officer("anybody")
        rows = [authority(f"{state.lower()}-office", state, "issue") for state in ("FR", "DE")]
        rows.append(authority("ie-office", "IE", "scrutinise"))
        units = [
            {"slug": slug, "name": name, "state": state, "authority": f"{state.lower()}-office"}
            for slug, name, state in make.UNITS
        ]
        import_directory({"authorities": rows, "units": units}, by=make.SYSTEM, at=make.START)
        self.ordered(make.operation("summer"), "fr-pharos", OLD, host)
        self.ordered(make.operation("autumn"), GERMAN, NEW, host)
        make.composed(host)
        make_out(Desk(), make.hours(23.5))
        return list(Notice.objects.select_related("item").order_by("pk"))

    def known_as_one(self, both: list[Notice]) -> None:
        Item.objects.filter(pk=both[1].item_id).update(merged_into=both[0].item_id)

    def test_one_is_set_aside_when_it_comes_out_that_the_names_are_one(self, both: list[Notice]) -> None:
        first, second = both
        merge(first.item, second.item, reason="It was renamed.", by=make.actor("merger", "review"), at=make.hours(20))
        assert send(24) == 1
        assert sorted(Delivery.objects.values_list("state", flat=True)) == ["delivered", "paused"]

    def test_the_second_is_found_before_it_leaves(self, both: list[Notice]) -> None:
        """Whatever told the register meanwhile that the two are one, without a merge that set one of them aside."""
        first, second = both
        self.known_as_one(both)
        api = Way(make.hours(24))
        assert send_due({"api": api, "mail": Way()}, "worker:test", make.hours(24)) == 1
        assert [sent.idempotency_key for _, sent in api.sent] == [first.idempotency_key]
        assert Delivery.objects.get(notice=second).state == DeliveryState.HELD
        assert Episode.objects.get(pk=second.episode_id).state == EpisodeState.HELD
        (row,) = met(by=make.actor(f"reviewer of {GERMAN}", "review", unit=GERMAN))
        assert (row["kind"], row["other"], row["holder"]) == ("duplicate", first.reference, "")
        assert rows_of(Event.REFER_DUPLICATES_HELD) == [{"reference": second.reference, "other": first.reference}]

    def test_also_when_the_first_went_hours_before(self, both: list[Notice]) -> None:
        self.known_as_one(both)
        Delivery.objects.filter(notice=both[1]).update(due_at=make.hours(30))
        assert send(24) == 1
        assert send(30) == 0
        assert Obstacle.objects.get().other == both[0]

    def test_of_one_object_under_one_name_there_is_no_second_to_begin_with(self, host: Provider) -> None:
        make.flagged(make.operation("summer"), [VIDEO.format(0)])
        twice = make.flagged(
            make.operation("autumn"), [f"https://youtu.be/{0:011d}"], by=make.actor("g", "flag", unit=GERMAN)
        )
        assert twice == []
        assert Episode.objects.count() == Item.objects.count() == 1
        assert {flag.batch.unit.slug for flag in Item.objects.get().flags.all()} == {"fr-pharos", GERMAN}

    def test_two_people_let_it_pass(self, both: list[Notice]) -> None:
        self.known_as_one(both)
        assert send(24) == 1
        obstacle = Obstacle.objects.get().pk
        for name in ("signer", "second signer"):
            override(obstacle, "The first went to the wrong contact.", by=make.actor(name, "sign"), at=make.hours(25))
        assert send(26) == 1

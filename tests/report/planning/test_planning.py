"""A network from the register, a plan that keeps to what is protected, a choice that is on record."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from cautery.core.availability import Verdict
from cautery.core.errors import NotAllowed, NotFound, Refused
from cautery.core.graph.waves import Quota
from cautery.custody.events import Event
from cautery.custody.models import Entry
from cautery.intake.models import Item, Operation
from cautery.report.planning.actions import choose, keep_plan
from cautery.report.planning.outcome import compare
from cautery.report.planning.predicting import PLAN, SIGNED, content, predict
from cautery.report.planning.queries import last_plan, order_of_work
from cautery.report.planning.register import Register, read_register
from cautery.report.render.plan import plan_section
from cautery.review.queue.actions import take_next
from cautery.review.queue.queries import ranked
from cautery.track.models import OutLink
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.both]
NAMES = [f"specimen{n}" for n in range(8)]
LEAD = ("leader", "lead")


@pytest.fixture
def frame() -> Operation:
    """Eight accounts: the first links to all others, the last was dismissed; a post of the second links to the third."""
    frame, host = make.operation(), make.provider("x")
    urls = [f"https://x.com/{name}" for name in NAMES]
    make.identified(make.flagged(frame, urls[:7]), host=host)
    make.matched(list(frame.episodes.all()))
    make.decided(frame)
    make.signed(frame)
    last = make.flagged(frame, urls[7:], key="last")
    make.identified(last, host=host)
    make.matched(last)
    make.decided(frame, outcome="dismissed")
    make.flagged(frame, [f"https://x.com/{NAMES[1]}/status/1234567890123456789"], key="post")
    items = {item.key: item for item in Item.objects.all()}
    for name in NAMES[1:]:
        _link(items[NAMES[0]], items[name])
    _link(Item.objects.get(kind="post"), items[NAMES[2]])
    make.composed(host)
    make.released(frame)
    make.sent(host)
    return frame


def _link(source: Item, target: Item) -> None:
    OutLink.objects.create(item=source, identity=target.identity, url=target.url, first_seen_at=make.hours(2))


def _named(found: Register, nodes: list[int]) -> set[str]:
    return {found.labels[node].rsplit("/", 1)[-1] for node in nodes}


def test_posts_count_for_their_owner_and_dismissed_accounts_are_protected(frame: Operation) -> None:
    found = read_register(frame, make.hours(6))
    assert (len(found.labels), len(found.links), found.left_out) == (8, 8, 0)
    assert _named(found, found.protected) == {NAMES[7]}
    assert _named(found, found.signed) == set(NAMES[:7])
    assert sorted(found.flags) == [1] * 7 + [2]
    assert set(found.providers) == {"x"}


def test_the_register_is_read_as_it_stood_at_a_moment(frame: Operation) -> None:
    make.probed([frame.episodes.order_by("pk")[3].pk], Verdict.REMOVED, at=make.hours(26))
    assert read_register(frame, make.hours(25)).gone == []
    assert len(read_register(frame, make.hours(27)).gone) == 1
    assert read_register(frame, make.START - timedelta(hours=1)).labels == []


def test_an_owner_nobody_flagged_is_a_node_that_is_not_acted_on(frame: Operation) -> None:
    make.flagged(frame, ["https://x.com/unknown9/status/1234567890123456780"], key="more")
    found = read_register(frame, make.hours(6))
    assert found.labels[-1].endswith("unknown9")
    assert len(found.labels) - 1 in found.protected


def test_a_plan_names_the_hub_and_none_that_is_protected(frame: Operation) -> None:
    found = read_register(frame, make.hours(6))
    made = predict(found, budget=1)
    assert _named(found, made.sets[PLAN].tolist()) == {NAMES[0]}
    assert made.promised[PLAN]["largest"] == 0.25
    assert not set(found.protected) & set(made.plan.order.tolist())
    assert made.sets[SIGNED].size == 7


def test_quotas_of_providers_are_kept_to(frame: Operation) -> None:
    made = predict(read_register(frame, make.hours(6)), 5, {"x": Quota(in_all=2)})
    assert all(nodes.size == 2 for name, nodes in made.sets.items() if name != SIGNED)


def test_a_choice_is_a_persons_with_a_reason_and_of_the_plan(frame: Operation) -> None:
    found = read_register(frame, make.hours(6))
    made, lead = predict(found, budget=2), make.actor(*LEAD)
    with pytest.raises(NotFound):
        last_plan(frame, by=lead)
    keep_plan(frame, content(found, made, make.hours(6)), as_of=make.hours(6), by=lead, at=make.hours(6))
    kept, protected = last_plan(frame, by=lead), found.items[found.protected[0]]
    items = [found.items[node] for node in made.sets[PLAN]]
    assert order_of_work(frame, by=lead) == []
    with pytest.raises(NotAllowed):
        choose(kept.pk, items, "They join the rest.", by=make.actor("reviewer", "review"), at=make.hours(7))
    for bad, reason in (((items, " "), "no_reason"), (([protected], "Why not."), "not_in_the_plan")):
        with pytest.raises(Refused) as refused:
            choose(kept.pk, *bad, by=lead, at=make.hours(7))
        assert refused.value.reason == reason
    choose(kept.pk, items[::-1], "They join the rest.", by=lead, at=make.hours(7))
    assert order_of_work(frame, by=lead) == items[::-1]
    said = Entry.objects.get(event=Event.REPORT_PLAN_CHOSEN)
    assert (said.actor, said.subject) == (lead.name, f"operation:{frame.slug}")


def test_the_promise_is_compared_with_what_probes_saw(frame: Operation) -> None:
    found = read_register(frame, make.hours(6))
    made = predict(found, budget=1)
    keep_plan(frame, content(found, made, make.hours(6)), as_of=make.hours(6), by=make.SYSTEM, at=make.hours(6))
    hub = frame.episodes.get(item=found.items[made.sets[PLAN][0]])
    make.probed([hub.pk], Verdict.UP, at=make.hours(23))
    make.probed([hub.pk], Verdict.REMOVED, at=make.hours(40))
    told = compare(frame, by=make.SYSTEM, at=make.hours(96))
    assert told is not None
    seen = {row["at"]: row for row in told["sets"][PLAN]["seen"]}
    early, end = seen[make.hours(25).isoformat()], seen[make.hours(96).isoformat()]
    assert (early["down"], early["unknown"]) == (0, 1)
    assert early["largest"] == {"low": 0.25, "high": 1.0}
    assert end["largest"] == {"low": 0.25, "high": 0.25}
    assert end["largest"]["low"] == told["sets"][PLAN]["promised"]["largest"]
    assert "25" in plan_section({"plan": told})[0].blocks[0].text  # type: ignore[union-attr]


def test_without_a_plan_there_is_nothing_to_compare(frame: Operation) -> None:
    assert compare(frame, by=make.SYSTEM, at=make.hours(96)) is None
    assert plan_section({"plan": None}) == ()


def test_an_operation_without_anything_has_an_empty_plan() -> None:
    frame = make.operation()
    made = predict(read_register(frame, make.hours(1)))
    assert made.plan.order.size == 0
    assert np.all([nodes.size == 0 for nodes in made.sets.values()])


def test_the_review_queue_goes_by_the_choice_made_last(frame: Operation) -> None:
    waiting = make.flagged(frame, [f"https://x.com/waiting{n}" for n in range(3)], key="waiting")
    make.identified(waiting, host=make.provider("x"))
    make.matched(waiting)
    found, lead = read_register(frame, make.hours(6)), make.actor(*LEAD)
    made = predict(found, budget=2)
    kept = keep_plan(frame, content(found, made, make.hours(6)), as_of=make.hours(6), by=lead, at=make.hours(6))
    reviewer = make.actor("rita", "review")
    order = [waiting[2].item_id, waiting[1].item_id]
    choose(kept.pk, [waiting[0].item_id], "The first thought.", by=lead, at=make.hours(7))
    choose(kept.pk, order, "They join the rest.", by=lead, at=make.hours(8))
    queue = ranked(frame, by=reviewer, at=make.START)
    assert [row.episode for row in queue] == [waiting[2].pk, waiting[1].pk, waiting[0].pk]
    assert queue[0].reason == "number 1 of those chosen to be acted on together"
    assert "chosen" not in queue[2].reason
    assert take_next(frame, by=reviewer, at=make.START) == (waiting[2].pk, queue[0].reason)

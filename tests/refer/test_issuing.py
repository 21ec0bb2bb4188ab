"""Orders are made out in parts: what was finished when a worker died is not done again."""

from __future__ import annotations

import pytest

from cautery.authorise.actions import Signing, claim_decisions, sign_many
from cautery.authorise.fields import Case
from cautery.core.actors import Actor
from cautery.core.instruments import Document, Read
from cautery.directory.models import Provider
from cautery.refer.issuing import steps
from cautery.refer.issuing.steps import Desk, make_out, send_papers
from cautery.refer.models import Delivery, Issue
from cautery.review.actions import Decision, claim_episodes, decide_many
from tests import factories as make
from tests.flow.orders import Way, host, reviewer

pytestmark = pytest.mark.django_db
__all__ = ["host", "reviewer"]
"""Fixtures of orders.py, found here by their names."""


class Dies(Exception):  # noqa: N818 (what happens, not an error of ours)
    """The worker is killed."""


class Mortal(Desk):
    """Makes out three documents and dies over the fourth."""

    made = 0

    def make(self, case: Case, instrument: str, found: Read, *, printed: bool) -> tuple[Document, bytes | None]:
        if self.made == 3:
            raise Dies
        self.made += 1
        return super().make(case, instrument, found, printed=printed)


def waiting(reviewer: Actor, host: Provider, number: int) -> None:
    """So many signed orders whose provider had its first information twelve hours ago."""
    frame = make.operation()
    episodes = make.flagged(frame, [f"https://www.youtube.com/watch?v={n:011d}" for n in range(number)])
    make.identified(episodes, host=host)
    make.matched(episodes)
    keys = claim_episodes(frame, number, by=reviewer)
    said = [Decision(key, "confirmed", "It calls for the act.", ["a"], instrument="tco-removal-order") for key in keys]
    decide_many(said, by=reviewer, at=make.hours(2))
    signer = make.actor("signer", "sign", unit="de-meldestelle")
    sign_many([Signing(key, "sign") for key in claim_decisions(frame, number, by=signer)], by=signer, at=make.hours(3))
    make.composed(host, at=make.hours(4))
    make.released(frame)
    make_out(Desk(), make.hours(5))
    send_papers({"mail": Way()}, make.hours(5))


def test_a_worker_that_dies_over_the_fourth_order_has_kept_the_parts_before(
    host: Provider, reviewer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "KEPT_AT_ONCE", 2)
    waiting(reviewer, host, 5)
    with pytest.raises(Dies):
        make_out(Mortal(), make.hours(24))
    kept = {issue.notice_id: issue.machine for issue in Issue.objects.all()}
    assert len(kept) == Delivery.objects.filter(ready=True).count() == 2
    assert make_out(Desk(), make.hours(24)) == 3
    assert Issue.objects.count() == Delivery.objects.filter(ready=True).count() == 5
    assert kept.items() <= {issue.notice_id: issue.machine for issue in Issue.objects.all()}.items()

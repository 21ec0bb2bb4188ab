"""What tests of orders share: an authority, a provider in another state, a decision that waits for its signature, a way out that remembers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any

import pytest

from cautery.authorise.actions import Signing, claim_decisions, sign_many
from cautery.channels.base import Addressee, Done, Outgoing, Receipt, SendResult, Taken
from cautery.core.actors import Actor
from cautery.core.clock.running import Standing
from cautery.directory.actions import give_provider_key, import_directory
from cautery.directory.models import Provider
from cautery.directory.queries import provider_access
from cautery.intake.models import Operation
from cautery.refer.models import Notice
from cautery.review.actions import Decision, claim_episodes, decide_many
from cautery.track.actions import Said
from cautery.track.desk.actions import answer_many
from cautery.track.timelines.queries import NOTICE, notice_timeline
from tests import factories as make

FILM = "https://www.youtube.com/watch?v=00000000042"
RECEIPT = Receipt(0.0, 1.0, "a" * 64, "250 ok", "b" * 64)


class Way:
    """Takes everything, and remembers it."""

    def __init__(self, now: datetime | None = None) -> None:
        self.sent: list[tuple[Addressee, Outgoing]] = []
        self.now = now

    def send(self, to: Addressee, batch: Sequence[Outgoing], message_id: str) -> Future[SendResult]:
        del message_id
        self.sent += [(to, one) for one in batch]
        future: Future[SendResult] = Future()
        future.set_result(Done([Taken(one.idempotency_key, self.now, "case") for one in batch], [RECEIPT]))
        return future

    def ask(self, to: Addressee, keys: Sequence[str]) -> Mapping[str, Taken | None] | None:
        del to, keys
        return None


def authority(slug: str, state: str, *roles: str, **more: Any) -> dict[str, Any]:
    return {
        "slug": slug,
        "name": f"Specimen Office {state}",
        "state": state,
        "roles": list(roles),
        "address": "1 Specimen Street",
        "phone": "+00 0",
        "email": f"orders@{slug}.example",
        "feedback_contact": f"feedback@{slug}.example",
        "representative_name": "A. Specimen",
        "representative_post": "Inspector",
        "redress_body": "Specimen Court",
        "redress_period": "1 month",
        "redress_from": "receipt of this order",
        "national_provisions": "https://laws.example.org/redress",
    } | more


@pytest.fixture
def host() -> Provider:
    return make.provider(
        home_state="IE", languages=["en"], contact_points=[{"address": "tco@youtube.example", "source": "its own page"}]
    )


@pytest.fixture
def reviewer(host: Provider) -> Actor:
    by = make.actor("reviewer", "review")
    rows = [authority("fr-office", "FR", "issue"), authority("ie-office", "IE", "scrutinise")]
    units = [{"slug": "fr-pharos", "name": "Pharos", "state": "FR", "authority": "fr-office"}]
    import_directory({"authorities": rows, "units": units}, by=make.SYSTEM, at=make.START)
    return by


def confirmed(reviewer: Actor, host: Provider, **more: Any) -> int:
    """A confirmed decision that waits for its signature, under a removal order."""
    frame = make.operation()
    episodes = make.flagged(frame, [FILM])
    make.identified(episodes, host=host)
    make.matched(episodes)
    (key,) = claim_episodes(frame, 1, by=reviewer)
    given = {"limbs": ["a"], "instrument": "tco-removal-order"} | more
    (said,) = decide_many([Decision(key, "confirmed", "It calls for the act.", **given)], by=reviewer, at=make.hours(2))
    assert said.status == "recorded", said
    return key


def sign(at: datetime | None = None, *, by: Actor | None = None) -> tuple[str, str]:
    signer = by or make.actor("signer", "sign", unit="de-meldestelle")
    frame = Operation.objects.get()
    (decision,) = claim_decisions(frame, 1, by=signer)
    (said,) = sign_many([Signing(decision, "sign")], by=signer, at=at or make.hours(3))
    return said.status, said.detail


def standing(notice: Notice, clock: str, at: datetime) -> Standing:
    return notice_timeline(Notice.objects.select_related(*NOTICE).get(pk=notice.pk), at).standing(clock)


def say(host: Provider, notice: Notice, answer: str, at: datetime, *, stated: datetime | None = None) -> None:
    secret = give_provider_key(host, "desk", by=make.SYSTEM, at=at)
    said = Said(
        notice.idempotency_key, answer, (stated or at).isoformat(), "because", {"authorised_person": "B. Specimen"}
    )
    assert answer_many(provider_access(secret, at), [said], source="desk", at=at) == []

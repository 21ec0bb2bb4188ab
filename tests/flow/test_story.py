"""One item: flagged, found, decided, signed, referred, removed, back again, referred again - told through the API and the flow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from django.test import Client

from cautery.core.lifecycle import EpisodeState
from cautery.custody.queries import verify
from cautery.directory.actions import import_directory
from cautery.fetch import Fetcher
from cautery.intake.models import Episode, Operation
from cautery.pipeline.flow import Flow
from cautery.report.build import build
from tests import factories as make
from tests.servers import fetcher_for, http_server

pytestmark = pytest.mark.django_db
FILM = "https://www.youtube.com/watch?v=00000000042"
T0 = make.hours(24)


@dataclass
class HandClock:
    """Time as the story tells it."""

    at: datetime = make.START

    def now(self) -> datetime:
        return self.at

    def wait(self, due: datetime | None) -> bool:
        return due is not None


@dataclass
class Provider:
    """Shows a film, takes notices, answers in its feed."""

    up: bool = True
    notices: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        match request.method, request.path:
            case "POST", "/api/notices":
                new = (await request.json())["notices"]
                self.notices += new
                return web.json_response(
                    {"results": [{"idempotency_key": n["idempotency_key"], "status": "received"} for n in new]}
                )
            case "GET", "/api/answers":
                done = int(request.query["after"] or 0)
                return web.json_response({"answers": self.answers[done:], "next": str(len(self.answers))})
            case "GET", "/watch" if self.up:
                return web.Response(text="<title>A specimen film</title><p>Harmless words.", content_type="text/html")
            case "GET", "/watch":
                return web.Response(
                    status=410, text="<p>This video was removed because it breaks our rules.", content_type="text/html"
                )
        return web.Response(text="<p>Nothing found.", content_type="text/html")

    def remove(self, now: datetime) -> None:
        self.up = False
        key = self.notices[-1]["idempotency_key"]
        self.answers.append({"idempotency_key": key, "answer": "removed", "at": now.isoformat(), "reason": ""})


@dataclass
class House:
    """The platform in the story: its clock, its flow, its door for programs."""

    clock: HandClock
    flow: Flow
    frame: Operation

    def until(self, moment: datetime) -> None:
        """Let the flow work at every moment something is due, up to `moment`."""
        self.flow.run_until_idle(self.clock.at)
        while (due := self.flow.next_due(self.clock.at)) is not None and due <= moment:
            self.clock.at = due
            self.flow.run_until_idle(due)
        self.clock.at = moment
        self.flow.run_until_idle(moment)

    def post(self, path: str, who: str, **body: Any) -> Any:
        answer = Client(headers={"Authorization": f"Bearer token of {who}"}).post(
            f"/api/v1{path}", json.dumps(body), "application/json"
        )
        assert answer.status_code == 200, answer.content
        return json.loads(answer.content)

    def register(self) -> Any:
        answer = Client(headers={"Authorization": "Bearer token of observer"}).get("/api/v1/register?operation=summer")
        (item,) = json.loads(answer.content)["items"]
        return item

    def decide_and_sign(self) -> Any:
        """A reviewer confirms what waits, a second person signs; what the reviewer was shown."""
        (shown,) = self.post("/review/claims", "reviewer", operation="summer")["items"]
        made = {
            "episode_id": shown["episode_id"],
            "outcome": "confirmed",
            "limbs": ["a"],
            "reason": "It calls for the act.",
        }
        assert self.post("/review/decisions", "reviewer", decisions=[made])["results"][0]["status"] == "recorded"
        assert self.post("/review/claims", "reviewer", operation="summer")["items"] == []
        (decision,) = self.post("/authorise/claims", "signer", operation="summer")["decisions"]
        signing = {"decision_id": decision["decision_id"], "act": "sign"}
        assert self.post("/authorise/signatures", "signer", signatures=[signing])["results"][0]["status"] == "recorded"
        return shown


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def fetcher(provider: Provider, tmp_path: Path) -> Iterator[Fetcher]:
    with http_server(provider.handle) as port, fetcher_for(tmp_path, {"www.youtube.com": port}) as fetcher:
        yield fetcher


@pytest.fixture
def house(fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> House:
    clock = HandClock()
    monkeypatch.setattr("cautery.api.main.clock", lambda: clock)
    for who, role in (
        ("flagger", "flag"),
        ("reviewer", "review"),
        ("signer", "sign"),
        ("leader", "lead"),
        ("other leader", "lead"),
        ("observer", "observe"),
    ):
        officer = make.officer(who, role)
        row = {
            "id": str(officer.pk),
            "username": who,
            "name": who,
            "unit": "fr-pharos",
            "roles": [role],
            "token": f"token of {who}",
        }
        import_directory({"officers": [row]}, by=make.SYSTEM, at=make.START)
    make.provider(api_base="http://www.youtube.com/api", hosts=["www.youtube.com"])
    return House(clock, Flow(clock, fetcher, "worker:test"), make.operation())


def test_one_item_from_flag_to_removal_to_return(house: House, provider: Provider) -> None:
    flags = [{"line": 1, "url": FILM}, {"line": 2, "url": "hxxps://youtu[.]be/00000000042"}]
    got = house.post("/intake/batches", "flagger", operation="summer", batch_key="monday", rows=flags)
    assert (got["accepted"], got["known"], got["rejected"]) == (1, 1, [])

    house.until(make.hours(2))
    shown = house.decide_and_sign()
    assert (shown["flags"], shown["verdict"], shown["title"], shown["earlier"]) == (2, "up", "A specimen film", [])

    house.until(make.hours(25))
    assert provider.notices == [], "nothing leaves before two leaders released it"
    for leader in ("leader", "leader", "other leader"):
        house.post("/operations/summer/keys", leader)
    house.until(make.hours(26))
    (notice,) = provider.notices
    assert (notice["url"], notice["reasons"], notice["instrument"]) == (FILM, "It calls for the act.", "referral")
    assert notice["legal_ground"].startswith("Art 2(7)(a)")
    assert house.register()["state"] == EpisodeState.REFERRED

    provider.remove(make.hours(26))
    house.until(make.hours(28))
    (episode,) = house.register()["episodes"]
    assert (episode["outcome"], episode["idempotency_key"]) == ("removed", notice["idempotency_key"])
    down = datetime.fromisoformat(episode["first_down_at"])
    assert make.hours(26) < down <= make.hours(27)

    provider.up = True
    house.until(make.hours(48))
    first, second = house.register()["episodes"]
    assert (first["state"], second["opened_by"], second["way"]) == (EpisodeState.CLOSED, "probe", "same_place")
    assert first["outcome"] == "removed", "what came back had been removed all the same"

    shown = house.decide_and_sign()
    assert [(e["outcome"], e["relation"]) for e in shown["earlier"]] == [("confirmed", "same item")]
    house.until(make.hours(49))
    assert len(provider.notices) == 2
    assert len({n["idempotency_key"] for n in provider.notices}) == 2
    provider.remove(make.hours(49))
    house.until(make.hours(72))
    assert [e["outcome"] for e in house.register()["episodes"]] == ["removed", "removed"]
    assert len(provider.notices) == 2

    found = build(house.frame, run={}, by=make.SYSTEM, at=make.hours(72))
    assert (found["items"]["unique"], found["notices"]["sent"], found["outcomes"]["removed"]) == (1, 2, 2)
    assert found["reemergence"]["returned_seen"] == 1
    assert (found["presence"]["before"]["up"], found["presence"]["after"]["up"]) == (1, 0)
    house.flow.seal(make.hours(72))
    assert verify().entries == verify().sealed


def test_a_dismissed_item_is_never_referred_however_often_it_is_flagged(house: House, provider: Provider) -> None:
    house.post("/intake/batches", "flagger", operation="summer", batch_key="monday", rows=[{"line": 1, "url": FILM}])
    house.until(make.hours(2))
    (shown,) = house.post("/review/claims", "reviewer", operation="summer")["items"]
    made = {
        "episode_id": shown["episode_id"],
        "outcome": "dismissed",
        "protected_purpose": "journalism",
        "reason": "A newspaper reports.",
    }
    house.post("/review/decisions", "reviewer", decisions=[made])
    for leader in ("leader", "other leader"):
        house.post("/operations/summer/keys", leader)
    house.post("/intake/batches", "flagger", operation="summer", batch_key="tuesday", rows=[{"line": 1, "url": FILM}])
    house.until(T0 + timedelta(hours=12))
    assert provider.notices == []
    assert Episode.objects.get().state == EpisodeState.DISMISSED


def test_a_provider_that_is_down_for_hours_gets_its_notice_when_it_is_back(
    house: House, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.post("/intake/batches", "flagger", operation="summer", batch_key="monday", rows=[{"line": 1, "url": FILM}])
    house.until(make.hours(2))
    house.decide_and_sign()
    for leader in ("leader", "other leader"):
        house.post("/operations/summer/keys", leader)
    make.provider(api_base="http://nowhere.test/api", hosts=["www.youtube.com"])
    house.until(T0 + timedelta(hours=3))
    assert provider.notices == []
    make.provider(api_base="http://www.youtube.com/api", hosts=["www.youtube.com"])
    house.until(T0 + timedelta(hours=4))
    assert len(provider.notices) == 1

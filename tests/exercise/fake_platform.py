"""A small platform over real loopback HTTP, for tests of the people: it keeps its state when it dies and comes back."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
LOOPBACK = "127.0.0.1"


class FakePlatform:
    """Intake, review, authorise, holds, keys and register, each a few lines; `dies_at` numbers the calls it dies in.

    It dies after the effect and before the answer (odd numbers) or before both (even ones), stays away for a moment of
    wall time, and comes back on another port.
    """

    def __init__(self, out: Path, *, officers: dict[str, str], dies_at: frozenset[int] = frozenset()) -> None:
        self.out, self.officers, self.dies_at = out, officers, dies_at
        self.calls = self.deaths = 0
        self.seen: Counter[str] = Counter()
        self.unavailable = 0
        self.batches: dict[str, dict[str, Any]] = {}
        self.items: dict[str, dict[str, Any]] = {}
        self.decided: dict[str, dict[str, Any]] = {}
        self.decisions: dict[str, dict[str, Any]] = {}
        self.holds: dict[str, str] = {}
        self.keys: set[str] = set()
        self.register: list[dict[str, Any]] = []
        self.notices: list[dict[str, Any]] = []
        self.answers: dict[str, dict[str, Any]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._runner: web.AppRunner | None = None

    def __enter__(self) -> FakePlatform:
        self._thread.start()
        self._run(self._open())
        return self

    def __exit__(self, *_exc: object) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _open(self) -> None:
        app = web.Application(middlewares=[self._mortal], client_max_size=2**24)
        for path, handler in (
            ("/intake/batches", self._intake),
            ("/review/claims", self._claim_review),
            ("/review/decisions", self._decide),
            ("/deconfliction/holds", self._hold),
            ("/authorise/claims", self._claim_signing),
            ("/authorise/signatures", self._sign),
            ("/operations/{slug}/keys", self._turn),
            ("/provider/answers", self._answer),
        ):
            app.router.add_post(f"/api/v1{path}", handler)
        app.router.add_get("/api/v1/register", self._register)
        app.router.add_get("/api/v1/provider/notices", self._notices)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, LOOPBACK, 0)
        await site.start()
        port = self._runner.addresses[0][1]
        (self.out / "platform.json").write_text(json.dumps({"api": f"http://{LOOPBACK}:{port}", "smtp": ""}))

    async def _close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @web.middleware
    async def _mortal(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.calls += 1
        self.seen[request.path] += 1
        number = self.calls
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.officers:
            return web.json_response({"error": {"code": "token", "message": "Who are you?", "fields": {}}}, status=401)
        if self.unavailable:
            self.unavailable -= 1
            return web.Response(status=503)
        if number in self.dies_at and number % 2 == 0:
            self._die(request)
        answer = await handler(request)
        if number in self.dies_at and number % 2 == 1:
            self._die(request)
        return answer

    def _die(self, request: web.Request) -> None:
        self.deaths += 1
        assert request.transport is not None
        request.transport.abort()
        self._loop.create_task(self._away())
        raise ConnectionResetError

    async def _away(self) -> None:
        await self._close()
        await asyncio.sleep(0.12)
        await self._open()

    async def _intake(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body["batch_key"] not in self.batches:
            answer: dict[str, Any] = {"accepted": 0, "known": 0, "rejected": []}
            for row in body["rows"]:
                self._take(row, answer)
            self.batches[body["batch_key"]] = answer
        return web.json_response(self.batches[body["batch_key"]])

    def _take(self, row: dict[str, Any], answer: dict[str, Any]) -> None:
        if not row["url"].startswith("http"):
            answer["rejected"].append({"line": row["line"], "reason": "url", "message": "Not a web address."})
        elif row["url"] in self.items:
            answer["known"] += 1
        else:
            number = len(self.items) + 1
            self.items[row["url"]] = {"episode_id": number, "item_id": number, "url": row["url"], "state": "in_review"}
            answer["accepted"] += 1

    async def _claim_review(self, request: web.Request) -> web.Response:
        body = await request.json()
        waiting = [item for item in self.items.values() if item["state"] == "in_review"]
        return web.json_response({"items": waiting[: body["limit"]]})

    async def _decide(self, request: web.Request) -> web.Response:
        results = []
        for decision in (await request.json())["decisions"]:
            episode = str(decision["episode_id"])
            item = next(item for item in self.items.values() if str(item["episode_id"]) == episode)
            status = "recorded" if item["state"] == "in_review" else "already"
            if status == "recorded":
                self.decided[episode] = {**decision, "by": self._officer(request)}
                item["state"] = decision["outcome"]
                if decision["outcome"] == "confirmed":
                    identity = f"d{len(self.decisions) + 1}"
                    self.decisions[identity] = {"decision_id": identity, "item": item, "act": None, "reason": ""}
            results.append({"episode_id": decision["episode_id"], "status": status, "detail": ""})
        return web.json_response({"results": results})

    async def _claim_signing(self, request: web.Request) -> web.Response:
        limit = (await request.json())["limit"]
        waiting = [row for row in self.decisions.values() if row["act"] is None][:limit]
        answer = [
            {"decision_id": row["decision_id"], "episode_id": row["item"]["episode_id"], "url": row["item"]["url"]}
            for row in waiting
        ]
        return web.json_response({"decisions": answer})

    async def _sign(self, request: web.Request) -> web.Response:
        results = []
        for signature in (await request.json())["signatures"]:
            row = self.decisions[signature["decision_id"]]
            status = "recorded" if row["act"] is None else "already"
            if status == "recorded":
                row.update(act=signature["act"], reason=signature["reason"], by=self._officer(request))
                row["item"]["state"] = "signed" if signature["act"] == "sign" else "dismissed"
            results.append({"decision_id": signature["decision_id"], "status": status, "detail": ""})
        return web.json_response({"results": results})

    async def _hold(self, request: web.Request) -> web.Response:
        results = []
        for hold in (await request.json())["holds"]:
            status = "already" if hold["url"] in self.holds else "recorded"
            self.holds[hold["url"]] = hold["until"]
            results.append({"url": hold["url"], "status": status, "detail": ""})
        return web.json_response({"results": results})

    async def _turn(self, request: web.Request) -> web.Response:
        officer = self._officer(request)
        again = officer in self.keys
        self.keys.add(officer)
        answer = {"keys": len(self.keys), "released": len(self.keys) > 1, "t0": None}
        return web.json_response(answer, status=409 if again else 200)

    async def _notices(self, request: web.Request) -> web.Response:
        """Pages of what a test laid out in `notices` and nobody answered; the cursor is a place in it."""
        start, limit = int(request.query.get("after") or 0), int(request.query["limit"])
        page = [row for row in self.notices[start : start + limit] if row["idempotency_key"] not in self.answers]
        following = str(start + limit) if start + limit < len(self.notices) else None
        return web.json_response({"notices": page, "next": following})

    async def _answer(self, request: web.Request) -> web.Response:
        said = (await request.json())["answers"]
        self.answers |= {row["idempotency_key"]: row for row in said}
        return web.json_response({"taken": len(said), "problems": []})

    async def _register(self, request: web.Request) -> web.Response:
        """Pages of `register`, which a test fills; the cursor is a place in it."""
        start, limit = int(request.query.get("after") or 0), int(request.query["limit"])
        end = start + limit
        cursor = str(end) if end < len(self.register) else None
        return web.json_response({"items": self.register[start:end], "next": cursor})

    def _officer(self, request: web.Request) -> str:
        return self.officers[request.headers["Authorization"].removeprefix("Bearer ")]

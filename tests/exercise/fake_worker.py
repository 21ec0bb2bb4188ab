"""The least of a worker: it sends every notice at T0, asks for answers hourly, and lets the world move the clock."""

from __future__ import annotations

import http.client
import json
import smtplib
from collections import defaultdict
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

from cautery.exercise.moments import HOUR, from_iso, to_iso
from cautery.exercise.objects import PROPAGANDA
from tests.exercise.worlds import WorldProcess, a_notice

RETRY_S = 120
GIVE_UP_S = 0.5
AWAY = (OSError, http.client.HTTPException, smtplib.SMTPException)


class FakeWorker:
    """Drives one world to its end. `revive` is called when the world does not answer; it starts it again."""

    def __init__(self, world: WorldProcess, revive: Callable[[], None] | None = None) -> None:
        self.world = world
        self.revive = revive
        self.operation = {name: from_iso(world.directory["operation"][name]) for name in ("starts_at", "t0", "ends_at")}
        self.now = self.operation["starts_at"]
        self.providers = {row["slug"]: row for row in world.directory["providers"]}
        self.queues: dict[str, list[tuple[int, list[dict[str, Any]]]]] = defaultdict(list)
        self.cursors = dict.fromkeys(self.providers, "")
        self.answers: dict[str, str] = {}
        self.statuses: list[int] = []
        self.next_poll = self.operation["t0"] + HOUR
        self._fill()

    def run(self) -> None:
        """Until the world says that it is over, then finishes it."""
        finished = False
        while not finished:
            self._work()
            due = min([queue[0][0] for queue in self.queues.values() if queue] + [self.next_poll])
            wait = {"now": to_iso(self.now), "due": to_iso(max(due, self.now))}
            told = self._patiently(lambda wait=wait: self.world.ask("/clock/wait", wait))
            self.now, finished = from_iso(told["now"]), told["finished"]
        self._patiently(lambda: self.world.ask("/finish", {}))

    def _fill(self) -> None:
        """One notice for every object of the outlet, at T0."""
        by_provider = defaultdict(list)
        for thing in self.world.population.objects.values():
            if thing.truth == PROPAGANDA:
                by_provider[thing.provider].append(a_notice(f"key-{thing.id}", thing.url))
        for slug, notices in by_provider.items():
            size = self.providers[slug]["max_batch"]
            batches = [notices[start : start + size] for start in range(0, len(notices), size)]
            self.queues[slug] = [(self.operation["t0"], batch) for batch in batches]

    def _work(self) -> None:
        for slug, queue in self.queues.items():
            while queue and queue[0][0] <= self.now:
                _, batch = queue.pop(0)
                later = self._send(slug, batch)
                if later is not None:
                    queue.append((later, batch))
                    queue.sort(key=lambda row: (row[0], row[1][0]["idempotency_key"]))
        if self.now >= self.next_poll:
            for slug in self.providers:
                self._poll(slug)
            self.next_poll += HOUR

    def _send(self, slug: str, batch: list[dict[str, Any]]) -> int | None:
        """Sends a batch; when it is to be tried again, None once it has been taken."""
        if self.providers[slug]["channel"] == "mail":
            self._patiently(lambda: self._mail(slug, batch))
            return None
        url = f"{self.providers[slug]['api_base']}/notices"
        token = self.providers[slug]["token"]
        try:
            status, headers, body = self.world.fetch(url, body={"notices": batch}, token=token, timeout=GIVE_UP_S)
        except TimeoutError:
            return self.now + RETRY_S
        except AWAY:
            self._revive()
            return self.now
        self.statuses.append(status)
        if status == 200 and body.startswith(b"{"):
            assert all(row["status"] in {"received", "duplicate"} for row in json.loads(body)["results"])
            return None
        return self.now + int(headers.get("Retry-After", RETRY_S))

    def _mail(self, slug: str, batch: list[dict[str, Any]]) -> None:
        message = EmailMessage()
        message["From"], message["To"] = "cautery@cautery.test", self.providers[slug]["email"]
        message["Message-ID"] = f"<{batch[0]['idempotency_key']}@cautery.test>"
        message["Subject"] = "Notices"
        message.set_content("Notices attached.")
        data = json.dumps({"notices": batch}).encode()
        message.add_attachment(data, maintype="application", subtype="json", filename="notices.json")
        host, _, port = self.world.hosts["mail.pastely.test"].rpartition(":")
        with smtplib.SMTP(host, int(port), timeout=5) as server:
            server.send_message(message)

    def _poll(self, slug: str) -> None:
        provider = self.providers[slug]
        if provider["channel"] == "mail":
            return
        url = f"{provider['api_base']}/answers?after={self.cursors[slug]}&limit=1000"
        status, _, body = self._patiently(lambda: self.world.fetch(url, token=provider["token"]))
        if status == 200 and body.startswith(b"{"):
            document = json.loads(body)
            self.answers |= {row["idempotency_key"]: row["answer"] for row in document["answers"]}
            self.cursors[slug] = document["next"]

    def _patiently(self, call: Callable[[], Any]) -> Any:
        while True:
            try:
                return call()
            except AWAY:
                self._revive()

    def _revive(self) -> None:
        assert self.revive is not None, "the world went away"
        self.revive()

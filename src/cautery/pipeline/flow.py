"""The flow, in order. What `cautery work` runs.

    intake -> identify -> match -> review -> authorise -> refer -> track -> watch -> report
    (people's lists)      ^        (people)  (people)              |        |
                          |                                        |        |
                          +----------- a sighting re-enters -------+--------+

Each step pulls what the stage before has made ready, a batch at a time, until none has anything left at this moment;
then the clock is asked to go on to when the next thing is due. A step that fails on one batch is logged and tried again
later; the others go on.
"""

from __future__ import annotations

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import DatabaseError

from cautery.channels.api import ApiWay
from cautery.channels.base import Way
from cautery.channels.keys import Keys
from cautery.channels.mail import MailWay
from cautery.channels.portal import PortalWay
from cautery.core.actors import Permission, system
from cautery.core.clock import Clock
from cautery.core.errors import CauteryError
from cautery.custody.actions import Sealer
from cautery.fetch import Fetcher
from cautery.fetch.hosts import HostMap
from cautery.fetch.mail import Box, Postman, open_box
from cautery.fetch.reading import Reader
from cautery.ground.leases import release_all
from cautery.ground.rows import Earliest, learn_sizes, register_stamp
from cautery.identify.steps import follow_shortened, identify_ready, next_identify
from cautery.intake.capturing.steps import Capturing, collecting, next_capture
from cautery.intake.models import Capture, Episode, Item, MergedBy
from cautery.match.steps import Bank, look_back, match_ready
from cautery.pipeline.inbox import collect, reader, token_key
from cautery.refer.actions import give_up_sending
from cautery.refer.issuing.steps import Desk, copy_orders, make_out, next_making, send_papers
from cautery.refer.merging.actions import merge
from cautery.refer.signing.configured import signing_settings
from cautery.refer.signing.office import Office
from cautery.refer.steps import compose_ready, next_question, next_sending, reconcile, send_due
from cautery.report.steps import index_words
from cautery.settings.environment import ENVIRONMENT
from cautery.track.actions import look_at_all, read_all_feeds
from cautery.track.models import Tracking
from cautery.track.steps import follow_new, next_probe, next_reading, probe_due, read_feeds
from cautery.watch.domains.steps import begin_domains, look_at_domains, next_domain
from cautery.watch.memory import Memory
from cautery.watch.searching import learn_words, next_learning, next_search, plan_searches, search_due
from cautery.watch.steps import end_over, look_at_reflagged, next_end, notice_returns, read_announcements
from cautery.watch.tracing import trace_lineage

LOG = logging.getLogger(__name__)
WORKER = "worker:"
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
AFTER_ERROR = timedelta(minutes=1)
MAIL_EVERY = timedelta(minutes=1)
"""How often a mailbox is looked into, in wall time."""

SIZES_EVERY_S = 3.0
SEAL_EVERY_S = 1.0
"""How long an entry may wait for its place in the tree, in seconds of wall time, beyond the step under way."""


MERGER = system("identify", Permission.INTAKE_ITEM_MERGE)


def _merge_shortened(source: Item, target: Item, reason: str, at: datetime) -> None:
    """What a shortened link stands for is known early, what hangs on it late: so the flow hands the action to the step."""
    merge(source, target, way=MergedBy.SHORTENER, reason=reason, by=MERGER, at=at)


Due = Earliest | Callable[[datetime], datetime | None]
"""When a step is due next: what the register says, or what a function says of the moment since when it is asked."""


@dataclass(frozen=True, slots=True)
class Step:
    """One pull: `run` does a batch at `now` and says how many rows it moved.

    When it may find something, and so is run: after it moved something itself; after one of `after` did; when the
    moment `due` tells has come since it last found nothing; and after anybody else wrote to the register, unless it is
    `ours`: fed by steps alone.
    """

    name: str
    run: Callable[[datetime], int]
    after: tuple[str, ...] = ()
    due: Due | None = None
    ours: bool = False


@dataclass(slots=True)
class Flow:
    """All steps in order, with what they need; one a worker process."""

    clock: Clock
    fetcher: Fetcher
    worker: str
    reader: Reader | None = None
    """What fetches and reads pages; the fetcher itself where no process is given for it."""
    steps: list[Step] = field(init=False)
    _api: ApiWay = field(init=False)
    _bank: Bank = field(init=False)
    sealer: Sealer = field(init=False)
    _sealed_at: float = 0.0
    _sized_at: float = 0.0
    _box: Box | None = field(init=False)
    _collected_at: float = -MAIL_EVERY.total_seconds()
    _followed: datetime | None = None
    _broken: dict[str, datetime] = field(default_factory=dict)
    _moves: Counter[str] = field(default_factory=Counter)
    _heard: dict[str, tuple[object, ...]] = field(default_factory=dict)
    _idle_at: dict[str, datetime] = field(default_factory=dict)
    _stamp: tuple[int, int] | None = None
    _writes: int = 0
    _runs: int = 0
    _dues: dict[str, tuple[tuple[object, ...], datetime | None]] = field(default_factory=dict)
    spent: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    """Wall seconds by step, so that what bounds a run can be said."""

    def __post_init__(self) -> None:
        keys = Keys(settings.KEYS)
        self._api = ApiWay(self.fetcher, settings.SEND_TIMEOUT_S, keys)
        postman = Postman(HostMap(settings.HOST_MAP), settings.MAIL_RELAY, tls_required=settings.MAIL_TLS_REQUIRED)
        key = token_key(settings.SECRET_KEY)
        mail = MailWay(postman, settings.MAIL_FROM, self.clock.now, token_key=key, keys=keys)
        ways: dict[str, Way] = {"api": self._api, "mail": mail, "portal": PortalWay(mail, settings.DESK_URL)}
        place, password = settings.MAIL_BOX, settings.MAIL_BOX_PASSWORD
        self._box = open_box(place, password, rehearsal=settings.REHEARSAL) if place else None
        signing = signing_settings(ENVIRONMENT)
        desk = Desk(Office.open(signing) if signing.key or signing.token else None)
        self._bank = Bank()
        self.sealer = Sealer()
        worker, fetcher, pages = self.worker, self.fetcher, self.reader or self.fetcher
        memory = Memory()
        flagged, asked, sending = next_identify, next_question, next_sending
        self.steps = [
            Step("shortened links", lambda now: follow_shortened(fetcher, _merge_shortened, worker, now), due=flagged),
            Step("identify", lambda now: identify_ready(fetcher, pages, worker, now), due=flagged),
            Step("match", lambda now: match_ready(self._bank, worker, now), ("identify",), ours=True),
            Step("look back", lambda now: look_back(self._bank, now), ("identify",)),
            *self._capturing(),
            Step("compose", lambda now: compose_ready(worker, now), ("identify",)),
            Step("make out", lambda now: make_out(desk, now), ("compose", "papers"), due=next_making),
            Step("settle", lambda now: reconcile(ways, now), ("send",), due=asked),
            Step("send", lambda now: send_due(ways, worker, now), ("compose", "settle", "make out"), due=sending),
            Step("copies of orders", lambda now: copy_orders(desk, now), ("send", "settle")),
            Step("papers", lambda now: send_papers(ways, now), ("make out", "copies of orders"), due=next_making),
            Step("follow", self._follow, ("compose", "send", "settle"), ours=True),
            Step("collect mail", self._collect, due=self._next_collecting),
            Step("read mail", reader().read, ("collect mail",)),
            Step("read feeds", lambda now: read_feeds(self._api, now), ("follow",), due=next_reading),
            Step("flagged again", look_at_reflagged),
            Step("probe", lambda now: probe_due(pages, worker, now), due=next_probe),
            Step("returns", notice_returns, ("probe",), ours=True),
            *(self._searching(memory, pages) if settings.DEPTH == "full" else ()),
            Step("lineage", lambda now: trace_lineage(memory, now), ("identify",), ours=True),
            Step("ended watches", end_over, due=next_end),
        ]

    def _capturing(self) -> Iterator[Step]:
        """Evidence of what was confirmed, unless the unit keeps it by other means."""
        if settings.CAPTURE != "none":
            yield Step("capture", Capturing(self.worker, collecting()).ready, due=next_capture)

    def _searching(self, memory: Memory, pages: Reader) -> Iterator[Step]:
        """What is done beyond the line: make findable, and look for what comes back elsewhere."""
        known: set[str] = set()
        fetcher = self.fetcher
        yield Step("index", index_words, ("identify",))
        yield Step("words", lambda now: learn_words(memory, now), due=next_learning, ours=True)
        yield Step("plan searches", lambda now: plan_searches(memory, now), ("probe", "follow"), ours=True)
        yield Step("search", lambda now: search_due(pages, memory, now, known), due=next_search)
        yield Step("announcements", lambda now: read_announcements(memory, now), ("probe", "follow"), ours=True)
        yield Step("begin domains", begin_domains, ("follow",), ours=True)
        yield Step("domains", lambda now: look_at_domains(fetcher, pages, now), ("begin domains",), due=next_domain)

    def _collect(self, now: datetime) -> int:
        """Keep what waits in the mailbox, where there is one and it is time to look."""
        if self._box is None or time.monotonic() - self._collected_at < MAIL_EVERY.total_seconds():
            return 0
        self._collected_at = time.monotonic()
        return collect(self._box, now)

    def _next_collecting(self, now: datetime) -> datetime | None:
        """The mailbox is looked at by the machine's clock: its mail does not come by another."""
        if self._box is None:
            return None
        return now if time.monotonic() - self._collected_at >= MAIL_EVERY.total_seconds() else now + MAIL_EVERY

    def _follow(self, now: datetime) -> int:
        """The first time a worker looks at everything, then at what came since it last found nothing."""
        moved = follow_new(now, self._followed)
        if not moved:
            self._followed = now - AFTER_ERROR
        return moved

    def run_until_idle(self, now: datetime) -> int:
        """Run the steps that may find something, in order, until none moves anything at `now`; how many rows moved in all."""
        stamp = self._look_for_others()
        total = 0
        while moved := sum(self._run(step, now) for step in self.steps):
            total += moved
        done = register_stamp()
        self._stamp = None if stamp is None or done is None else (stamp[0], done[1])
        if time.monotonic() - self._sealed_at > SEAL_EVERY_S:
            self.seal(now)
        if total and time.monotonic() - self._sized_at > SIZES_EVERY_S:
            learn_sizes()
            self._sized_at = time.monotonic()
        return total

    def _look_for_others(self) -> tuple[int, int] | None:
        """Note whether anybody wrote to the register since this was last asked; where that cannot be told, somebody did.

        What others write while the steps run is seen the next time; what the steps write themselves is not counted.
        """
        stamp = register_stamp()
        if stamp is None or self._stamp != stamp:
            self._writes += 1
        return stamp

    def seal(self, now: datetime) -> None:
        """Give the log's new entries their places in the tree."""
        began = time.perf_counter()
        self.sealer.seal(now)
        self._sealed_at = time.monotonic()
        self.spent["seal"] += time.perf_counter() - began

    def _news(self, step: Step, now: datetime) -> tuple[object, ...]:
        """What a step may go by; the same as when it last found nothing means that it would find nothing again."""
        due = self._due(step, self._idle_at.get(step.name, LONG_AGO))
        overdue = (now, self._moves.total()) if due is not None and due <= now else None
        heard = sum(self._moves[name] for name in (step.name, *step.after))
        return heard, 0 if step.ours else self._writes, overdue

    def _due(self, step: Step, since: datetime) -> datetime | None:
        """When it is due; asked once for what the register holds."""
        if step.due is None:
            return None
        plain = isinstance(step.due, Earliest)
        told = (self._runs, self._writes, None if plain else since)
        if step.name not in self._dues or self._dues[step.name][0] != told:
            self._dues[step.name] = told, step.due() if isinstance(step.due, Earliest) else step.due(since)
        return self._dues[step.name][1]

    def _run(self, step: Step, now: datetime) -> int:
        if self._broken.get(step.name, now) > now:
            return 0
        news = self._news(step, now)
        if self._heard.get(step.name) == news:
            return 0
        began = time.perf_counter()
        self._runs += 1
        try:
            moved = step.run(now)
        except (CauteryError, DatabaseError):
            LOG.exception("The step “%s” failed; it is tried again in %s.", step.name, AFTER_ERROR)
            self._broken[step.name] = now + AFTER_ERROR
            self._heard.pop(step.name, None)
            return 0
        finally:
            self.spent[step.name] += time.perf_counter() - began
        if moved:
            self._moves[step.name] += moved
            self._heard.pop(step.name, None)
        else:
            self._idle_at[step.name] = now
            self._heard[step.name] = self._news(step, now)
        return moved

    def next_due(self, now: datetime) -> datetime | None:
        """When the next thing is due."""
        dues = [*(self._due(step, now) for step in self.steps), *self._broken.values()]
        return min((due for due in dues if due is not None and due > now), default=None)

    def take_over(self) -> None:
        """At the start of the only worker: free what a predecessor held; what it was sending is uncertain."""
        give_up_sending(WORKER)
        release_all(Episode, Tracking, Capture, prefix=WORKER)

    def run(self, progress: Callable[[datetime, int], None] | None = None) -> None:
        """Work until time ends."""
        while True:
            now = self.clock.now()
            moved = self.run_until_idle(now)
            if progress is not None:
                progress(now, moved)
            began = time.perf_counter()
            goes_on = self.clock.wait(self.next_due(now))
            self.spent["(waiting for the clock)"] += time.perf_counter() - began
            if not goes_on:
                self.close(self.clock.now())
                LOG.info("Seconds by step: %s", {name: round(s, 2) for name, s in self._slowest_first()})
                return

    def _slowest_first(self) -> list[tuple[str, float]]:
        return sorted(self.spent.items(), key=lambda pair: -pair[1])

    def close(self, now: datetime) -> None:
        """When time has ended: read every feed and look at everything once more, the unsure ones a second time."""
        read_all_feeds(now)
        look_at_all(now)
        self.run_until_idle(now)
        look_at_all(now, unsure_only=True)
        self.run_until_idle(now)
        self.seal(now)

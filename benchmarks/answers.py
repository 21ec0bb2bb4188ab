"""Answers a second through the API of a served process, one a call and a thousand a call, on SQLite and on PostgreSQL.

.venv/bin/python benchmarks/answers.py [--notices 20000] [--calls 2000] [--processes 1] [sqlite|postgresql]

`cautery serve` listens on loopback; clients keep their connections, eight at once, and share the two cores with it. Beside the
answers: `/health` of the same server, the floor of what a call costs there; the server's CPU time an answer, which a loaded
machine does not change; and examples/provider_client.py, which reads and answers notices as a provider would.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
CLIENTS = 8
AT_ONCE = 1_000
KEY = "benchmark-desk-key"
HEADERS = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def prepare(notices: int) -> tuple[list[str], str]:
    """So many delivered notices of one provider: their keys, and a time after they were received."""
    from django.core.management import call_command  # noqa: PLC0415 (Django is set up by now)
    from tests import factories as make  # noqa: PLC0415

    from cautery.refer.models import Notice  # noqa: PLC0415

    call_command("migrate", verbosity=0, run_syncdb=True)
    host, frame = make.provider(desk_key=KEY), make.operation()
    urls = [f"https://www.youtube.com/watch?v={n:011d}" for n in range(notices)]
    for start in range(0, notices, 5_000):
        episodes = make.flagged(frame, urls[start : start + 5_000], key=f"list {start}")
        make.identified(episodes, host=host)
        make.matched(episodes)
    for _ in range(0, notices, 500):
        make.decided(frame)
        make.signed(frame)
        make.composed(host)
    make.released(frame)
    while make.sent(host):
        pass
    keys = list(Notice.objects.order_by("pk").values_list("idempotency_key", flat=True))
    return keys, make.hours(25).isoformat()


class Server:
    """`cautery serve` on a free port."""

    def __init__(self, processes: int) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        command = [sys.executable, "-m", "cautery", "serve", "--no-worker", "--port", str(self.port)]
        command += ["--processes", str(processes)]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        for _ in range(2_400):
            try:
                self.calls([("GET", "/api/v1/health", b"")])
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise SystemExit("the server does not answer")

    def cpu_s(self) -> float:
        """CPU time of the server and the processes it started, so far."""
        group = [self.process.pid, *_children(self.process.pid)]
        fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in group]
        return sum(int(row[11]) + int(row[12]) for row in fields) * TICK_S

    def calls(self, calls: Sequence[tuple[str, str, bytes]]) -> list[bytes]:
        """The answers to calls over one kept connection, one after the other."""
        connection, answers = HTTPConnection("127.0.0.1", self.port, timeout=120), []
        for method, path, body in calls:
            connection.request(method, path, body or None, HEADERS)
            response = connection.getresponse()
            answers.append(response.read())
            if response.status != 200:
                raise SystemExit(f"{path}: {response.status} {answers[-1][:300]!r}")
        connection.close()
        return answers

    def at_once(self, calls: Sequence[tuple[str, str, bytes]], clients: int) -> list[bytes]:
        """The same, shared among so many clients."""
        with ThreadPoolExecutor(clients) as pool:
            parts = list(pool.map(self.calls, [calls[number::clients] for number in range(clients)]))
        return [answer for part in parts for answer in part]


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextmanager
def served(processes: int = 1) -> Iterator[Server]:
    """A server as long as the block."""
    server = Server(processes)
    try:
        yield server
    finally:
        server.process.terminate()
        server.process.wait(20)


def said(keys: Sequence[str], at: str, at_once: int) -> list[tuple[str, str, bytes]]:
    """The calls that answer `keys`."""
    rows = [{"idempotency_key": key, "answer": "removed", "at": at} for key in keys]
    bodies = [json.dumps({"answers": rows[start : start + at_once]}).encode() for start in range(0, len(rows), at_once)]
    return [("POST", "/api/v1/provider/answers", body) for body in bodies]


def measured(server: Server, name: str, n: int, work: Callable[[], list[bytes]]) -> None:
    """A row of the table: of `n` calls or answers."""
    cpu, began = server.cpu_s(), time.perf_counter()
    told = work()
    took, spent = time.perf_counter() - began, server.cpu_s() - cpu
    if "answer" in name and sum(json.loads(answer)["taken"] for answer in told) != n:
        raise SystemExit(f"{name}: not all were taken")
    print(f"{name:<34}{n / took:>10,.0f}{spent / n * 1_000:>12.3f}{n / spent:>12,.0f}", flush=True)


def run(vendor: str, notices: int, singles: int, processes: int) -> None:
    """Print the table of one database."""
    os.environ |= {"CAUTERY_MODE": "rehearsal", "DJANGO_SETTINGS_MODULE": "cautery.settings"}
    import django  # noqa: PLC0415 (it reads the environment)

    django.setup()
    keys, at = prepare(notices + 2 * singles)
    print(
        f"\n{f'{vendor}, web processes: {processes}':<34}{'a second':>10}{'CPU ms each':>12}{'a core-s':>12}",
        flush=True,
    )
    with served(processes) as server:
        first, second, many = keys[:singles], keys[singles : 2 * singles], keys[2 * singles : -notices // 2]
        health = [("GET", "/api/v1/health", b"")] * singles
        measured(server, f"health, {CLIENTS} clients", singles, lambda: server.at_once(health, CLIENTS))
        measured(server, "one answer a call, 1 client", singles, lambda: server.calls(said(first, at, 1)))
        name = f"one answer a call, {CLIENTS} clients"
        measured(server, name, singles, lambda: server.at_once(said(second, at, 1), CLIENTS))
        measured(server, f"{AT_ONCE:,} answers a call", len(many), lambda: server.calls(said(many, at, AT_ONCE)))
        print(_client(server), flush=True)


def _client(server: Server) -> str:
    """What examples/provider_client.py says of reading and answering what is left."""
    command = [sys.executable, str(ROOT / "examples/provider_client.py"), f"http://127.0.0.1:{server.port}", KEY]
    return f"examples/provider_client.py: {subprocess.check_output([*command, 'removed'], text=True).strip()}"


def main() -> None:
    """Each database in a process and a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("vendor", nargs="?", choices=["sqlite", "postgresql", "here"])
    parser.add_argument(
        "--notices", type=int, default=20_000, help="answered a thousand a call, half of them by the example"
    )
    parser.add_argument("--calls", type=int, default=2_000, help="answered one a call, twice")
    parser.add_argument("--processes", type=int, default=1, help="of the web server")
    wanted = parser.parse_args()
    if wanted.vendor == "here":
        run(os.environ["CAUTERY_BENCH_NAME"], wanted.notices, wanted.calls, wanted.processes)
        return
    from tests.databases import postgresql  # noqa: PLC0415

    for vendor in [wanted.vendor] if wanted.vendor else ["sqlite", "postgresql"]:
        folder = tempfile.mkdtemp(prefix="cautery-bench-")
        given = {"CAUTERY_DATA": folder, "CAUTERY_BENCH_NAME": vendor}
        sizes = [f"--{name}={value}" for name, value in vars(wanted).items() if name != "vendor"]
        command = [sys.executable, __file__, "here", *sizes]
        try:
            if vendor == "sqlite":
                subprocess.run(command, env=os.environ | given, check=True)
            else:
                with postgresql() as url:
                    subprocess.run(command, env=os.environ | given | {"DATABASE_URL": url}, check=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()

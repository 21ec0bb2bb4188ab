"""Removal orders through the register: checked, made out, printed, signed twice with time stamps, and queued to be sent.

    .venv/bin/python benchmarks/orders.py [--orders 400]

The worker's own step (`make_out`) works in a process of its own, is killed with SIGKILL half-way and started again; then every
order must be there once, complete, and ready to leave. The time-stamping service is a test one on loopback, in the parent
process; its work is shown apart. What 10,000 would take is worked out from processor time. What a printed form costs without
a register, and beside pyHanko's manual, is `benchmarks/notices.py`.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PASSPHRASE = b"test-authority"
WANTED, WITHIN_MIN = 10_000, 15
CORES = 2


def set_up(folder: Path) -> None:
    """Django on a register in `folder`."""
    os.environ |= {
        "CAUTERY_DATA": str(folder),
        "CAUTERY_MODE": "rehearsal",
        "DJANGO_SETTINGS_MODULE": "cautery.settings",
    }
    import django  # noqa: PLC0415 (it reads the environment)

    django.setup()


def prepare(orders: int) -> None:
    """So many signed orders to a provider that takes them by mail and had its first information."""
    from django.core.management import call_command  # noqa: PLC0415 (Django is set up by now)
    from tests import factories as make  # noqa: PLC0415
    from tests.flow.orders import Way, authority  # noqa: PLC0415

    from cautery.authorise.actions import Signing, claim_decisions, sign_many  # noqa: PLC0415
    from cautery.directory.actions import import_directory  # noqa: PLC0415
    from cautery.refer.issuing.steps import Desk, make_out, send_papers  # noqa: PLC0415
    from cautery.review.actions import Decision, claim_episodes, decide_many  # noqa: PLC0415

    call_command("migrate", verbosity=0, run_syncdb=True)
    point = {"address": "tco@youtube.example", "source": "its own page"}
    host = make.provider(
        channel="mail", email="abuse@youtube.example", home_state="IE", languages=["de"], contact_points=[point]
    )
    reviewer, signer = make.actor("reviewer", "review"), make.actor("signer", "sign", unit="de-meldestelle")
    rows = [authority("fr-office", "FR", "issue"), authority("ie-office", "IE", "scrutinise")]
    units = [{"slug": "fr-pharos", "name": "Pharos", "state": "FR", "authority": "fr-office"}]
    import_directory({"authorities": rows, "units": units}, by=make.SYSTEM, at=make.START)
    frame = make.operation()
    episodes = make.flagged(frame, [f"https://www.youtube.com/watch?v={n:011d}" for n in range(orders)])
    make.identified(episodes, host=host)
    make.matched(episodes)
    while keys := claim_episodes(frame, 500, by=reviewer):
        said = [
            Decision(key, "confirmed", f"It calls for the act. Case {key}.", ["a"], instrument="tco-removal-order")
            for key in keys
        ]
        decide_many(said, by=reviewer, at=make.hours(2))
    while keys := claim_decisions(frame, 500, by=signer):
        signed = sign_many([Signing(key, "sign") for key in keys], by=signer, at=make.hours(3))
        if wrong := [one for one in signed if one.status != "recorded"]:
            raise SystemExit(f"not signed: {wrong[0]}")
        make.composed(host, at=make.hours(4))
    make.released(frame)
    make_out(Desk(), make.hours(5))
    send_papers({"mail": Way()}, make.hours(5))


def work() -> None:
    """What the worker does with orders that are due, until there are none."""
    from tests import factories as make  # noqa: PLC0415

    from cautery.refer.issuing.steps import Desk, make_out  # noqa: PLC0415
    from cautery.refer.signing.configured import signing_settings  # noqa: PLC0415
    from cautery.refer.signing.office import Office  # noqa: PLC0415
    from cautery.settings.environment import ENVIRONMENT  # noqa: PLC0415

    desk, now = Desk(Office.open(signing_settings(ENVIRONMENT))), make.hours(24)
    while make_out(desk, now):
        pass


def ready() -> int:
    """Orders that may leave."""
    from django.db import connection  # noqa: PLC0415

    from cautery.refer.models import Delivery  # noqa: PLC0415

    connection.close()
    return Delivery.objects.filter(ready=True).count()


def worked(orders: int, folder: Path, *, until: int) -> float:
    """Start the worker; when `until` orders are ready it is killed, or waited for where that is all. Wall seconds."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, __file__, "--at-work", str(folder)])
    while process.poll() is None:
        if until < orders and ready() >= until:
            process.send_signal(signal.SIGKILL)
            process.wait()
            break
        time.sleep(0.1)
    if process.returncode not in {0, -signal.SIGKILL}:
        raise SystemExit("the worker failed")
    return time.perf_counter() - began


def checked(orders: int, roots: Path) -> str:
    """That every order is there once, complete and signed, in words."""
    from cautery.refer.models import Delivery, Issue  # noqa: PLC0415
    from cautery.refer.signing.checking import State, check_pdf, load_roots  # noqa: PLC0415

    issues = Issue.objects.filter(signed=True, pdf__isnull=False).count()
    left = Delivery.objects.filter(ready=False).count()
    if (issues, left) != (orders, 0):
        raise SystemExit(f"{issues} of {orders} made out, {left} not ready")
    trusted: list[Any] = load_roots(roots)
    looked = [bytes(one.pdf or b"") for one in Issue.objects.order_by("?")[:20]]
    valid = sum(check_pdf(pdf, trusted, now=datetime.now(UTC)).state == State.VALID for pdf in looked)
    return f"{issues} of {orders} complete and ready, each once; {valid} of {len(looked)} looked at are valid"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=400)
    parser.add_argument("--at-work", type=Path, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.at_work is not None:
        set_up(wanted.at_work)
        work()
        return
    from tests.refer.authority import make_authority, time_service  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="cautery-bench-") as place:
        folder = Path(place)
        authority = make_authority(folder / "authority")
        (folder / "secret").write_bytes(PASSPHRASE)
        with time_service(authority.stamper) as url:
            os.environ |= {
                "CAUTERY_SIGNING_KEY": str(authority.key),
                "CAUTERY_SIGNING_SECRET": str(folder / "secret"),
                "CAUTERY_TSA_URL": url,
            }
            set_up(folder / "data")
            began = time.process_time()
            prepare(wanted.orders)
            print(f"decided, checked and signed by two people: {_each(time.process_time() - began, wanted.orders)}")
            _measured(wanted.orders, folder / "data", authority.roots)


def _measured(orders: int, folder: Path, roots: Path) -> None:
    before, own = _children_s(), time.process_time()
    wall = worked(orders, folder, until=orders // 2)
    half = ready()
    wall += worked(orders, folder, until=orders)
    used, served = _children_s() - before, time.process_time() - own
    print(f"killed with {half} ready, started again: {checked(orders, roots)}")
    print(f"  wall, both starts             {wall:8.1f} s   {orders / wall * 60:.0f} a minute")
    print(f"  processor, worker             {used:8.1f} s   {_each(used, orders)}")
    print(f"  processor, service and parent {served:8.1f} s   {_each(served, orders)}")
    alone = used / orders * WANTED / 60
    print(
        f"  {WANTED:,} orders, one worker on a whole core: {alone:.1f} minutes (wanted: {WITHIN_MIN} on {CORES} cores)"
    )


def _each(seconds: float, orders: int) -> str:
    return f"{seconds / orders * 1_000:.1f} ms each"


def _children_s() -> float:
    """Processor seconds of the processes that have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


if __name__ == "__main__":
    main()

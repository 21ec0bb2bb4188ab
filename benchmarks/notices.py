"""Complete signed removal orders: how many a minute, on how many processes, and what a document costs.

    python -m benchmarks.notices --orders 300 --workers 2

Each order has an address, a reason and a reference of its own, is checked, printed (PDF/A-3a, German), signed by PAdES with a time
stamp and by CMS in its machine form, and written. The time-stamping service is a test one on loopback, in this process; its
work is counted in the wall time and shown apart. Half-way the pool is stopped and started again on the same folder.
The peer is pyHanko used as its manual shows it: key and certificates read for each signature, a trial signature for the size.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice
from pathlib import Path

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.timestamps import HTTPTimeStamper
from tests.core.instruments.specimens import specimen
from tests.refer.authority import PASSPHRASE, make_authority, time_service

from cautery.refer.printing.batch import issue_many
from cautery.refer.printing.issue import Request, draft, issue
from cautery.refer.printing.press import Press
from cautery.refer.signing.checking import State, check_pdf, load_roots
from cautery.refer.signing.office import Office, SigningSettings

ORDER = "tco-removal-order"
WANTED = 10_000


def requests(number: int) -> Iterator[Request]:
    """Orders that differ in address, reason and reference."""
    base = specimen(ORDER)
    for serial in range(number):
        own = {
            "reference": f"CTY-202611-{serial:07d}",
            "urls": [f"https://videos.example.org/watch/specimen-{serial}"],
            "considerations": f"{base['considerations']} Case {serial}.",
        }
        yield Request(ORDER, base | own, ("de",), datetime.now(UTC))


def cpu(work: Callable[[], object], times: int) -> float:
    """Milliseconds of processor time one call takes, over `times` calls after a first."""
    work()
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times * 1000


def plainly(key: Path, url: str, pdf: bytes) -> bytes:
    """Sign as the manual shows."""
    signer = signers.SimpleSigner.load_pkcs12(str(key), passphrase=PASSPHRASE)
    metadata = PdfSignatureMetadata(field_name="Signature", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    stamper = HTTPTimeStamper(url)
    signed: bytes = signers.sign_pdf(
        IncrementalPdfFileWriter(BytesIO(pdf)), metadata, signer, timestamper=stamper
    ).getvalue()
    return signed


def children_s() -> float:
    """Processor seconds of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=300)
    parser.add_argument("--workers", type=int, default=2)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        authority = make_authority(Path(place) / "authority")
        with time_service(authority.stamper) as url:
            settings = SigningSettings(authority.key, PASSPHRASE, timestamp_url=url)
            _one(settings, url)
            _many(settings, wanted.orders, wanted.workers, Path(place) / "out", load_roots(authority.roots))


def _one(settings: SigningSettings, url: str) -> None:
    with closing(Office.open(settings)) as office:
        _costs(settings, url, Press(), office)


def _costs(settings: SigningSettings, url: str, press: Press, office: Office) -> None:
    (request,) = requests(1)
    plain = draft(request, press).pdf
    print("one document, processor time with the test service's share (ms)")
    print(f"  check and print               {cpu(lambda: draft(request, press), 30):8.1f}")
    ours = cpu(lambda: office.sign_pdf(plain), 20)
    theirs = cpu(lambda: plainly(settings.key or Path(), url, plain), 5)
    print(f"  sign the PDF                  {ours:8.1f}")
    print(f"  the same, pyHanko's manual    {theirs:8.1f}   {theirs / ours:.1f} times ours")
    print(f"  check, print, sign both forms {cpu(lambda: issue(request, press, office), 20):8.1f}")


def _many(settings: SigningSettings, number: int, workers: int, folder: Path, roots: list[object]) -> None:
    before, own, start = children_s(), time.process_time(), time.perf_counter()
    first = sum(
        not outcome.error
        for outcome in issue_many(islice(requests(number), number // 2), folder, settings, workers=workers)
    )
    rest = sum(not outcome.error for outcome in issue_many(requests(number), folder, settings, workers=workers))
    wall, used, served = time.perf_counter() - start, children_s() - before, time.process_time() - own
    valid = sum(
        check_pdf(path.read_bytes(), roots, now=datetime.now(UTC)).state == State.VALID
        for path in islice(folder.glob("*.pdf"), 20)
    )
    print(
        f"{number} orders, {workers} processes, stopped half-way: {first} + {rest} issued, {valid} of 20 looked at are valid"
    )
    print(f"  wall                          {wall:8.1f} s   {number / wall * 60:.0f} a minute")
    print(f"  processor, pool               {used:8.1f} s   {used / number * 1000:.0f} ms a document")
    print(f"  processor, service and parent {served:8.1f} s")
    print(
        f"  {WANTED} orders on two whole cores  {(used + served) / number * WANTED / 2 / 60:6.1f} minutes (of processor time; wanted: 15)"
    )
    print(f"  {WANTED} orders at this wall time   {wall / number * WANTED / 60:6.1f} minutes")


if __name__ == "__main__":
    main()

"""A whole operation, end to end, at two sizes (`python benchmarks/rehearsal.py [--line] [FLAGS ...]`, default 26000 104000).

Prints wall time, peak memory of the platform's processes, and where the worker's time went; then the ratio of the sizes.
`--line` runs the line from flag to report alone (`cautery exercise --depth line`).
There is no peer to run beside it: nobody else's software goes all the way round. The ratio is against itself.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path


def run(flags: int, depth: str) -> dict[str, float]:
    """One rehearsal in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="cautery-bench-") as folder:
        command = [
            sys.executable,
            "-m",
            "cautery",
            "exercise",
            "--flags",
            str(flags),
            "--out",
            folder,
            "--json",
            "--depth",
            depth,
        ]
        log = Path(folder) / "bench.log"
        with log.open("w") as errors:
            subprocess.run(
                command,
                stderr=errors,
                stdout=subprocess.DEVNULL,
                check=False,
                env=os.environ | {"CAUTERY_LOG_LEVEL": "INFO"},
            )
        report = json.loads((Path(folder) / "report.json").read_text())
        score = json.loads((Path(folder) / "score.json").read_text())
        steps = re.search(r"Seconds by step: (.*)", log.read_text())
    figures = {"wall_s": report["run"]["wall_s"], "peak_rss_mb": report["run"]["peak_rss_mb"]}
    print(
        f"{flags:>8,} flags  {report['items']['unique']:>7,} items  {report['notices']['sent']:>7,} notices  "
        f"{figures['wall_s']:>7.1f} s  {figures['peak_rss_mb']:>6.0f} MiB  books agree: {score['ok']}"
    )
    print(f"         worker, seconds by step: {steps.group(1) if steps else '?'}")
    return figures


def main(sizes: list[int], depth: str) -> None:
    found = [run(size, depth) for size in sizes]
    for size, figures in zip(sizes[1:], found[1:], strict=True):
        print(f"{size:,} flags took {figures['wall_s'] / found[0]['wall_s']:.2f} times as long as {sizes[0]:,}")


if __name__ == "__main__":
    words = sys.argv[1:]
    numbers = [int(word) for word in words if word.isdigit()]
    main(numbers or [26_000, 104_000], "line" if "--line" in words else "full")

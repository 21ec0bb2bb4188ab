"""Read a provider's open notices and answer them, a thousand at a time. Needs nothing but Python.

python examples/provider_client.py http://127.0.0.1:8300 KEY removed
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.request import Request, urlopen

AT_ONCE = 1_000


def call(base: str, key: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """One call of the API."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    request = Request(f"{base}/api/v1/provider{path}", data, headers)  # noqa: S310 (the address is the caller's)
    with urlopen(request, timeout=60) as answer:  # noqa: S310
        found: dict[str, Any] = json.load(answer)
    return found


def open_notices(base: str, key: str) -> Iterator[list[dict[str, Any]]]:
    """The notices without an answer, a page at a time."""
    after = ""
    while True:
        page = call(base, key, f"/notices?state=open&limit={AT_ONCE}&after={after}")
        if page["notices"]:
            yield page["notices"]
        after = page["next"] or ""
        if not after:
            return


def answer_all(base: str, key: str, answer: str) -> tuple[int, list[str]]:
    """Answer every open notice; how many were taken, and what was not, in words."""
    taken, problems = 0, []
    for page in list(open_notices(base, key)):
        now = datetime.now(UTC).isoformat()
        said = [{"idempotency_key": row["idempotency_key"], "answer": answer, "at": now} for row in page]
        told = call(base, key, "/answers", {"answers": said})
        taken, problems = taken + told["taken"], problems + told["problems"]
    return taken, problems


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    began = time.monotonic()
    count, wrong = answer_all(*sys.argv[1:])
    print(f"{count} answers taken in {time.monotonic() - began:.1f} s; {len(wrong)} not: {wrong[:3]}")  # noqa: T201 (its output)

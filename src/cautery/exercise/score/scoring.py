"""Compare both books and write score.json."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from cautery.exercise.people.client import PlatformClient
from cautery.exercise.score.books import open_books
from cautery.exercise.score.copies import copy_figures
from cautery.exercise.score.effect import effect_figures
from cautery.exercise.score.figures import defined
from cautery.exercise.score.outcomes import notice_figures
from cautery.exercise.score.returns import register_figures, return_figures

PAGE = 1000


def score(world: Mapping[str, Any], report: Mapping[str, Any], register: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """`figures` by name ({value, n, unit, definition}), `checks` (what must hold exactly), `ok` (all of them do)."""
    rows = list(register)
    books = open_books(world, report, rows)
    sent, sent_checks = notice_figures(books)
    held, held_checks = register_figures(books)
    checks = [*sent_checks, *held_checks]
    return {
        "figures": defined(
            {**return_figures(books), **held, **sent, **effect_figures(books), **copy_figures(books, rows)}
        ),
        "checks": checks,
        "ok": all(check["ok"] for check in checks),
    }


def read_register(client: PlatformClient, operation: str, token: str) -> Iterator[dict[str, Any]]:
    """All items of an operation, page by page; PlatformRefused, PlatformGone."""
    after: str | None = ""
    while after is not None:
        query = urlencode({"operation": operation, "after": after, "limit": PAGE})
        page = client.get(f"/register?{query}", token)
        yield from page["items"]
        after = page["next"] if page["items"] else None


def write_score(out: Path, api: str, token: str) -> dict[str, Any]:
    """Read world.json, report.json and the register at `api` (`http://HOST:PORT`), write score.json, give it back."""
    world = json.loads((out / "world.json").read_text(encoding="utf-8"))
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    client = PlatformClient(out, api=api)
    try:
        result = score(world, report, read_register(client, world["operation"]["slug"], token))
    finally:
        client.close()
    (out / "score.json").write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return result

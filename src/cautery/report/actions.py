"""Write an operation's report: data, page and PDF, and say so in the log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import transaction

from cautery.core.actors import Actor
from cautery.custody.actions import record
from cautery.custody.events import Event
from cautery.intake.models import Operation
from cautery.report.build import build
from cautery.report.render import render_html, render_pdf


def write_report(
    operation: Operation, folders: list[Path], *, run: Mapping[str, Any], by: Actor, at: datetime
) -> dict[str, Any]:
    """Make report.json, report.html and report.pdf in each of `folders`; the report."""
    report = build(operation, run=run, by=by, at=at)
    files = {
        "report.json": json.dumps(report, indent=1, ensure_ascii=False).encode(),
        "report.html": render_html(report).encode(),
        "report.pdf": render_pdf(report),
    }
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    digests = {name: sha256(content).hexdigest() for name, content in files.items()}
    with transaction.atomic():
        record(Event.REPORT_OPERATION_REPORTED, by=by, at=at, subject=f"operation:{operation.slug}", facts=digests)
    return report

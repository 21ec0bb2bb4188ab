"""Write a report: data, page and PDF, and say so in the log."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
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
    write_files(report, folders, "report", subject=f"operation:{operation.slug}", by=by, at=at)
    return report


def write_files(
    report: Mapping[str, Any], folders: Sequence[Path], name: str, *, subject: str, by: Actor, at: datetime
) -> dict[str, str]:
    """Write `name`.json, .html and .pdf of a report of any kind in each folder; their SHA-256, as the log has them."""
    files = {
        f"{name}.json": json.dumps(report, indent=1, ensure_ascii=False).encode(),
        f"{name}.html": render_html(report).encode(),
        f"{name}.pdf": render_pdf(report),
    }
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        for file, content in files.items():
            (folder / file).write_bytes(content)
    digests = {file: sha256(content).hexdigest() for file, content in files.items()}
    with transaction.atomic():
        record(Event.REPORT_OPERATION_REPORTED, by=by, at=at, subject=subject, facts=digests)
    return digests

"""The report of an operation as the platform wrote it: never part of a page of ours, always sandboxed or a download."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from csp.decorators import csp_update
from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from cautery.core.actors import Actor, Permission
from cautery.core.errors import NotFound
from cautery.intake.queries import get_operation, operation_row
from cautery.web.access import needs

RAW_POLICY = "default-src 'none'; style-src {}; img-src data:; sandbox"
"""For the stored page alone: its own style, by its digest, and pictures; no script, an origin of its own."""
STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ReportFile:
    """One form of the report: its name, its media type and what it is for."""

    name: str
    content_type: str
    purpose: object
    path: Path

    @property
    def size(self) -> int:
        """Bytes."""
        return self.path.stat().st_size


FORMS = (
    ("report.html", "text/html; charset=utf-8", _("To read: one page that needs nothing else")),
    ("report.pdf", "application/pdf", _("To print and to file")),
    ("report.json", "application/json", _("For programs: every figure")),
)


def report_files(slug: str) -> list[ReportFile]:
    """The forms of the report that the platform has written for the operation of this slug."""
    folder = settings.DATA / "reports" / slug
    return [
        ReportFile(name, kind, purpose, folder / name) for name, kind, purpose in FORMS if (folder / name).is_file()
    ]


def _file(slug: str, name: str, by: Actor) -> ReportFile:
    operation = get_operation(slug, by=by)
    for file in report_files(operation.slug):
        if file.name == name:
            return file
    raise NotFound("No such report has been written for this operation yet.", operation=slug, file=name)


@csp_update({"frame-src": ["'self'"]})
@needs(Permission.REPORT_OPERATION_READ)
def report_page(request: HttpRequest, slug: str, *, by: Actor) -> HttpResponse:
    """The report in a sandboxed frame, and its files."""
    operation = get_operation(slug, by=by)
    files = report_files(operation.slug)
    context = {
        "operation": operation_row(operation),
        "files": files,
        "readable": any(f.name == "report.html" for f in files),
    }
    return render(request, "web/report.html", context)


@xframe_options_sameorigin
@needs(Permission.REPORT_OPERATION_READ)
def report_raw(_request: HttpRequest, slug: str, *, by: Actor) -> HttpResponse:
    """The stored page itself, in a sandbox of its own."""
    file = _file(slug, "report.html", by)
    page = file.path.read_bytes()
    digests = [f"'sha256-{b64encode(sha256(style).digest()).decode()}'" for style in STYLE.findall(page)]
    policy = RAW_POLICY.format(" ".join(digests) or "'none'")
    return HttpResponse(page, content_type=file.content_type, headers={"Content-Security-Policy": policy})


@needs(Permission.REPORT_OPERATION_READ)
def report_file(_request: HttpRequest, slug: str, name: str, *, by: Actor) -> HttpResponseBase:
    """One form of the report, as a download."""
    file = _file(slug, name, by)
    return FileResponse(
        file.path.open("rb"), content_type=file.content_type, as_attachment=True, filename=f"{slug}-{file.name}"
    )

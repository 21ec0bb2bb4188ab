"""The WSGI application that granian serves. Each of its processes reads all it needs before its first request, and settles."""

from __future__ import annotations

import gc
import os
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.template import engines
from django.urls import get_resolver
from django.utils import translation

YOUNG = 5_000
"""Objects made before the young ones are looked through: a page makes some thousands, and nearly all go by themselves."""


def settle() -> None:
    """Read routes, templates and languages, then leave all that is loaded out of garbage collection.

    Some 200,000 objects live as long as the process. A full collection walked through every one of them, and somebody's page of
    20 ms took 150 (measured with `gc.callbacks`). Set apart (`gc.freeze`), they are never walked again.
    """
    _ = get_resolver().reverse_dict
    templates = Path(apps.get_app_config("web").path, "templates")
    for file in templates.rglob("*.html"):
        engines["django"].get_template(str(file.relative_to(templates)))
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            translation.gettext("Items")
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cautery.settings")
application = get_wsgi_application()
settle()

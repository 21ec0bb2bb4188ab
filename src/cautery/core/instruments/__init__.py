"""Instruments: what each notice must contain, in data a lawyer can change; read, checked and written as JSON.

data/NAME/form.toml + LANG.toml -> catalogue.py -> Instrument(form.py, wording.py)
values given -> validation.read -> values in one form + findings (field, law, why) -> Document (JSON, schema.py)
"""

from __future__ import annotations

from cautery.core.instruments.catalogue import Catalogue, Instrument
from cautery.core.instruments.document import Document
from cautery.core.instruments.validation import Finding, Problem, Read, read
from cautery.core.instruments.wording import LANGUAGES, Wording, language_for

__all__ = [
    "LANGUAGES",
    "Catalogue",
    "Document",
    "Finding",
    "Instrument",
    "Problem",
    "Read",
    "Wording",
    "language_for",
    "read",
]

"""A PDF -> its text and PDQ of its pages as pictures: magazines are propaganda too."""

from __future__ import annotations

import math
from typing import Any, BinaryIO

import numpy as np
import pypdfium2 as pdfium
from pypdfium2 import raw

from cautery.core.errors import FileRefused

from .model import Fingerprint, Found, Limits, Problem, Stopwatch, whole
from .pdq_kernel import MIN_SIDE, Grey, pdq
from .text import of_text

SIDE = 512
"""Pixels the longer side of a page has when it is drawn."""
SIDES = 100
"""A page may be this many times longer than it is wide."""
PASSWORD = raw.FPDF_ERR_PASSWORD


def read(stream: BinaryIO, limits: Limits) -> Found:
    """Text of the whole and `page` pictures of the first `limits.pages`; refuses with `encrypted`, `damaged`, `nothing_found`."""
    document = _opened(whole(stream, limits.picture_bytes))
    try:
        pages = len(document)
        found = Found(facts={"pages": pages})
        texts: list[str] = []
        for number in range(min(pages, limits.pages)):
            _read_page(document, number, found, texts)
        if pages > limits.pages:
            found.facts["pages_left_out"] = pages - limits.pages
    finally:
        document.close()
    words = of_text("\n".join(texts)[: limits.text_chars])
    found.prints += words.prints
    found.facts |= words.facts
    return found.checked()


def _opened(data: bytes) -> Any:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == PASSWORD:
            raise FileRefused("The PDF asks for a password.", reason="encrypted") from error
        raise FileRefused(f"The PDF cannot be read: {error}", reason="damaged") from error


def _read_page(document: Any, number: int, found: Found, texts: list[str]) -> None:
    """One page; one that cannot be read is named and costs only itself."""
    part = f"page {number + 1}"
    watch = Stopwatch()
    try:
        page = document[number]
        try:
            words = page.get_textpage()
            texts.append(words.get_text_bounded())
            words.close()
            grey = _drawn(page)
        finally:
            page.close()
    except (pdfium.PdfiumError, ValueError, OverflowError) as error:
        found.problems.append(Problem(part, "damaged", f"The page cannot be read: {error}"))
        return
    if grey is None:
        found.problems.append(Problem(part, "too_small", "The page is a line."))
        return
    made = pdq(grey)
    found.prints.append(Fingerprint("pdq", made.hex, "page", made.quality, part=part, ms=watch.lap()))


def _drawn(page: Any) -> Grey | None:
    """Grey levels of the page at `SIDE` pixels; None where its shape gives no picture."""
    width, height = page.get_size()
    longer, shorter = max(width, height), min(width, height)
    if not (math.isfinite(longer) and shorter > 0) or longer / shorter > SIDES:
        return None
    bitmap = page.render(scale=SIDE / longer, grayscale=True, may_draw_forms=False)
    grey = np.asarray(bitmap.to_numpy()).reshape(bitmap.height, -1)[:, : bitmap.width].copy()
    bitmap.close()
    return grey if min(grey.shape) >= MIN_SIDE else None

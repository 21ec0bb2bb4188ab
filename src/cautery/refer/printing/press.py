"""Sets pages with Typst: PDF/A-3a and PDF/UA-1, from the shipped fonts, without network; the same content gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from cautery.core.errors import RulesInvalid
from cautery.core.instruments import Catalogue
from cautery.refer.printing.glyphs import FONTS

TEMPLATE = Path(__file__).with_name("form.typ")


class Press:
    """A template with its fonts, loaded once; one for each process."""

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        self.catalogue = catalogue or Catalogue.default()
        self.template = self.catalogue.file("form.typ") or TEMPLATE
        folders = [FONTS, *(folder / "fonts" for folder in self.catalogue.folders if (folder / "fonts").is_dir())]
        fonts = typst.Fonts(include_system_fonts=False, font_paths=folders)
        self._families = json.dumps(_ordered(fonts.families()))
        self._compiler = typst.Compiler(self.template, root=self.template.parent, font_paths=fonts)

    def print(self, pages: Mapping[str, Any], *, at: datetime, machine: bytes | None = None) -> bytes:
        """The pages as PDF dated `at`, with the machine form attached. RulesInvalid where a lawyer's template does not hold."""
        inputs = {"pages": json.dumps(pages, ensure_ascii=False), "families": self._families}
        if machine is not None:
            inputs["machine"] = machine.decode()
        try:
            made = self._compiler.compile(
                format="pdf",
                sys_inputs=inputs,
                pdf_standards=["a-3a", "ua-1"],
                timestamp=at.astimezone(UTC).replace(microsecond=0),
            )
        except typst.TypstError as wrong:
            raise RulesInvalid(
                f"{self.template.name} cannot be set: {wrong.message}", reason="template", file=str(self.template)
            ) from wrong
        return bytes(made)  # type: ignore[arg-type]  # one file, never a list, for PDF


def _ordered(families: list[str]) -> list[str]:
    """Noto Sans first, Chinese, Japanese and Korean last: their font holds Latin letters too."""
    noto = sorted(name for name in families if name.startswith("Noto") and "CJK" not in name and name != "Noto Sans")
    others = sorted(name for name in families if not name.startswith("Noto") and name not in _TYPSTS_OWN)
    return ["Noto Sans", *others, *noto, *(name for name in families if "CJK" in name)]


_TYPSTS_OWN = {"DejaVu Sans Mono", "Libertinus Serif", "New Computer Modern", "New Computer Modern Math"}

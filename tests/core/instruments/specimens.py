"""The harmless specimens that lie beside each form; each has every field that can stand together."""

from __future__ import annotations

from typing import Any

from cautery.core.instruments import Catalogue
from cautery.core.instruments.catalogue import DATA, read_toml

NAMES = sorted(Catalogue.default().instruments)


def specimen(name: str, other: str = "") -> dict[str, Any]:
    """A complete notice's fields; `other` lays a second specimen over the first."""
    fields = read_toml(DATA / name / "specimen.toml")
    return fields | read_toml(DATA / name / f"specimen-{other}.toml") if other else fields


def specimens() -> list[tuple[str, dict[str, Any]]]:
    """Every specimen of every instrument."""
    others = {path.parent.name: path.stem.partition("-")[2] for path in sorted(DATA.glob("*/specimen-*.toml"))}
    return [(name, specimen(name)) for name in NAMES] + [
        (name, specimen(name, other)) for name, other in others.items()
    ]

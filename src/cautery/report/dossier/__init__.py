"""What the desk shows, read across the stages: operations in figures, lists of items, one item with its timeline.

Every query takes `by` and asks for its permission; none of them writes.
"""

from cautery.report.dossier.counting import ProviderLine
from cautery.report.dossier.item import Dossier, dossier
from cautery.report.dossier.items import EXPORT_FIELDS, ItemFilter, ItemPage, ItemRow, item_page, rows_of, stream_items
from cautery.report.dossier.overview import (
    OperationLine,
    Overview,
    operation_lines,
    operation_overview,
    provider_slugs,
)
from cautery.report.dossier.room import CURVES, Room, room

__all__ = [
    "CURVES",
    "EXPORT_FIELDS",
    "Dossier",
    "ItemFilter",
    "ItemPage",
    "ItemRow",
    "OperationLine",
    "Overview",
    "ProviderLine",
    "Room",
    "dossier",
    "item_page",
    "operation_lines",
    "operation_overview",
    "provider_slugs",
    "room",
    "rows_of",
    "stream_items",
]

"""What the database holds: foreign keys point back along the flow and never take a row away with another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db import models

from tests.rules.source import STAGES

Key = tuple[str, str, str]


def forward(keys: Iterable[Key]) -> Iterator[str]:
    """Keys (model, its stage, the stage pointed to) that point to a later stage."""
    for model, here, there in keys:
        if STAGES.index(there) > STAGES.index(here):
            yield f"{model} -> {there}"


def keys() -> Iterator[tuple[Key, models.ForeignKey[object, object]]]:
    """Every foreign key between models of ours."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey) and model._meta.app_label in STAGES:
                there = field.related_model._meta.app_label
                yield (f"{model.__name__}.{field.name}", model._meta.app_label, there), field


def test_foreign_keys_point_to_the_same_or_an_earlier_stage() -> None:
    assert list(forward(key for key, _ in keys())) == []


def test_no_row_goes_because_another_goes() -> None:
    assert [key[0] for key, field in keys() if field.remote_field.on_delete is not models.PROTECT] == []


def test_every_stage_is_an_app_in_the_order_of_the_flow() -> None:
    ours = [config.label for config in apps.get_app_configs() if config.label in STAGES]
    assert ours == list(STAGES)


def test_the_rule_finds_a_key_that_points_forward() -> None:
    assert list(forward([("Item.notice", "intake", "refer"), ("Notice.item", "refer", "intake")])) == [
        "Item.notice -> refer"
    ]

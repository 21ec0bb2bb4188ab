"""What no list has, from a table."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cautery.cli import effect_columns as columns
from cautery.cli.effect_columns import Table
from cautery.cli.effect_words import finite, plain, shown
from cautery.core.effect import MODELS, Population, best_loglinear, chao, chapman, closed, histories
from cautery.core.effect.chart import Curve, step_chart
from cautery.core.errors import FileRefused

ITEM = ("item", "url", "link", "identity", "key", "thing", "case")
LIST = ("list", "unit", "source", "occasion")
COUNT = ("count", "freq", "frequency", "n", "number")
BEWARE = (
    "Lists that follow each other make the estimate too small; Chao's is a lower bound. "
    "It takes the same things to have been there for all lists."
)
BINARY = frozenset({"0", "1", "0.0", "1.0", "true", "false", "yes", "no"})


def unseen(
    table: Table, lists: tuple[str, ...], item: str, source: str, count: str, level: float
) -> tuple[dict[str, Any], str]:
    """The figures, and a picture of the estimates. `FileRefused` where there are no lists to compare."""
    try:
        names, found, weights = _found(table, lists, item, source, count)
        return _estimated(names, found, weights, level)
    except ValueError as error:
        raise FileRefused(f"It cannot be estimated: {error}.", reason="not_estimable") from error


def _found(
    table: Table, lists: tuple[str, ...], item: str, source: str, count: str
) -> tuple[list[str], NDArray[np.int64], Any]:
    """The lists' names, histories, and how many things each row stands for."""
    thing, on = table.column(item, ITEM if not lists else ()), table.column(source, LIST if not lists else ())
    if thing and on:
        read = table.read({thing: columns.word, on: columns.word})
        by_list: dict[Any, set[str]] = {}
        for one, name in zip(read[thing], read[on], strict=True):
            by_list.setdefault(name, set()).add(one)
        return [str(name) for name in by_list], histories(by_list), None
    much = table.column(count, COUNT)
    chosen = lists or tuple(name for name in table.names if name != much and _binary(table, name))
    if len(chosen) < 2:
        hint = "Give columns of 0 and 1, one a list, with --lists; or rows of one thing on one list, with --item and --list."
        raise FileRefused("There are not two lists to compare.", reason="no_lists", hint=hint)
    readers: dict[str, Any] = {table.column(name, ()): _mark for name in chosen} | (
        {much: columns.number} if much else {}
    )
    read = table.read(readers)
    weights = np.array(read[much]) if much else None
    return list(chosen), np.array([read[name] for name in chosen], np.int64).T, weights


def _binary(table: Table, name: str) -> bool:
    values = {row[name].lower() for row in table.rows} - columns.ABSENT
    return bool(values) and values <= BINARY


def _mark(text: str) -> int:
    return int(columns.word(text).lower() in columns.YES)


def _estimated(names: list[str], found: NDArray[np.int64], weights: Any, level: float) -> tuple[dict[str, Any], str]:
    each = np.ones(found.shape[0]) if weights is None else weights
    often = np.repeat(found.sum(axis=1), each.astype(int))
    models = [chao(often, found.shape[1], level)]
    if len(names) == 2:
        on = found * each[:, None]
        both = int((found.prod(axis=1) * each).sum())
        models.append(chapman(int(on[:, 0].sum()), int(on[:, 1].sum()), both, level))
    else:
        models += [closed(found, model, weights, level) for model in MODELS]
        models.append(best_loglinear(found, weights, level))
    said = {
        "estimator": "capture and recapture",
        "lists": {name: int((found[:, place] * each).sum()) for place, name in enumerate(names)},
        "seen": models[0].seen,
        "models": [_model(one) for one in models],
        "beware": BEWARE,
    }
    return said, _picture(models)


def _model(one: Population) -> dict[str, Any]:
    fit = {"deviance": finite(one.deviance), "degrees": one.degrees, "aic": finite(one.aic)}
    return {
        "model": one.model,
        "total": plain(one.total),
        "unseen": plain(one.unseen),
        "error": finite(one.error),
    } | fit


def _picture(models: list[Population]) -> str:
    """Each estimate as a step of its own, with its interval as band."""
    places = [float(place + 1) for place in range(len(models))]
    totals = [one.total for one in models]
    curve = Curve(
        "estimates",
        places,
        [one.value or 0.0 for one in totals],
        [one.low or 0.0 for one in totals],
        [one.high or 0.0 for one in totals],
        start=float(models[0].seen),
    )
    order = ", ".join(f"{place + 1} {one.model}" for place, one in enumerate(models))
    return step_chart([curve], title="Seen and unseen together, by model", x=order, y="how many in all")


def in_words(found: dict[str, Any]) -> str:
    """What a person reads."""
    lines = [
        f"{found['seen']:,} things on {len(found['lists'])} lists: "
        + ", ".join(f"{name} {n:,}" for name, n in found["lists"].items())
    ]
    for one in found["models"]:
        aic = f", AIC {one['aic']:.1f}" if one["aic"] is not None else ""
        lines.append(f"  {one['model']}: {shown(one['total'], 6)} in all, error {one['error']:.4f}{aic}")
    return "\n".join([*lines, found["beware"]])

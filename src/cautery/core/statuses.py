"""Which HTTP status each error of the tree has (a test walks the tree)."""

from __future__ import annotations

from cautery.core import errors as e

STATUSES: dict[type[e.CauteryError], int] = {
    e.CauteryError: 500,
    e.FetchRefused: 422,
    e.FileRefused: 422,
    e.LinkRefused: 422,
    e.MovedMeanwhile: 409,
    e.NotAllowed: 403,
    e.NotFound: 404,
    e.Refused: 422,
    e.RowRefused: 422,
    e.RulesInvalid: 422,
    e.SettingInvalid: 500,
    e.TamperFound: 500,
    e.Unreachable: 503,
}

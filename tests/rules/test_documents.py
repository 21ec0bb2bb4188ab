"""What must be written down: settings, figures, commands, routes; and what must not: where packages come from."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.test import Client

from cautery.api.main import api
from cautery.report.build import build
from cautery.report.definitions import DEFINITIONS
from cautery.settings.environment import SETTINGS
from tests import factories as make
from tests.rules.source import ROOT, sources

REGISTRIES = [
    ".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "com"), ("npmjs", "org"))
]
OPEN = {("/api/v1/health", "get")}
UNDEFINED = {"schema", "operation", "generated_at", "run", "definitions"}
"""Parts of a report that say which one it is; of `run`, what is measured is defined."""


def undefined(figures: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Paths of numbers in a report whose name, or the part it stands in, has no definition."""
    for name, value in figures.items():
        here = f"{path}.{name}".lstrip(".")
        if here in DEFINITIONS or (not path and here in UNDEFINED) or name.startswith("by_"):
            continue
        if isinstance(value, Mapping):
            yield from undefined(value, here)
        elif isinstance(value, int | float):
            yield here


def tracked() -> list[str]:
    """Files under version control; none where this is no clone."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    return [name for name in listed.stdout.split("\0") if name]


def registry_names(text: str) -> list[str]:
    """Registry hosts named in a text, and options that lead to one."""
    hosts = "|".join(re.escape(host) for host in REGISTRIES)
    return re.findall(rf"\b(?:{hosts})\b|--(?:extra-)?index-url", text)


def test_every_setting_is_documented_with_its_default() -> None:
    page = (ROOT / "docs" / "settings.md").read_text()
    assert [name for name in (*SETTINGS, "DATABASE_URL") if f"`{name}`" not in page] == []
    assert [name for name, setting in SETTINGS.items() if setting.meaning not in page] == []


def test_every_setting_that_is_read_is_declared() -> None:
    read = {name for module in sources() for name in re.findall(r"\bCAUTERY_[A-Z_]+", module.text)}
    assert read <= set(SETTINGS)


@pytest.mark.django_db
def test_every_figure_of_a_report_is_defined() -> None:
    report = build(make.operation(), run={"wall_s": 1.0}, by=make.SYSTEM, at=make.hours(96))
    assert list(undefined(report)) == []


def test_the_rule_of_figures_finds_one_without_a_definition() -> None:
    assert list(undefined({"flags": {"received": 3, "lost": 1, "by_unit": {"x": 1}}})) == ["flags.lost"]


def test_the_description_of_the_api_is_the_one_it_has() -> None:
    kept = json.loads((ROOT / "docs" / "api.openapi.json").read_text())
    assert kept == json.loads(json.dumps(api.get_openapi_schema())), "Write it anew with: make docs"


@pytest.mark.django_db
def test_every_route_asks_who_is_there_but_health(client: Client) -> None:
    routes = {(path, method) for path, methods in api.get_openapi_schema()["paths"].items() for method in methods}
    assert routes >= OPEN
    for path, method in sorted(routes - OPEN):
        place = re.sub(r"\{\w+\}", "x", path)
        for headers in ({}, {"HTTP_AUTHORIZATION": "Bearer wrong"}):
            answer = client.generic(method.upper(), place, "{}", content_type="application/json", **headers)
            assert answer.status_code == 401, f"{method} {path}"


def test_no_tracked_file_says_where_packages_come_from() -> None:
    found = []
    for name in tracked():
        file = ROOT / name
        if file.is_file() and (names := registry_names(file.read_bytes().decode(errors="replace"))):
            found.append(f"{name}: {names[0]}")
    assert found == []


@pytest.mark.parametrize("host", REGISTRIES)
def test_the_rule_finds_a_registry(host: str) -> None:
    assert registry_names(f"see https://{host}/simple") == [host]
    assert registry_names("requests==2.32") == []

"""Write the pages that are made from the code: `make docs`. tests/rules finds those that are out of date."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import django

from cautery.core.instruments import Catalogue
from cautery.core.instruments.schema import schema
from cautery.core.links import Ruleset
from cautery.core.links.document import document

HERE = Path(__file__).resolve().parent
MARK = "<!-- below: written by `make docs` from src/cautery/settings/environment.py -->"


def settings_table() -> str:
    """The settings, a row each, in their order."""
    from cautery.settings.environment import SETTINGS  # noqa: PLC0415 (needs Django's settings module named)

    rows = [
        f"| `{name}` | {f'`{one.default}`' if one.default else '(empty)'} | {one.meaning} | {', '.join(one.choices) or 'free'} |"
        for name, one in SETTINGS.items()
    ]
    return "\n".join(["| Setting | Default | Meaning | Values |", "| --- | --- | --- | --- |", *rows])


def schemas() -> dict[str, str]:
    """The JSON Schema of each notice's machine form, by instrument."""
    return {
        name: json.dumps(schema(one.form, one.wording("en")), indent=1, ensure_ascii=False) + "\n"
        for name, one in Catalogue.default().instruments.items()
    }


def api_description() -> str:
    """The API's OpenAPI document."""
    from cautery.api.main import api  # noqa: PLC0415 (needs Django to be set up)

    return json.dumps(api.get_openapi_schema(), indent=1, sort_keys=True)


def main() -> None:
    """Write them all."""
    (HERE / "providers.md").write_text(document(Ruleset.default()))
    (HERE / "schemas").mkdir(exist_ok=True)
    for name, text in schemas().items():
        (HERE / "schemas" / f"{name}.json").write_text(text)
    with tempfile.TemporaryDirectory() as data:
        os.environ |= {"CAUTERY_DATA": data, "DJANGO_SETTINGS_MODULE": "cautery.settings"}
        django.setup()
        page = HERE / "settings.md"
        head = page.read_text().partition(MARK)[0]
        page.write_text(f"{head}{MARK}\n\n{settings_table()}\n")
        (HERE / "api.openapi.json").write_text(api_description() + "\n")


if __name__ == "__main__":
    main()

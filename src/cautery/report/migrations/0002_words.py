from typing import Any

from django.db import migrations

from cautery.report.register import index


def put_up(_apps: Any, editor: Any) -> None:
    for statement in index.put_up(editor.connection.vendor):
        editor.execute(statement, params=None)


def take_down(_apps: Any, editor: Any) -> None:
    for statement in index.take_down(editor.connection.vendor):
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    """Statements that differ between databases, so apart from 0001, which is made anew (docs/decisions/0007)."""

    dependencies = [
        ("report", "0001_initial"),
        ("identify", "0001_initial"),
        ("intake", "0001_initial"),
        ("review", "0001_initial"),
    ]
    operations = [migrations.RunPython(put_up, take_down)]

from typing import Any

from django.db import migrations

from cautery.custody import guards


def put_up(_apps: Any, editor: Any) -> None:
    for statement in guards.put_up(editor.connection.vendor):
        editor.execute(statement, params=None)


def take_down(_apps: Any, editor: Any) -> None:
    for statement in guards.take_down(editor.connection.vendor):
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    """Statements that differ between databases, so apart from 0001, which is made anew (docs/decisions/0007)."""

    dependencies = [("custody", "0001_initial")]
    operations = [migrations.RunPython(put_up, take_down)]

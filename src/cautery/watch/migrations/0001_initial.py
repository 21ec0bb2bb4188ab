import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("directory", "0001_initial"),
        ("intake", "0001_initial"),
        ("track", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Mark",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("position", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Watched",
            fields=[
                (
                    "tracking",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="watched",
                        serialize=False,
                        to="track.tracking",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Sighting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("same_place", "Up again at the same place"),
                            ("out_link", "Announced by a page still up"),
                            ("search", "Found by the provider's search"),
                            ("copy", "Same bytes as something referred before"),
                        ],
                        max_length=12,
                    ),
                ),
                ("score", models.FloatField()),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                ("looked_before_at", models.DateTimeField(null=True)),
                (
                    "episode",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sighting_row", to="intake.episode"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sightings", to="intake.item"
                    ),
                ),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sightings", to="intake.operation"
                    ),
                ),
                (
                    "predecessor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successors",
                        to="intake.item",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Search",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(max_length=200)),
                ("began_at", models.DateTimeField()),
                ("asked", models.PositiveIntegerField(default=0)),
                ("last_at", models.DateTimeField(null=True)),
                ("next_at", models.DateTimeField(null=True)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="searches", to="intake.item"
                    ),
                ),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="searches", to="intake.operation"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="searches", to="directory.provider"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "searches",
                "indexes": [models.Index(models.F("next_at"), name="search_due")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("operation"), models.F("provider"), models.F("words"), name="search_once"
                    )
                ],
            },
        ),
    ]

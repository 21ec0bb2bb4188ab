import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("intake", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Words",
            fields=[
                ("rowid", models.BigIntegerField(primary_key=True, serialize=False)),
                ("text", models.TextField()),
            ],
            options={
                "verbose_name_plural": "words",
                "db_table": "report_words",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Figures",
            fields=[
                (
                    "operation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="figures",
                        serialize=False,
                        to="intake.operation",
                    ),
                ),
                ("as_of", models.DateTimeField(null=True)),
                ("content", models.JSONField(default=dict)),
                ("took_s", models.FloatField(default=0)),
                ("counted_wall", models.FloatField(default=0)),
                ("counting_until", models.FloatField(default=0)),
            ],
            options={
                "verbose_name_plural": "figures",
            },
        ),
        migrations.CreateModel(
            name="Searchable",
            fields=[
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="searchable",
                        serialize=False,
                        to="intake.item",
                    ),
                ),
                ("text", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Unindexed",
            fields=[
                ("item_id", models.BigIntegerField(primary_key=True, serialize=False)),
            ],
            options={
                "verbose_name_plural": "unindexed",
            },
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("as_of", models.DateTimeField()),
                ("made_at", models.DateTimeField()),
                ("by", models.CharField(max_length=64)),
                ("content", models.JSONField()),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="intake.operation"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Choice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("items", models.JSONField()),
                ("reason", models.TextField()),
                ("by", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="choices", to="report.plan"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("domain", "Domain"), ("outlet", "Outlet")], max_length=8)),
                ("provider", models.CharField(blank=True, max_length=100)),
                ("name", models.CharField(max_length=300)),
                ("items", models.PositiveIntegerField(default=0)),
                ("first_flagged_at", models.DateTimeField()),
                ("last_flagged_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "tallies",
                "indexes": [models.Index(models.F("kind"), models.F("items"), models.F("id"), name="tally_largest")],
                "constraints": [
                    models.UniqueConstraint(models.F("kind"), models.F("provider"), models.F("name"), name="tally_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(default="register", max_length=40)),
                ("name", models.CharField(max_length=100)),
                ("query", models.CharField(max_length=2000)),
                ("saved_at", models.DateTimeField()),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("officer"), models.F("place"), models.F("name"), name="view_once")
                ],
            },
        ),
    ]

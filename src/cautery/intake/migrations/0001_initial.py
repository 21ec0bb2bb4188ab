import cautery.core.lifecycle
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("custody", "0001_initial"),
        ("directory", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Operation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=200)),
                ("starts_at", models.DateTimeField()),
                ("t0", models.DateTimeField(blank=True, null=True)),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                (
                    "handling",
                    models.CharField(
                        choices=[("green", "green"), ("amber", "amber"), ("red", "red")], default="green", max_length=8
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="operations",
                        to="directory.unit",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("handling", "green"), ("unit__isnull", False), _connector="OR"),
                        name="narrow_operation_has_unit",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Share",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="intake.operation"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="directory.unit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("operation"), models.F("unit"), name="share_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=32)),
                ("key", models.CharField(max_length=120)),
                ("received_at", models.DateTimeField()),
                ("rows_done", models.BigIntegerField(default=0)),
                ("accepted", models.BigIntegerField(default=0)),
                ("known", models.BigIntegerField(default=0)),
                ("rejected", models.BigIntegerField(default=0)),
                ("complete", models.BooleanField(default=False)),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="directory.unit",
                    ),
                ),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="intake.operation"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("identity", models.CharField(max_length=400, unique=True)),
                ("provider", models.CharField(max_length=100)),
                ("kind", models.CharField(max_length=24)),
                ("key", models.CharField(max_length=300)),
                ("owner", models.CharField(blank=True, max_length=300)),
                ("url", models.TextField()),
                ("first_flagged_at", models.DateTimeField()),
                (
                    "first_batch",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="intake.batch"),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="intake.item",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Flag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.BigIntegerField()),
                ("part", models.PositiveIntegerField(default=0)),
                ("url", models.TextField()),
                ("seen_at", models.DateTimeField()),
                ("language", models.CharField(blank=True, max_length=16)),
                ("note", models.TextField(blank=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="flags", to="intake.batch"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="flags", to="intake.item"
                    ),
                ),
                (
                    "merged_from",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.item",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "way",
                    models.CharField(
                        choices=[("shortener", "A shortened link was followed"), ("person", "A person said so")],
                        max_length=12,
                    ),
                ),
                ("reason", models.TextField()),
                ("by", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("pairs", models.JSONField(default=list)),
                ("conflict", models.BooleanField(default=False)),
                ("kept", models.CharField(blank=True, max_length=8)),
                ("settled_by", models.CharField(blank=True, max_length=64)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("settled_reason", models.TextField(blank=True)),
                ("undone_by", models.CharField(blank=True, max_length=64)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                ("undone_reason", models.TextField(blank=True)),
                ("left", models.JSONField(default=list)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="merges", to="intake.item"
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="intake.item"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Episode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lease_owner", models.CharField(blank=True, default="", max_length=64)),
                ("lease_until", models.FloatField(default=0.0)),
                ("number", models.PositiveIntegerField()),
                ("opened_at", models.DateTimeField()),
                (
                    "opened_by",
                    models.CharField(
                        choices=[
                            ("flag", "Flagged by a unit"),
                            ("probe", "Seen up again by our own probe"),
                            ("watch", "Sighted by the watch"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            (
                                cautery.core.lifecycle.EpisodeState["FLAGGED"],
                                cautery.core.lifecycle.EpisodeState["FLAGGED"],
                            ),
                            (
                                cautery.core.lifecycle.EpisodeState["IDENTIFIED"],
                                cautery.core.lifecycle.EpisodeState["IDENTIFIED"],
                            ),
                            (
                                cautery.core.lifecycle.EpisodeState["IN_REVIEW"],
                                cautery.core.lifecycle.EpisodeState["IN_REVIEW"],
                            ),
                            (
                                cautery.core.lifecycle.EpisodeState["CONFIRMED"],
                                cautery.core.lifecycle.EpisodeState["CONFIRMED"],
                            ),
                            (
                                cautery.core.lifecycle.EpisodeState["DISMISSED"],
                                cautery.core.lifecycle.EpisodeState["DISMISSED"],
                            ),
                            (
                                cautery.core.lifecycle.EpisodeState["SIGNED"],
                                cautery.core.lifecycle.EpisodeState["SIGNED"],
                            ),
                            (
                                cautery.core.lifecycle.EpisodeState["COMPOSED"],
                                cautery.core.lifecycle.EpisodeState["COMPOSED"],
                            ),
                            (cautery.core.lifecycle.EpisodeState["HELD"], cautery.core.lifecycle.EpisodeState["HELD"]),
                            (
                                cautery.core.lifecycle.EpisodeState["SET_ASIDE"],
                                cautery.core.lifecycle.EpisodeState["SET_ASIDE"],
                            ),
                            (
                                cautery.core.lifecycle.EpisodeState["REFERRED"],
                                cautery.core.lifecycle.EpisodeState["REFERRED"],
                            ),
                            (
                                cautery.core.lifecycle.EpisodeState["CLOSED"],
                                cautery.core.lifecycle.EpisodeState["CLOSED"],
                            ),
                        ],
                        default=cautery.core.lifecycle.EpisodeState["FLAGGED"],
                        max_length=12,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("captured", models.BooleanField(db_default=False, default=False)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="episodes", to="intake.item"
                    ),
                ),
                (
                    "operation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="episodes",
                        to="intake.operation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Package",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("size", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                ("kept_at", models.DateTimeField(blank=True, null=True)),
                ("problem", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("kept_at__isnull", True)), fields=["kept_at"], name="package_not_kept"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Capture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lease_owner", models.CharField(blank=True, default="", max_length=64)),
                ("lease_until", models.FloatField(default=0.0)),
                ("name", models.UUIDField(unique=True)),
                ("url", models.TextField()),
                ("upload", models.BooleanField(default=False)),
                ("unit", models.CharField(blank=True, max_length=50)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "To be taken"),
                            ("taken", "Taken, not yet in the evidentiary store"),
                            ("complete", "Complete"),
                            ("partial", "Partial"),
                            ("failed", "Failed"),
                        ],
                        default="due",
                        max_length=8,
                    ),
                ),
                ("outcome", models.CharField(blank=True, max_length=8)),
                ("reason", models.CharField(blank=True, max_length=60)),
                ("due_at", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("at", models.DateTimeField(blank=True, null=True)),
                ("offset", models.BigIntegerField(default=0)),
                ("length", models.BigIntegerField(default=0)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("page_digest", models.CharField(blank=True, max_length=64)),
                ("media", models.JSONField(default=list)),
                ("row", models.PositiveIntegerField(default=0)),
                (
                    "entry",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="custody.entry"
                    ),
                ),
                (
                    "episode",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="intake.episode",
                    ),
                ),
                (
                    "package",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="captures",
                        to="intake.package",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Rejection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.BigIntegerField()),
                ("part", models.PositiveIntegerField(default=0)),
                ("reason", models.CharField(max_length=40)),
                ("message", models.CharField(max_length=300)),
                ("excerpt", models.CharField(max_length=200)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rejections", to="intake.batch"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(models.F("provider"), models.F("kind"), name="item_provider_kind"),
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)), fields=["merged_into"], name="item_merged"
            ),
        ),
        migrations.AddConstraint(
            model_name="flag",
            constraint=models.UniqueConstraint(models.F("batch"), models.F("line"), models.F("part"), name="flag_once"),
        ),
        migrations.AddIndex(
            model_name="merge",
            index=models.Index(
                condition=models.Q(("conflict", True), ("settled_at__isnull", True), ("undone_at__isnull", True)),
                fields=["conflict"],
                name="merge_conflict",
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at__isnull", True)), fields=("source",), name="merged_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.CheckConstraint(
                condition=models.Q(("source", models.F("target")), _negated=True), name="merged_into_another"
            ),
        ),
        migrations.AddIndex(
            model_name="episode",
            index=models.Index(models.F("state"), models.F("due_at"), name="episode_state_due"),
        ),
        migrations.AddIndex(
            model_name="episode",
            index=models.Index(models.F("operation"), models.F("state"), name="episode_op_state"),
        ),
        migrations.AddIndex(
            model_name="episode",
            index=models.Index(models.F("operation"), models.F("item"), name="episode_op_item"),
        ),
        migrations.AddIndex(
            model_name="episode",
            index=models.Index(condition=models.Q(("captured", False)), fields=["state"], name="episode_uncaptured"),
        ),
        migrations.AddConstraint(
            model_name="episode",
            constraint=models.UniqueConstraint(models.F("item"), models.F("number"), name="episode_number_once"),
        ),
        migrations.AddConstraint(
            model_name="episode",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            cautery.core.lifecycle.EpisodeState["COMPOSED"],
                            cautery.core.lifecycle.EpisodeState["CONFIRMED"],
                            cautery.core.lifecycle.EpisodeState["FLAGGED"],
                            cautery.core.lifecycle.EpisodeState["HELD"],
                            cautery.core.lifecycle.EpisodeState["IDENTIFIED"],
                            cautery.core.lifecycle.EpisodeState["IN_REVIEW"],
                            cautery.core.lifecycle.EpisodeState["REFERRED"],
                            cautery.core.lifecycle.EpisodeState["SIGNED"],
                        ],
                    )
                ),
                fields=("item",),
                name="one_live_episode_an_item",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("unit__isnull", False)),
                fields=("operation", "unit", "source", "key"),
                name="batch_of_a_unit_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("unit__isnull", True)),
                fields=("operation", "source", "key"),
                name="batch_of_the_system_once",
            ),
        ),
        migrations.AddIndex(
            model_name="capture",
            index=models.Index(condition=models.Q(("state", "due")), fields=["due_at"], name="capture_due"),
        ),
        migrations.AddConstraint(
            model_name="rejection",
            constraint=models.UniqueConstraint(
                models.F("batch"), models.F("line"), models.F("part"), name="rejection_once"
            ),
        ),
    ]

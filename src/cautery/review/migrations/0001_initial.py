import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("directory", "0001_initial"),
        ("identify", "0001_initial"),
        ("intake", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Assessment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lease_owner", models.CharField(blank=True, default="", max_length=64)),
                ("lease_until", models.FloatField(default=0.0)),
                (
                    "finding",
                    models.CharField(
                        choices=[("confirmed", "Terrorist content"), ("dismissed", "Not to be referred")], max_length=12
                    ),
                ),
                ("limbs", models.JSONField(default=list)),
                ("grounds", models.JSONField(default=list)),
                ("designation", models.CharField(blank=True, max_length=80)),
                ("details", models.JSONField(default=dict)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("none", "None"),
                            ("education", "Education"),
                            ("journalism", "Journalism"),
                            ("art", "Art, satire"),
                            ("research", "Research"),
                            ("counter_terrorism", "Preventing or countering terrorism"),
                            ("public_debate", "Polemic or controversial views in public debate, evidence of abuses"),
                            ("mistake", "Flagged by mistake"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.TextField()),
                (
                    "instrument",
                    models.CharField(
                        choices=[
                            ("domain", "Notice to registrar, registry, host, delivery network or app store"),
                            ("dsa-notice", "Notice under Art 16 DSA"),
                            ("dsa-order", "Order under Art 9 DSA"),
                            ("referral", "Voluntary referral under terms of service"),
                            ("tco-removal-order", "Removal order under Art 3 TCO"),
                        ],
                        max_length=24,
                    ),
                ),
                ("decided_at", models.DateTimeField()),
                (
                    "episode",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assessment", to="intake.episode"
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("finding", "dismissed"),
                            models.Q(("purpose", "none"), models.Q(("limbs", []), _negated=True)),
                            _connector="OR",
                        ),
                        name="confirmed_has_a_limb_and_no_protected_purpose",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Exposure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("items", models.PositiveIntegerField(default=0)),
                ("pictures", models.PositiveIntegerField(default=0)),
                ("since", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exposures",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("officer"), models.F("day"), name="exposure_once_a_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                ("owner_digest", models.CharField(blank=True, max_length=64)),
                ("key_id", models.CharField(max_length=16)),
                ("reason", models.TextField()),
                ("set_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="holds", to="intake.operation"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="holds", to="directory.unit"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(models.F("until"), name="hold_until")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("operation"), models.F("unit"), models.F("digest"), name="hold_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Quarantine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("handed_to", models.CharField(blank=True, max_length=200)),
                ("handed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "handed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="quarantine", to="intake.item"
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quarantines",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("handed_at__isnull", True)), fields=["at"], name="quarantine_waiting"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Precedence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveIntegerField()),
                (
                    "item",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="intake.item"),
                ),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="intake.operation"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "precedence",
                "constraints": [
                    models.UniqueConstraint(models.F("operation"), models.F("item"), name="precedence_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "episode",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="questions", to="intake.episode"
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("episode"), models.F("officer"), name="question_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Rest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=140)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(blank=True, null=True)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rests", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)), fields=("officer", "subject"), name="rest_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Showing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("revealed", models.BooleanField(default=False)),
                (
                    "episode",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="showings", to="intake.episode"
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="showings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(models.F("episode"), models.F("officer"), name="showing_once")],
            },
        ),
        migrations.CreateModel(
            name="PictureText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("engine", models.CharField(max_length=40)),
                ("version", models.CharField(max_length=60)),
                ("languages", models.CharField(blank=True, max_length=120)),
                ("at", models.DateTimeField()),
                ("text", models.TextField(blank=True)),
                ("lines", models.JSONField(default=list)),
                ("left_out", models.PositiveIntegerField(default=0)),
                ("digest", models.CharField(blank=True, max_length=64)),
                (
                    "media",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="texts", to="identify.media"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("digest", ""), _negated=True), fields=["digest"], name="picture_text_same"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("media"),
                        models.F("engine"),
                        models.F("version"),
                        models.F("languages"),
                        name="picture_text_once",
                    )
                ],
            },
        ),
    ]

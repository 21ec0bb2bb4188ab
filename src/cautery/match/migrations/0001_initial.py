import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("identify", "0001_initial"),
        ("intake", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="BankEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=200)),
                ("kind", models.CharField(max_length=24)),
                ("outlet", models.CharField(blank=True, max_length=100)),
                ("severity", models.PositiveSmallIntegerField(default=0)),
                ("source", models.CharField(max_length=100)),
                ("reference", models.CharField(blank=True, max_length=200)),
                (
                    "handling",
                    models.CharField(
                        choices=[
                            ("clear", "TLP:CLEAR"),
                            ("green", "TLP:GREEN"),
                            ("amber", "TLP:AMBER"),
                            ("amber_strict", "TLP:AMBER+STRICT"),
                            ("red", "TLP:RED"),
                        ],
                        default="amber",
                        max_length=12,
                    ),
                ),
                ("negative", models.BooleanField(default=False)),
                ("key", models.CharField(max_length=80)),
                ("md5", models.CharField(blank=True, db_index=True, max_length=32)),
                ("sha1", models.CharField(blank=True, db_index=True, max_length=40)),
                ("sha256", models.CharField(blank=True, db_index=True, max_length=64)),
                ("pdq", models.BinaryField(default=b"")),
                ("track", models.BinaryField(default=b"")),
                ("valid_from", models.DateTimeField(blank=True, null=True)),
                ("valid_until", models.DateTimeField(blank=True, null=True)),
                ("added_at", models.DateTimeField()),
                ("looked_back_at", models.DateTimeField(blank=True, null=True)),
                ("quarantined_at", models.DateTimeField(blank=True, null=True)),
                ("quarantine_reason", models.CharField(blank=True, max_length=40)),
                ("released_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "bank entries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("looked_back_at__isnull", True)),
                        fields=["added_at"],
                        name="entry_to_look_back",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("source"),
                        models.F("label"),
                        models.F("key"),
                        models.F("negative"),
                        name="bank_entry_once",
                    ),
                    models.CheckConstraint(condition=models.Q(("severity__lte", 4)), name="severity_0_to_4"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Copy",
            fields=[
                (
                    "media",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="copy",
                        serialize=False,
                        to="identify.media",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="copies", to="identify.media"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Match",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("exact", "Same bytes"),
                            ("perceptual", "Looks alike"),
                            ("video", "Same seconds of video"),
                        ],
                        max_length=10,
                    ),
                ),
                ("distance", models.PositiveSmallIntegerField()),
                ("form", models.CharField(blank=True, max_length=20)),
                ("parts", models.JSONField(default=list)),
                ("looking_back", models.BooleanField(default=False)),
                ("found_at", models.DateTimeField(blank=True, null=True)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="matches", to="match.bankentry"
                    ),
                ),
                (
                    "episode",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="matches", to="intake.episode"
                    ),
                ),
                (
                    "media",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="matches", to="identify.media"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "matches",
            },
        ),
        migrations.CreateModel(
            name="Opinion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by", models.CharField(max_length=64)),
                ("agrees", models.BooleanField()),
                ("reason", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "match",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="opinions", to="match.match"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="match",
            constraint=models.UniqueConstraint(models.F("episode"), models.F("entry"), name="match_once"),
        ),
        migrations.AddConstraint(
            model_name="opinion",
            constraint=models.UniqueConstraint(models.F("match"), models.F("by"), name="opinion_once"),
        ),
    ]

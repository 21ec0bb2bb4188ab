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
                ("source", models.CharField(max_length=100)),
                ("sha256", models.CharField(blank=True, db_index=True, max_length=64)),
                ("pdq", models.BinaryField(default=b"")),
                ("added_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "bank entries",
                "constraints": [
                    models.UniqueConstraint(
                        models.F("source"), models.F("label"), models.F("sha256"), name="bank_entry_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Match",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("exact", "Same bytes"), ("perceptual", "Looks alike")], max_length=10),
                ),
                ("distance", models.PositiveSmallIntegerField()),
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
                "constraints": [models.UniqueConstraint(models.F("episode"), models.F("entry"), name="match_once")],
            },
        ),
    ]

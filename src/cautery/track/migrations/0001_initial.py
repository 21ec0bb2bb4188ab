import cautery.core.availability
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("directory", "0001_initial"),
        ("intake", "0001_initial"),
        ("refer", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Feed",
            fields=[
                (
                    "provider",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="directory.provider",
                    ),
                ),
                ("cursor", models.CharField(blank=True, max_length=200)),
                ("due_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Mail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("raw", models.BinaryField()),
                ("received_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("sender", models.CharField(blank=True, max_length=300)),
                ("meaning", models.CharField(blank=True, max_length=24)),
                ("problem", models.CharField(blank=True, max_length=200)),
                ("references", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="Tracking",
            fields=[
                ("lease_owner", models.CharField(blank=True, default="", max_length=64)),
                ("lease_until", models.FloatField(default=0.0)),
                (
                    "episode",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="tracking",
                        serialize=False,
                        to="intake.episode",
                    ),
                ),
                ("referred_at", models.DateTimeField(blank=True, null=True)),
                ("verdict", models.CharField(default=cautery.core.availability.Verdict["UNKNOWN"], max_length=24)),
                ("probed_at", models.DateTimeField(blank=True, null=True)),
                ("probes", models.PositiveIntegerField(default=0)),
                ("unsure_in_a_row", models.PositiveIntegerField(default=0)),
                ("last_up_at", models.DateTimeField(blank=True, null=True)),
                ("first_down_at", models.DateTimeField(blank=True, null=True)),
                ("down_verdict", models.CharField(blank=True, max_length=24)),
                ("next_probe_at", models.DateTimeField(blank=True, null=True)),
                ("returned_at", models.DateTimeField(blank=True, null=True)),
                ("answer", models.CharField(blank=True, max_length=20)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="trackings", to="intake.item"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Probe",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("verdict", models.CharField(max_length=24)),
                ("ground", models.CharField(max_length=200)),
                ("status", models.PositiveSmallIntegerField()),
                (
                    "tracking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="history", to="track.tracking"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("answer", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                ("reason", models.TextField(blank=True)),
                ("received_at", models.DateTimeField()),
                ("source", models.CharField(max_length=8)),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="refer.notice"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("notice"), models.F("answer"), models.F("at"), name="answer_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="OutLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("identity", models.CharField(max_length=400)),
                ("url", models.TextField()),
                ("first_seen_at", models.DateTimeField()),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="out_links", to="intake.item"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(models.F("first_seen_at"), name="out_link_seen")],
                "constraints": [models.UniqueConstraint(models.F("item"), models.F("identity"), name="out_link_once")],
            },
        ),
        migrations.AddIndex(
            model_name="tracking",
            index=models.Index(models.F("next_probe_at"), name="tracking_due"),
        ),
        migrations.AddIndex(
            model_name="tracking",
            index=models.Index(models.F("item"), name="tracking_item"),
        ),
        migrations.AddIndex(
            model_name="tracking",
            index=models.Index(models.F("first_down_at"), name="tracking_down"),
        ),
        migrations.AddIndex(
            model_name="tracking",
            index=models.Index(
                condition=models.Q(("referred_at__isnull", True)), fields=["episode"], name="tracking_unreferred"
            ),
        ),
        migrations.AddIndex(
            model_name="tracking",
            index=models.Index(
                condition=models.Q(("returned_at__isnull", False)), fields=["episode"], name="tracking_returned"
            ),
        ),
    ]

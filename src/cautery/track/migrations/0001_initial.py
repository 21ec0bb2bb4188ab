import cautery.core.availability.verdicts
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("directory", "0001_initial"),
        ("intake", "0001_initial"),
        ("refer", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
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
                ("settled_by", models.CharField(blank=True, max_length=64)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
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
                (
                    "verdict",
                    models.CharField(default=cautery.core.availability.verdicts.Verdict["UNKNOWN"], max_length=24),
                ),
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
                ("details", models.JSONField(default=dict)),
                ("remark", models.CharField(blank=True, max_length=16)),
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
            name="Call",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("call_id", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="calls", to="directory.provider"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(models.F("provider"), models.F("call_id"), name="call_once")],
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
        migrations.CreateModel(
            name="Proceeding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("clarification", "Clarification given to the provider"),
                            ("complaint", "Complaint of the content provider"),
                            ("court_decision", "Court decision"),
                            ("final", "Order final"),
                            ("informed", "Content provider informed"),
                            ("nondisclosure", "Non-disclosure decided or renewed"),
                            ("nondisclosure_end", "Non-disclosure lifted"),
                            ("reinstatement", "Reinstated"),
                            ("scrutiny_decision", "Scrutiny decided"),
                            ("scrutiny_request", "Scrutiny requested"),
                            ("withdrawal", "Withdrawn by who issued it"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "ruling",
                    models.CharField(
                        blank=True, choices=[("overturned", "Overturned"), ("upheld", "Upheld")], max_length=12
                    ),
                ),
                ("body", models.CharField(blank=True, max_length=300)),
                ("reason", models.TextField(blank=True)),
                ("by", models.CharField(max_length=100)),
                ("at", models.DateTimeField()),
                ("stated_at", models.DateTimeField(blank=True, null=True)),
                ("until", models.DateTimeField(blank=True, null=True)),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="proceedings", to="refer.notice"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("notice"), models.F("kind"), models.F("at"), name="proceeding_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["court_decision", "scrutiny_decision"]), _negated=True),
                            models.Q(("ruling", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_decision_has_a_ruling",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Threat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField()),
                ("contact", models.CharField(max_length=300)),
                ("state", models.CharField(blank=True, max_length=2)),
                ("received_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                (
                    "notice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="threats",
                        to="refer.notice",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="threats", to="directory.provider"
                    ),
                ),
                (
                    "seen_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_at__isnull", True)), fields=["received_at"], name="threat_unseen"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReceivedForm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("instrument", models.CharField(max_length=40)),
                ("machine", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("lacks", models.JSONField(default=list)),
                ("answers", models.JSONField(default=list)),
                ("source", models.CharField(max_length=8)),
                ("received_at", models.DateTimeField()),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="forms", to="refer.notice"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(models.F("notice"), models.F("digest"), name="form_once")],
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

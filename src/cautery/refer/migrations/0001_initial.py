import cautery.core.lifecycle
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("authorise", "0001_initial"),
        ("directory", "0001_initial"),
        ("intake", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "instrument",
                    models.CharField(
                        choices=[("referral", "Voluntary referral under terms of service")], max_length=24
                    ),
                ),
                ("reference", models.CharField(max_length=40, unique=True)),
                ("idempotency_key", models.CharField(max_length=64, unique=True)),
                ("body", models.JSONField()),
                ("composed_at", models.DateTimeField()),
                (
                    "episode",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="intake.episode"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="intake.item"
                    ),
                ),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="intake.operation"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="directory.provider"
                    ),
                ),
                (
                    "signature",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notice", to="authorise.signature"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lease_owner", models.CharField(blank=True, default="", max_length=64)),
                ("lease_until", models.FloatField(default=0.0)),
                ("channel", models.CharField(choices=[("api", "Provider API"), ("mail", "E-mail")], max_length=8)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            (
                                cautery.core.lifecycle.DeliveryState["QUEUED"],
                                cautery.core.lifecycle.DeliveryState["QUEUED"],
                            ),
                            (
                                cautery.core.lifecycle.DeliveryState["SENDING"],
                                cautery.core.lifecycle.DeliveryState["SENDING"],
                            ),
                            (
                                cautery.core.lifecycle.DeliveryState["UNCERTAIN"],
                                cautery.core.lifecycle.DeliveryState["UNCERTAIN"],
                            ),
                            (
                                cautery.core.lifecycle.DeliveryState["DELIVERED"],
                                cautery.core.lifecycle.DeliveryState["DELIVERED"],
                            ),
                            (
                                cautery.core.lifecycle.DeliveryState["REJECTED"],
                                cautery.core.lifecycle.DeliveryState["REJECTED"],
                            ),
                            (
                                cautery.core.lifecycle.DeliveryState["HELD"],
                                cautery.core.lifecycle.DeliveryState["HELD"],
                            ),
                            (
                                cautery.core.lifecycle.DeliveryState["PAUSED"],
                                cautery.core.lifecycle.DeliveryState["PAUSED"],
                            ),
                            (
                                cautery.core.lifecycle.DeliveryState["FAILED"],
                                cautery.core.lifecycle.DeliveryState["FAILED"],
                            ),
                        ],
                        default=cautery.core.lifecycle.DeliveryState["QUEUED"],
                        max_length=10,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("message_id", models.CharField(blank=True, db_index=True, max_length=64)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("sent_wall", models.FloatField(blank=True, null=True)),
                ("received_at", models.DateTimeField(blank=True, null=True)),
                ("provider_ref", models.CharField(blank=True, max_length=200)),
                ("error", models.CharField(blank=True, max_length=200)),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="directory.provider"
                    ),
                ),
                (
                    "notice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="delivery", to="refer.notice"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "deliveries",
            },
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                models.F("item"),
                models.F("provider"),
                models.F("instrument"),
                models.F("episode"),
                name="one_notice_an_item_addressee_instrument_episode",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(models.F("state"), models.F("provider"), models.F("due_at"), name="delivery_queue"),
        ),
    ]

import cautery.core.lifecycle
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("authorise", "0001_initial"),
        ("directory", "0001_initial"),
        ("intake", "0001_initial"),
        ("review", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
            name="Issue",
            fields=[
                (
                    "notice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="issue",
                        serialize=False,
                        to="refer.notice",
                    ),
                ),
                ("language", models.CharField(max_length=8)),
                ("machine", models.TextField()),
                ("pdf", models.BinaryField(null=True)),
                ("signed", models.BooleanField(default=False)),
                ("issued_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lease_owner", models.CharField(blank=True, default="", max_length=64)),
                ("lease_until", models.FloatField(default=0.0)),
                (
                    "channel",
                    models.CharField(
                        choices=[("api", "Provider API"), ("mail", "E-mail"), ("portal", "Provider desk")], max_length=8
                    ),
                ),
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
                ("ready", models.BooleanField(db_default=True, default=True)),
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
        migrations.CreateModel(
            name="Obstacle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("disclosed", models.BooleanField(default=True)),
                ("reason", models.TextField(blank=True)),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "hold",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="obstacles",
                        to="review.hold",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="obstacles", to="refer.notice"
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="obstructs",
                        to="refer.notice",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Paper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("C", "Copy to the home-state authority (Art 4(1))"),
                            ("H", "Word to the home-state authority that an order fell"),
                            ("I", "First information (Art 3(2))"),
                            ("W", "Word to the provider that a notice fell"),
                        ],
                        max_length=1,
                    ),
                ),
                ("reference", models.CharField(max_length=44, unique=True)),
                ("address", models.EmailField(max_length=254)),
                ("machine", models.TextField()),
                ("due_at", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.CharField(blank=True, max_length=200)),
                (
                    "authority",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers",
                        to="directory.authority",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="refer.notice"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="directory.provider"
                    ),
                ),
            ],
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
            model_name="notice",
            index=models.Index(models.F("operation"), models.F("instrument"), models.F("id"), name="notice_instrument"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(models.F("state"), models.F("provider"), models.F("due_at"), name="delivery_queue"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(condition=models.Q(("ready", False)), fields=["due_at"], name="delivery_unready"),
        ),
        migrations.AddConstraint(
            model_name="obstacle",
            constraint=models.UniqueConstraint(models.F("notice"), models.F("hold"), name="obstacle_once"),
        ),
        migrations.AddConstraint(
            model_name="obstacle",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by__isnull", True),
                    models.Q(("confirmed_by", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="two_people_override",
            ),
        ),
        migrations.AddIndex(
            model_name="paper",
            index=models.Index(condition=models.Q(("sent_at__isnull", True)), fields=["due_at"], name="paper_unsent"),
        ),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.UniqueConstraint(models.F("notice"), models.F("kind"), name="paper_once"),
        ),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "I")), fields=("provider",), name="one_first_information_a_provider"
            ),
        ),
    ]

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("authorise", "0001_initial"),
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
            name="Weighed",
            fields=[
                (
                    "episode",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="weighed",
                        serialize=False,
                        to="intake.episode",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("item", "An account, a channel or a piece of content"),
                            ("domain", "A domain"),
                            ("file", "A file, by its SHA-256"),
                        ],
                        default="item",
                        max_length=8,
                    ),
                ),
                ("subject", models.CharField(max_length=400)),
                ("ground", models.CharField(blank=True, max_length=500)),
                ("by", models.CharField(max_length=64)),
                ("seconded_by", models.CharField(blank=True, max_length=64)),
                ("scope", models.CharField(blank=True, max_length=100)),
                ("began_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "ended_why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("expired", "Its time was over"),
                            ("dismissed", "What it was on was dismissed"),
                            ("redress", "A complaint was upheld"),
                            ("person", "A person ended it"),
                        ],
                        max_length=10,
                    ),
                ),
                ("next_look_at", models.DateTimeField(null=True)),
                (
                    "item",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="watches", to="intake.item"
                    ),
                ),
                (
                    "signature",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="watches",
                        to="authorise.signature",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "watches",
            },
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
                            ("likeness", "Like something referred before, by what its page shows"),
                            ("feed", "In a list of new certificates or domains"),
                            ("domain", "What a watched domain leads to, or who registered a like one"),
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
                (
                    "watch",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sightings",
                        to="watch.watch",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Lead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("domain", models.CharField(max_length=253)),
                ("source", models.CharField(max_length=100)),
                ("score", models.FloatField()),
                ("reason", models.CharField(max_length=300)),
                ("first_seen_at", models.DateTimeField()),
                (
                    "watch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="leads", to="watch.watch"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DomainLook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("state", models.CharField(max_length=16)),
                ("ground", models.CharField(max_length=200)),
                ("source", models.CharField(max_length=100)),
                ("record", models.JSONField(default=dict)),
                ("leads_to", models.CharField(blank=True, max_length=253)),
                ("site", models.JSONField(default=dict)),
                (
                    "watch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="looks", to="watch.watch"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DomainEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("after", models.DateTimeField(null=True)),
                ("what", models.CharField(max_length=12)),
                ("value", models.CharField(max_length=253)),
                ("said", models.CharField(max_length=300)),
                ("same_marks", models.BooleanField(null=True)),
                (
                    "watch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="watch.watch"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Search",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(max_length=200)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("began_at", models.DateTimeField()),
                ("found_at", models.DateTimeField(null=True)),
                ("asked", models.PositiveIntegerField(default=0)),
                ("last_at", models.DateTimeField(null=True)),
                ("next_at", models.DateTimeField(null=True)),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="searches",
                        to="intake.item",
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
        migrations.AddIndex(
            model_name="watch",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)), fields=["expires_at"], name="watch_running"
            ),
        ),
        migrations.AddIndex(
            model_name="watch",
            index=models.Index(
                condition=models.Q(("next_look_at__isnull", False)), fields=["next_look_at"], name="watch_look_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="watch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("subject",), name="one_watch_a_subject"
            ),
        ),
        migrations.AddConstraint(
            model_name="watch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("signature__isnull", False),
                    models.Q(models.Q(("ground", ""), _negated=True), models.Q(("seconded_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="watch_has_a_ground",
            ),
        ),
        migrations.AddConstraint(
            model_name="watch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("seconded_by", ""), models.Q(("seconded_by", models.F("by")), _negated=True), _connector="OR"
                ),
                name="seconded_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="lead",
            constraint=models.UniqueConstraint(models.F("watch"), models.F("domain"), name="lead_once"),
        ),
        migrations.AddConstraint(
            model_name="domainlook",
            constraint=models.UniqueConstraint(models.F("watch"), models.F("at"), name="domain_look_once"),
        ),
        migrations.AddConstraint(
            model_name="domainevent",
            constraint=models.UniqueConstraint(
                models.F("watch"), models.F("at"), models.F("what"), name="domain_event_once"
            ),
        ),
    ]

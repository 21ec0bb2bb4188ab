import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("directory", "0001_initial"),
        ("intake", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Capture",
            fields=[
                (
                    "episode",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="capture",
                        serialize=False,
                        to="intake.episode",
                    ),
                ),
                ("at", models.DateTimeField()),
                ("status", models.PositiveSmallIntegerField(default=0)),
                ("final_url", models.TextField(blank=True)),
                ("verdict", models.CharField(max_length=24)),
                ("ground", models.CharField(max_length=200)),
                ("title", models.TextField(blank=True)),
                ("text", models.TextField(blank=True)),
                ("language", models.CharField(blank=True, max_length=16)),
                ("author", models.CharField(blank=True, max_length=300)),
                ("about", models.TextField(blank=True)),
                ("links", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="Media",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("sha1", models.CharField(blank=True, max_length=40)),
                ("md5", models.CharField(blank=True, max_length=32)),
                ("mime", models.CharField(max_length=60)),
                ("size", models.BigIntegerField()),
                ("pdq", models.BinaryField(default=b"")),
                ("quality", models.PositiveSmallIntegerField(default=0)),
                ("forms", models.BinaryField(default=b"")),
                ("track", models.BinaryField(default=b"")),
                ("inner_track", models.BinaryField(default=b"")),
                ("refused", models.CharField(blank=True, max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name="Shortened",
            fields=[
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="shortened",
                        serialize=False,
                        to="intake.item",
                    ),
                ),
                ("at", models.DateTimeField()),
                ("final_url", models.TextField(blank=True)),
                ("problem", models.CharField(blank=True, max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name="Hosting",
            fields=[
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="hosting",
                        serialize=False,
                        to="intake.item",
                    ),
                ),
                ("how", models.CharField(choices=[("url", "By its URL"), ("rdap", "By RDAP")], max_length=8)),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="directory.provider"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EpisodeMedia",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "episode",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="media", to="intake.episode"
                    ),
                ),
                (
                    "media",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="episodes", to="identify.media"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("episode"), models.F("media"), name="medium_once_an_episode")
                ],
            },
        ),
    ]

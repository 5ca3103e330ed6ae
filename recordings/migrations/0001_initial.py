import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("live", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Recording",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False,
                verbose_name="ID")), ("began_at", models.DateTimeField()),
                ("state", models.CharField(choices=[("live", "Live"), ("finishing", "Finishing"), ("ready",
                "Ready"), ("failed", "Failed")], default="live", max_length=12)), ("duration_ms",
                models.BigIntegerField(default=0)), ("session",
                models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="recording",
                to="live.livesession")),
            ],
        ),
        migrations.CreateModel(
            name="Clip",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False,
                verbose_name="ID")), ("reference", models.CharField(max_length=64, unique=True)),
                ("begin_ms", models.BigIntegerField()),
                ("end_ms", models.BigIntegerField()),
                ("state", models.CharField(choices=[("pending", "Pending"), ("making", "Making"), ("ready",
                "Ready"), ("failed", "Failed")], default="pending", max_length=8)), ("file",
                models.CharField(blank=True, default="", max_length=120)), ("tries",
                models.PositiveSmallIntegerField(default=0)), ("not_before", models.DateTimeField(blank=True,
                null=True)), ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("requested_at", models.DateTimeField(auto_now_add=True)),
                ("ready_at", models.DateTimeField(blank=True, null=True)),
                ("recording", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT,
                related_name="clips", to="recordings.recording")),
            ],
            options={
                "indexes": [models.Index(fields=["state", "not_before"], name="clips_due")],
                "constraints": [models.CheckConstraint(condition=models.Q(("begin_ms__gte", 0),
                ("end_ms__gt", models.F("begin_ms"))), name="clip_has_length")],
            },
        ),
    ]

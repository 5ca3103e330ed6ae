import django.db.models.deletion
from django.db import migrations, models

# SQLite: a full-text table over the column `grams`, kept equal by triggers, so that cascades and bulk updates cannot
# leave it behind. A later migration that makes SQLite rebuild transcripts_cue must lay the triggers again.
SQLITE = [
    """CREATE VIRTUAL TABLE transcripts_cue_grams USING fts5(
        grams, content='transcripts_cue', content_rowid='id', tokenize="unicode61 remove_diacritics 0")""",
    """CREATE TRIGGER transcripts_cue_grams_insert AFTER INSERT ON transcripts_cue BEGIN
        INSERT INTO transcripts_cue_grams(rowid, grams) VALUES (new.id, new.grams); END""",
    """CREATE TRIGGER transcripts_cue_grams_delete AFTER DELETE ON transcripts_cue BEGIN
        INSERT INTO transcripts_cue_grams(transcripts_cue_grams, rowid, grams)
        VALUES ('delete', old.id, old.grams); END""",
    """CREATE TRIGGER transcripts_cue_grams_update AFTER UPDATE OF grams ON transcripts_cue BEGIN
        INSERT INTO transcripts_cue_grams(transcripts_cue_grams, rowid, grams)
        VALUES ('delete', old.id, old.grams);
        INSERT INTO transcripts_cue_grams(rowid, grams) VALUES (new.id, new.grams); END""",
]
POSTGRESQL = [
    "CREATE INDEX transcripts_cue_grams ON transcripts_cue USING gin (to_tsvector('simple'::regconfig, grams))",
]


def lay_index(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement, params=None)


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in ("insert", "delete", "update"):
            schema_editor.execute(f"DROP TRIGGER transcripts_cue_grams_{name}")
        schema_editor.execute("DROP TABLE transcripts_cue_grams")
    else:
        schema_editor.execute("DROP INDEX transcripts_cue_grams")


class Migration(migrations.Migration):
    initial = True
    dependencies = [("live", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Cue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.CharField(max_length=120, unique=True)),
                ("revision", models.PositiveIntegerField(default=1)),
                ("participant", models.CharField(max_length=64)),
                ("speaker", models.CharField(max_length=80)),
                ("begin_ms", models.PositiveBigIntegerField()),
                ("end_ms", models.PositiveBigIntegerField()),
                ("text", models.TextField()),
                ("final", models.BooleanField(default=True)),
                ("engine", models.CharField(max_length=40)),
                ("language", models.CharField(max_length=16)),
                ("grams", models.TextField(editable=False)),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="cues", to="live.livesession"
                    ),
                ),
            ],
            options={
                "ordering": ["begin_ms", "pk"],
                "indexes": [models.Index(fields=["session", "begin_ms"], name="cue_session_begin")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("end_ms__gte", models.F("begin_ms"))), name="cue_ends_after_it_begins"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FinalPass",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("engine", models.CharField(max_length=40)),
                ("begun_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                ("cues", models.PositiveIntegerField(default=0)),
                (
                    "session",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="final_pass",
                        to="live.livesession",
                    ),
                ),
            ],
        ),
        migrations.RunPython(lay_index, drop_index),
    ]

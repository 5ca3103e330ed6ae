"""First rows: urgency classes, and the official calendar of every year with a notice."""

from django.db import migrations

from portal.appeals.days import OFFICIAL_YEARS, official_days
from portal.appeals.vocabulary import URGENCY_ROWS


def write(apps, schema_editor):
    urgency_class = apps.get_model("appeals", "UrgencyClass")
    for row in URGENCY_ROWS:
        urgency_class.objects.get_or_create(code=row["code"], defaults=row)
    day = apps.get_model("appeals", "Day")
    rows = [
        day(date=date, working=working, name=name)
        for year in OFFICIAL_YEARS
        for date, (working, name) in official_days(year).items()
    ]
    day.objects.bulk_create(rows, batch_size=300, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("appeals", "0001_initial")]
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]

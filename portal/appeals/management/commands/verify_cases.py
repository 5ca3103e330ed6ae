"""`manage.py verify_cases`: does the story of every case hold together?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.appeals.models import Appeal, CaseEvent
from portal.appeals.queries.integrity import chain_flaws, missing_cases


class Command(BaseCommand):
    help = "Checks the hash chain of every case and names the first changed or missing event of each."

    def handle(self, *args: Any, **options: Any) -> None:
        flaws = [*chain_flaws(), *missing_cases()]
        for flaw in flaws:
            where = f"event {flaw.sequence}" if flaw.sequence else "day"
            self.stderr.write(f"{flaw.number} {where}: {flaw.what}")
        if flaws:
            raise CommandError(f"{len(flaws)} flaws found")
        cases, events = Appeal.objects.count(), CaseEvent.objects.count()
        self.stdout.write(self.style.SUCCESS(f"{cases} cases, {events} events: every chain holds"))

"""`manage.py load_days FILE`: load an official notice; `--official YEAR…`: from chinesecalendar."""

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.appeals.actions import DayNotice, load_days, load_official_years


class Command(BaseCommand):
    help = (
        'Loads {"year": 2027, "holidays": {"2027-01-01": "元旦"}, "makeup_days": {"2027-02-06": "春节"}} '
        "and gives every open deadline its new date."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path)
        parser.add_argument("--official", nargs="+", type=int, metavar="YEAR", default=[])

    def handle(self, *args: Any, file: Path | None = None, official: list[int], **options: Any) -> None:
        if file is None and not official:
            raise CommandError("name a notice file or --official years")
        try:
            moved = load_official_years(official) if official else 0
            moved += load_days(_notice(file)) if file else 0
        except (OSError, ValueError, KeyError, AttributeError) as error:
            raise CommandError(f"cannot load: {error!r}") from None
        self.stdout.write(self.style.SUCCESS(f"calendar loaded, {moved} deadlines moved"))


def _days(said: dict[str, str]) -> dict[date, str]:
    return {date.fromisoformat(day): str(name) for day, name in said.items()}


def _notice(file: Path) -> DayNotice:
    said = json.loads(file.read_text(encoding="utf-8"))
    return DayNotice(int(said["year"]), _days(said["holidays"]), _days(said["makeup_days"]))

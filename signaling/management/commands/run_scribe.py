"""The scribe: follows the tracks of live sessions and announces and keeps what was said."""

import asyncio
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from signaling.mains import Tell, run_until_told
from transcripts.worker import run_scribe


class Command(BaseCommand):
    help = "Runs the speech engines for live sessions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--child", action="store_true", help="started by serve: announces by lines")

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(run_until_told(self.work, options["child"]))

    async def work(self, tell: Tell) -> None:
        await run_scribe(settings.DATA_DIR, tell)

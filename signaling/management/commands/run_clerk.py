"""The clerk: clips, messages out, clocks of cases. The database is the queue, so any number of clerks may
run.
"""

import asyncio
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from signaling.clerk import Clerk
from signaling.mains import Tell, run_until_told
from streaming.priority import run_as_usual


class Command(BaseCommand):
    help = "Makes clips, delivers messages and lets the clocks of cases run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now and leave")
        parser.add_argument("--child", action="store_true", help="started by serve: announces by lines")

    def handle(self, *args: Any, **options: Any) -> None:
        run_as_usual()
        if options["once"]:
            Clerk().do_all_once()
        else:
            asyncio.run(run_until_told(self.work, options["child"]))

    async def work(self, tell: Tell) -> None:
        await Clerk().run()

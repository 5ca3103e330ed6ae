"""All in one process: pages, sockets and media on one loop; scribe and clerk as children that are kept
running.
"""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from signaling.server import PortTaken, WebServer, listen


class Command(BaseCommand):
    help = "Serves everything in one process: pages, sockets, media; scribe and clerk as child processes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            listening = listen(options["host"], options["port"])
        except PortTaken as error:
            self.stderr.write(f"cannot listen on {options['host']}:{options['port']}: {error}")
            sys.exit(2)
        # Only now: a busy port is told at once, before the media stack is loaded.
        from signaling.all_in_one import AllInOne
        from signaling.asgi import application

        house = AllInOne()
        WebServer(application, listening, house.begin, house.finish).run()

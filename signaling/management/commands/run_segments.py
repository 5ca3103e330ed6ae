"""Lists and segments only, for the many viewers of HLS: neither pages nor sockets, nor Redis.

Uvicorn takes a request in a fifth of the time that Daphne needs; sockets stay with the server that Channels is
tested with.
"""

import sys
from argparse import ArgumentParser
from typing import Any

import uvicorn
from django.core.management.base import BaseCommand

from signaling.server import PortTaken, listen

# Longer than the reverse proxy keeps its side, so that it never asks on a connection that is just being closed.
KEEP_ALIVE = 75


class Command(BaseCommand):
    help = "Serves HLS lists and segments from RECORDINGS_DIR; run as many as there are cores for it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8001)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            listening = listen(options["host"], options["port"])
        except PortTaken as error:
            self.stderr.write(f"cannot listen on {options['host']}:{options['port']}: {error}")
            sys.exit(2)
        from signaling.asgi import segments

        config = uvicorn.Config(
            segments,
            loop="asyncio",
            http="httptools",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,  # nobody is asked who it is
            timeout_keep_alive=KEEP_ALIVE,
        )
        uvicorn.Server(config).run(sockets=[listening])

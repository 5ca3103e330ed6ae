"""Pages and sockets only. Media and announcements go through Redis; aiortc and av are never loaded."""

import asyncio
import contextlib
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from signaling.server import PortTaken, WebServer, listen


class Web:
    """The parts of a web process, living as long as its server."""

    def __init__(self) -> None:
        self._beating: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        from signaling import parts
        from signaling.heartbeat import Heartbeat

        parts.use(parts.make())
        self._beating = asyncio.create_task(Heartbeat(parts.current()).run())

    async def finish(self) -> None:
        from signaling import parts

        if self._beating is not None:
            self._beating.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._beating
        await parts.current().hub.close()


class Command(BaseCommand):
    help = "Serves pages and sockets; needs REDIS_URL and at least one run_media for live picture."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            listening = listen(options["host"], options["port"])
        except PortTaken as error:
            self.stderr.write(f"cannot listen on {options['host']}:{options['port']}: {error}")
            sys.exit(2)
        from signaling.asgi import application

        web = Web()
        WebServer(application, listening, web.begin, web.finish).run()

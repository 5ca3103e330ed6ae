"""A broadcast without a camera: demo people hold it, as real clients of a running server."""

import asyncio
import time
from argparse import ArgumentParser
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from django.core.management.base import BaseCommand, CommandError
from websockets.exceptions import WebSocketException

from signaling.demo.peer import Refused
from signaling.demo.people import NoCounty, cast
from signaling.demo.story import Story

WAIT_S = 90.0


def _wait_for(url: str, seconds: float) -> None:
    """Until the server answers. CommandError when it does not."""
    # Never through a proxy of the environment: the server is this machine.
    direct = build_opener(ProxyHandler({}))
    ends = time.monotonic() + seconds
    while True:
        try:
            with direct.open(url, timeout=5):
                return
        except (URLError, OSError) as error:
            if time.monotonic() > ends:
                raise CommandError(f"{url} does not answer: {error}") from error
        time.sleep(0.5)


class Command(BaseCommand):
    help = "Holds a demo broadcast on a running server: a leader, a moderator and a citizen made of code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the server listens")
        parser.add_argument("--minutes", type=float, default=10.0, help="how long to go on asking")

    def handle(self, *args: Any, **options: Any) -> None:
        url = options["url"].rstrip("/")
        _wait_for(url + "/", WAIT_S)
        try:
            players = cast(round(options["minutes"]))
            asyncio.run(Story(url, players, self._tell).play(options["minutes"] * 60))
        except (NoCounty, Refused, WebSocketException, OSError, ValueError) as error:
            raise CommandError(f"the demo broadcast ended: {error}") from error
        except KeyboardInterrupt:
            self._tell("stopped")

    def _tell(self, line: str) -> None:
        self.stdout.write(f"demo broadcast: {line}")
        self.stdout.flush()

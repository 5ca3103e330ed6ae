"""A media process: packets in, packets out, one UDP port, as many sessions as are placed on it."""

import asyncio
import gc
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from signaling.mains import Tell, run_until_told
from signaling.media_link import RedisMediaServer
from signaling.media_service import MediaService, Placing
from signaling.parts import process_name, redis_client
from signaling.presence import Presence, RedisStore
from signaling.worker_config import worker_config
from streaming.priority import run_first


class Command(BaseCommand):
    help = "Runs one media process. Sessions find it through Redis."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=None, help="UDP port (default: MEDIA_PORT)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.REDIS_URL:
            raise CommandError("run_media needs REDIS_URL; without Redis use serve")
        run_first()
        self.port: int | None = options["port"]
        asyncio.run(run_until_told(self.work, child=False))

    async def work(self, tell: Tell) -> None:
        redis = redis_client(settings.REDIS_URL)
        presence = Presence(RedisStore(redis), process_name())
        service = MediaService(worker_config(port=self.port), Placing(presence, shared=True), tell)
        await service.start()
        # As in the web server: no packet waits for a collection through what was loaded at the start.
        gc.collect()
        gc.freeze()
        try:
            await RedisMediaServer(redis, presence.process, service.handle).run()
        finally:
            await service.close()
            await redis.aclose()

"""How an announcement of `portal.events.tell` leaves this process.

`tell` speaks from whatever thread committed the transaction; a carrier takes the message over to the loop
and sends it from one task, in order. Web and media processes send into the channel layer. A child of the
all-in-one process has no layer in common with its parent and writes one JSON line to its standard output
instead.
"""

import asyncio
import json
import logging
import os
import sys
from collections import deque
from typing import Any

from redis.exceptions import RedisError

from signaling.hub import Layer, envelope

log = logging.getLogger(__name__)

WAITING_LIMIT = 2000


class LayerCarrier:
    """Into the channel layer, from any thread. At most `WAITING_LIMIT` wait; the oldest fall off and are
    counted.
    """

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[tuple[str, dict[str, Any]]] = deque()
        self._filled = asyncio.Event()
        self._task = asyncio.create_task(self._send())
        self.lost = 0

    def __call__(self, topic: str, message: dict[str, Any]) -> None:
        try:
            self._loop.call_soon_threadsafe(self._put, topic, message)
        except RuntimeError:
            log.info("the loop has ended; %s on %s goes nowhere", message.get("type"), topic)

    def _put(self, topic: str, message: dict[str, Any]) -> None:
        if len(self._waiting) >= WAITING_LIMIT:
            self._waiting.popleft()
            self.lost += 1
        self._waiting.append((topic, message))
        self._filled.set()

    async def _send(self) -> None:
        while True:
            while not self._waiting:
                self._filled.clear()
                await self._filled.wait()
            topic, message = self._waiting.popleft()
            try:
                await self._layer.group_send(topic, envelope(message))
            except (RedisError, OSError) as error:
                self.lost += 1
                log.warning("announcement on %s lost: %s", topic, type(error).__name__)

    def close(self) -> None:
        self._task.cancel()


def line_carrier(topic: str, message: dict[str, Any]) -> None:
    """One JSON line on standard output, written at once: lines of several threads never mix."""
    line = json.dumps({"topic": topic, "message": message}, ensure_ascii=False) + "\n"
    os.write(sys.stdout.fileno(), line.encode())


def read_line(line: bytes) -> tuple[str, dict[str, Any]] | None:
    """The announcement in a child's output line; None for anything else a library may have printed there."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    topic, message = found.get("topic"), found.get("message")
    return (topic, message) if isinstance(topic, str) and isinstance(message, dict) else None

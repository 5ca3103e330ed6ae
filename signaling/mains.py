"""What the long-running commands without pages have in common: a loop, a carrier, a clean end."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Awaitable, Callable
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings

from portal import events
from signaling.carrier import LayerCarrier, line_carrier
from signaling.children import parent_is_gone

log = logging.getLogger(__name__)

Tell = Callable[[str, dict[str, Any]], None]


def carrier_of_process(child: bool) -> Tell:
    """With Redis into the layer; a child of the all-in-one process writes lines for its parent; else nobody
    listens.
    """
    if settings.REDIS_URL:
        return LayerCarrier(get_channel_layer())
    if child:
        return line_carrier
    return lambda topic, message: log.debug("nobody listens to %s (%s)", topic, message.get("type"))


async def _until_told_to_end(child: bool) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    waits: list[asyncio.Future[Any]] = [asyncio.ensure_future(ended.wait())]
    if child:
        waits.append(asyncio.ensure_future(parent_is_gone()))
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


async def run_until_told(work: Callable[[Tell], Awaitable[None]], child: bool) -> None:
    """Run `work(tell)` until it ends, SIGTERM or SIGINT comes, or (as a child) the parent is gone."""
    tell = carrier_of_process(child)
    events.set_carrier(tell)
    working = asyncio.ensure_future(work(tell))
    ending = asyncio.ensure_future(_until_told_to_end(child))
    await asyncio.wait([working, ending], return_when=asyncio.FIRST_COMPLETED)
    ending.cancel()
    if not working.done():
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working
    else:
        # A failure of the work is the failure of the process: the supervisor starts it again.
        working.result()

"""A Redis that was restarted has forgotten every key; those who live speak up again within seconds."""

import time

from redis.asyncio import Redis
from redis.exceptions import ResponseError

# A process beats every second, and may need a few tries to find a Redis that is back.
SPEAK_UP_SECONDS = 5


async def has_begun_anew(redis: Redis, since: float) -> bool:
    """Whether it was started a moment ago, and after the monotonic second `since`."""
    try:
        uptime = int((await redis.info("server"))["uptime_in_seconds"])
    except ResponseError:
        return False  # it does not let us ask
    return uptime < SPEAK_UP_SECONDS and uptime + 1 < time.monotonic() - since

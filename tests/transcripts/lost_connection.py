"""The way out of the scribe over a PostgreSQL that drops its connections, as one that is restarted does.

A process of its own, because the database of the tests is another one: `DATABASE_URL=… python -m` this file.
"""

import asyncio
import os
from typing import Any

import django
import psycopg


def store(_row: object) -> bool:
    """In place of the row, which would need the tables: a question on the connection that rows would take."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def drop_connections() -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as own:
        own.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")


async def main() -> None:
    from transcripts import actions
    from transcripts.cues import CueChange
    from transcripts.delivery import Delivery, Said
    from transcripts.engines.models import BUILT_IN

    actions.store_cue = store  # type: ignore[assignment]
    told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    delivery = Delivery(lambda _topic, message: told.put_nowait(message), BUILT_IN)
    running = asyncio.create_task(delivery.run())
    for uid in ("before", "after", "later"):
        delivery.put(Said(1, "leader-1", "lin", CueChange(uid, 1, True, 0, 900, "good evening")))
        async with asyncio.timeout(15):
            assert (await told.get())["cue"]["uid"] == uid
        drop_connections()
    running.cancel()


if __name__ == "__main__":
    django.setup()
    asyncio.run(main())

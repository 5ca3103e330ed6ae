"""How a synchronous function becomes one that async code may await.

Not thread-sensitive: with Channels' default all consumers of a process share one thread, and five queries of
0.2 s take a second. The pool is our own, so that a slow page in asyncio's default pool cannot hold up the
sockets. A transaction never spans an `await`: the whole change is one function, called once.
"""

from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from channels.db import database_sync_to_async

P = ParamSpec("P")
T = TypeVar("T")

_pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="orm")


def door(function: Callable[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
    """`function`, awaited: runs in a thread of the pool with a connection that is given back afterwards."""
    awaited: Callable[P, Coroutine[Any, Any, T]] = database_sync_to_async(
        function, thread_sensitive=False, executor=_pool
    )
    return awaited

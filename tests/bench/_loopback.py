"""Whose core does whose half of the kernel's work on loopback, where server and viewers share one kernel."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench._report import say

SERVER, LOAD = "0", "1"  # cores
DEFERRED = Path("/proc/sys/net/core/skb_defer_max")


@contextmanager
def freed_where_read() -> Iterator[None]:
    """Buffers that viewers have read are freed on the viewers' core: otherwise Linux hands them back to the sender's,
    with an interrupt, as no network card does. Only as root; said in the output."""
    try:
        before = DEFERRED.read_text()
        DEFERRED.write_text("0")
    except OSError:
        say("what viewers have read is freed at the server's expense (net.core.skb_defer_max needs root)")
        yield
        return
    try:
        yield
    finally:
        DEFERRED.write_text(before)

"""Whose core does whose half of the kernel's work on loopback, where server and viewers share one kernel."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.bench._report import say

SERVER, LOAD = "0", "1"  # cores
# Settings of the kernel that say whose core works for whom, and what they are while we measure.
DEFERRED = Path("/proc/sys/net/core/skb_defer_max"), "0"
STEERED = Path("/sys/class/net/lo/queues/rx-0/rps_cpus"), f"{1 << int(LOAD):x}"


@contextmanager
def viewers_work_on_their_core(settings: Sequence[tuple[Path, str]]) -> Iterator[None]:
    """Loopback has one kernel do the work of two machines, by itself on the sender's core: it passes packets up to the
    viewers' sockets there, and hands buffers that viewers have read back with an interrupt. Only as root; said in
    the output."""
    before: dict[Path, str] = {}
    try:
        for path, value in settings:
            try:
                found = path.read_text()
                path.write_text(value)
            except OSError:
                say(
                    f"{path.name} stays: some of the viewers' half of the kernel's work is at the server's expense"
                )
            else:
                before[path] = found
        yield
    finally:
        for path, value in before.items():
            path.write_text(value)

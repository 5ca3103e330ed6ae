"""Who computes first on a busy machine: what people wait for, not what has seconds to spare.

A packet, or the answer to a question, that waits for a time slice behind encoders is late by 10 to 50 ms each time.
"""

import contextlib
import os

# Niceness of the processes that forward packets and answer people.
FIRST = -10


def run_first() -> None:
    """This process before those of usual priority, where the system lets us (root, CAP_SYS_NICE, RLIMIT_NICE).

    Linux keeps niceness per thread and hands it on: call it before there are other threads. Child processes get
    it too and give it back with `run_as_usual`.
    """
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, FIRST)


def run_as_usual() -> None:
    """A child of such a process takes its place among all others again."""
    if os.getpriority(os.PRIO_PROCESS, 0) < 0:
        os.setpriority(os.PRIO_PROCESS, 0, 0)

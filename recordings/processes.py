"""Starting, watching and ending the programme process."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent  # where `python -m recordings.child` finds the package
SEND_BUFFER = 1 << 20
LINE_LIMIT = 1 << 20
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Started:
    """A process of the programme and the socket to it."""

    process: Process
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


async def start_child() -> Started:
    """A standby: loaded, waiting for its line."""
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "recordings.child",
            str(theirs.fileno()),
            pass_fds=[theirs.fileno()],
            stdin=PIPE,
            cwd=ROOT,
        )
    finally:
        theirs.close()
    reader, writer = await asyncio.open_unix_connection(sock=ours, limit=LINE_LIMIT)
    return Started(process, reader, writer)


def kill(process: Process) -> None:
    """SIGKILL. Not `process.kill`, whose own look at the process would take its exit code from the loop."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)


def computing_time(pid: int) -> float:
    """Seconds of processor time of `pid` so far (proc(5), stat fields 14 and 15); 0 where there is no
    /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND
    except (OSError, ValueError, IndexError):
        return 0.0

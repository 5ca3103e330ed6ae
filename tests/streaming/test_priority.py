"""Who computes first: only where the system lets us, and never for somebody else's commands."""

import json
import subprocess
import sys
from pathlib import Path

SAY = """
import json, os
from pathlib import Path
from streaming.priority import run_as_usual, run_first
run_first()
group = Path("/proc/self/autogroup")
said = {"nice": os.getpriority(os.PRIO_PROCESS, 0), "group": group.read_text().split()[-1] if group.exists() else ""}
run_as_usual()
print(json.dumps(said | {"usual": os.getpriority(os.PRIO_PROCESS, 0)}))
"""


def say(own_session: bool) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", SAY], capture_output=True, check=True, start_new_session=own_session
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_a_service_goes_first_inside_its_session_and_among_sessions() -> None:
    said = say(own_session=True)
    assert said["nice"] in (-10, 0)
    if said["group"]:
        assert said["group"] == str(said["nice"])
    assert said["usual"] == 0


def test_the_session_of_a_terminal_is_left_as_it_was() -> None:
    group = Path("/proc/self/autogroup")
    before = group.read_text() if group.exists() else ""
    said = say(own_session=False)
    if before:
        assert said["group"] == before.split()[-1]
        assert group.read_text() == before

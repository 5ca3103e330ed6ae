"""The same search and the same rows on PostgreSQL."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.whole.servers import postgres

ROOT = Path(__file__).resolve().parents[2]


def run_on_postgresql(*arguments: str) -> None:
    server, url = postgres()
    try:
        done = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "portal.settings"},
            capture_output=True,
            text=True,
            timeout=300,
        )
    finally:
        server.stop()
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.mark.servers
def test_the_words_of_a_session_are_kept_and_found_on_postgresql() -> None:
    run_on_postgresql("pytest", "-q", "tests/transcripts/test_words.py")


@pytest.mark.servers
def test_captions_go_on_after_a_restart_of_postgresql() -> None:
    run_on_postgresql("tests.transcripts.lost_connection")

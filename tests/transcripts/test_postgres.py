"""The same search and the same rows on PostgreSQL."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.whole.servers import postgres

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.servers
def test_the_words_of_a_session_are_kept_and_found_on_postgresql() -> None:
    server, url = postgres()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "tests/transcripts/test_words.py"],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": url},
            capture_output=True,
            text=True,
            timeout=300,
        )
    finally:
        server.stop()
    assert done.returncode == 0, done.stdout[-3000:]

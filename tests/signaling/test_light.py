"""The web process never loads the media stack."""

import subprocess
import sys

from tests.signaling.processes import ROOT

LOOK = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
import signaling.asgi
import signaling.management.commands.run_web
from django.urls import get_resolver
get_resolver().url_patterns
heavy = {"aiortc", "av", "aioice", "pylibsrtp", "pocketsphinx", "sherpa_onnx"}
print(",".join(sorted({name.split(".")[0] for name in sys.modules} & heavy)))
"""


def test_the_web_process_is_light() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOK], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == ""

"""A new phone: Chromium with nothing attached to it but one question at the end.

A test's driver follows every request of a page, and takes its processor time from the page. Here the browser is told
to go somewhere, and asked later what it saw.
"""

import json
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.whole.people import CLOCK_CAMERA, FLAGS, PHONE

# Seconds: the browser itself has started; a picture that comes at all has come.
SETTLED = 4.0
LOOK_AFTER = 2.0
PATIENCE = 20.0


def first_frame_ms(url: str) -> float:
    """ms from navigation to the first presented video frame of `url`. Raises TimeoutError without a picture."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = _launch(Path(folder))
        try:
            with connect(_page_of(Path(folder)), max_size=None) as line:
                time.sleep(SETTLED)
                _call(line, "Page.enable")
                _call(line, "Page.addScriptToEvaluateOnNewDocument", source=CLOCK_CAMERA.read_text())
                _call(line, "Page.navigate", url=url)
                time.sleep(LOOK_AFTER)
                return _seen(line)
        finally:
            browser.terminate()
            browser.wait()


def _launch(folder: Path) -> subprocess.Popen[bytes]:
    size = f"--window-size={PHONE['width']},{PHONE['height']}"
    how = ["--headless=new", "--lang=zh-CN", "--mute-audio", "--hide-scrollbars", size]
    tools = [f"--user-data-dir={folder}", "--remote-debugging-port=0", "about:blank"]
    # In a session of its own, as every other browser here: Linux shares the processor between sessions first.
    command = ["/usr/bin/chromium", *FLAGS, *how, *tools]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)


def _page_of(folder: Path) -> str:
    """Address of the first tab's tools, as soon as the browser has written its port."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        written = (
            (folder / "DevToolsActivePort").read_text() if (folder / "DevToolsActivePort").exists() else ""
        )
        if written:
            with urllib.request.urlopen(f"http://127.0.0.1:{written.split()[0]}/json") as answer:
                for target in json.load(answer):
                    if target["type"] == "page":
                        return str(target["webSocketDebuggerUrl"])
        time.sleep(0.05)
    raise TimeoutError("the browser opened no tab")


def _call(line: ClientConnection, method: str, **parameters: Any) -> Any:
    line.send(json.dumps({"id": 1, "method": method, "params": parameters}))
    while True:
        answer = json.loads(line.recv(timeout=PATIENCE))
        if answer.get("id") == 1:
            return answer["result"]


def _seen(line: ClientConnection) -> float:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = _call(line, "Runtime.evaluate", expression="testClock.seen.firstFrame", returnByValue=True)
        value = found["result"].get("value")
        if value:
            return float(value)
        time.sleep(0.25)
    raise TimeoutError("no picture came")

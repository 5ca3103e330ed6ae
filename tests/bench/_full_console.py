"""A console with three hundred questions while twenty more arrive a second: its frames and its keys."""

import http.client
import json
import threading
import time
from queue import Empty, Queue
from typing import Any
from uuid import uuid4

from playwright.sync_api import Page, expect

CSRF = "benchbenchbenchbenchbenchbenchbe"
RATE = 20

# Frames are counted by the browser's own clock; a key counts from its event to the paint that shows its effect.
WATCH = """() => {
    window.frames_ms = []; window.actions_ms = []; let last = 0;
    const frame = now => { if (last) window.frames_ms.push(now - last); last = now; requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
    const chosen = () => document.querySelector("[data-list] [aria-selected=true]");
    const lane = id => document.querySelector(`[data-list] [data-id="${id}"]`)?.closest("[data-lane]")?.dataset.lane;
    document.addEventListener("keydown", event => {
        const row = chosen(), id = row?.dataset.id, before = lane(id), at = event.timeStamp;
        const done = () => event.key === "s" ? lane(id) !== before : chosen()?.dataset.id !== id;
        window.pending = true;
        const look = now => {
            if (done() || now - at > 5000) {
                // The frame in which it is seen is the one after this callback.
                requestAnimationFrame(shown => {
                    window.actions_ms.push(shown - at); window.pending = false; });
            } else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    }, { capture: true });
}"""


class Crowd:
    """Citizens who send questions over plain HTTP, `RATE` a second, until told to stop."""

    def __init__(self, port: int, session: int, cookies: list[str]) -> None:
        self.port, self.session, self.cookies = port, session, cookies
        self.sent = self.refused = 0
        self._due: Queue[int] = Queue()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._send, daemon=True) for _each in range(8)]
        self._threads.append(threading.Thread(target=self._beat, daemon=True))

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(10)

    def _beat(self) -> None:
        began, number = time.monotonic(), 0
        while not self._over.is_set():
            while number < (time.monotonic() - began) * RATE:
                self._due.put(number)
                number += 1
            time.sleep(0.02)

    def _send(self) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        while not self._over.is_set():
            try:
                number = self._due.get(timeout=0.2)
            except Empty:
                continue
            body = json.dumps(
                {"uuid": str(uuid4()), "text": f"第{number}个问题：村里的路什么时候修？", "village": "柳湾村"}
            )
            cookie = f"sessionid={self.cookies[number % len(self.cookies)]}; csrftoken={CSRF}"
            headers = {"Content-Type": "application/json", "Accept": "application/json", "X-CSRFToken": CSRF}
            line.request(
                "POST", f"/live/{self.session}/questions/", body.encode(), headers | {"Cookie": cookie}
            )
            answer = line.getresponse()
            answer.read()
            if answer.status == 201:
                self.sent += 1
            else:
                self.refused += 1


def work(page: Page, seconds: float) -> dict[str, Any]:
    """Bob reads down the list and takes every third question to the shortlist."""
    page.locator("[data-lane=new] [data-list] > *").first.click()
    expect(page.locator("[data-details-body]")).to_be_visible()
    page.evaluate(WATCH)
    end, presses = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        presses += 1
        page.keyboard.press("s" if presses % 3 == 0 else "j")
        page.wait_for_function("() => !window.pending", timeout=10_000)
        page.wait_for_timeout(120)
    found: dict[str, Any] = page.evaluate("() => ({ frames: window.frames_ms, actions: window.actions_ms })")
    return found

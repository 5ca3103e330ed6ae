"""Debian's Chromium before the pages of a small county. No media, no socket: those are the whole story's."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, sync_playwright

from portal.questions.actions import ask, move
from tests.live.cast import Cast, make_cast

# Playwright's loop runs in this thread; the database is asked from it all the same.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# The microphone is Chromium's own: a beep every second.
FLAGS = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


@dataclass(frozen=True)
class Site:
    address: str
    cast: Cast

    def url(self, path: str) -> str:
        return f"{self.address}{path}"

    @property
    def live(self) -> str:
        return f"/live/{self.cast.session.pk}/"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def site(live_server: Any, django_db_serialized_rollback: None) -> Site:
    """A broadcast tomorrow with two questions on the wall."""
    cast = make_cast()
    for text in ("村口的路灯坏了三盏，什么时候能修好？", "自来水发黄，水质检测结果能公开吗？"):
        asked = ask(cast.alice, cast.session.pk, uuid4(), text, "柳湾村")
        move(cast.bob, asked.question_id, "shortlisted")
    return Site(live_server.url, cast)

"""Pages keep their threads and connections, and nobody's slow page holds up another's."""

import asyncio
import threading
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import include, path

from signaling.pages import Pages

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.signaling.test_pages")]

GATE = threading.Event()


def which(request: HttpRequest) -> HttpResponse:
    """The thread that answers, and its database connection."""
    connection.ensure_connection()
    return HttpResponse(f"{threading.get_ident()} {id(connection.connection)}")


def slow(request: HttpRequest) -> HttpResponse:
    assert GATE.wait(10)
    return which(request)


def broken(request: HttpRequest) -> HttpResponse:
    raise ValueError("a fault of ours")


def file(request: HttpRequest) -> FileResponse:
    return FileResponse(BytesIO(bytes(200_000)))


urlpatterns = [
    path("which/", which),
    path("slow/", slow),
    path("broken/", broken),
    path("file/", file),
    path("", include("portal.urls")),
]


class Wire:
    """One request to the application as a server makes it."""

    def __init__(self, pages: Pages, address: str) -> None:
        self.status, self.bodies = 0, list[bytes]()
        self._asked = False
        self.gone = asyncio.Event()
        headers = [(b"host", b"testserver"), (b"accept-language", b"en")]
        scope = {"type": "http", "method": "GET", "path": address, "query_string": b"", "headers": headers}
        self.task = asyncio.create_task(pages(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b""}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        self.status = message.get("status", self.status)
        self.bodies.append(message.get("body", b""))

    async def answer(self) -> bytes:
        await self.task
        return b"".join(self.bodies)


async def test_the_next_page_gets_the_thread_and_the_connection_of_the_one_before() -> None:
    pages = Pages()
    answers = {await Wire(pages, "/which/").answer() for _ in range(3)}
    assert len(answers) == 1


async def test_a_slow_page_holds_up_no_other() -> None:
    pages = Pages()
    GATE.clear()
    waiting = [Wire(pages, "/slow/") for _ in range(12)]
    quick = await asyncio.wait_for(Wire(pages, "/which/").answer(), 5)
    GATE.set()
    answers = {await one.answer() for one in waiting}
    assert len(answers) == len(waiting)
    assert quick not in answers


async def test_no_more_threads_are_kept_than_allowed() -> None:
    pages = Pages(kept=2)
    before = threading.active_count()
    GATE.clear()
    waiting = [Wire(pages, "/slow/") for _ in range(6)]
    await asyncio.sleep(0.2)
    GATE.set()
    for one in waiting:
        await one.answer()
    for _ in range(100):
        if threading.active_count() <= before + 2:
            break
        await asyncio.sleep(0.05)
    assert threading.active_count() <= before + 2


async def test_a_reader_who_leaves_gives_the_thread_back() -> None:
    pages = Pages(kept=1)
    first = await Wire(pages, "/which/").answer()
    GATE.clear()
    leaver = Wire(pages, "/slow/")
    await asyncio.sleep(0.1)
    leaver.gone.set()
    await asyncio.sleep(0.1)
    GATE.set()
    await asyncio.wait_for(leaver.task, 5)
    assert await asyncio.wait_for(Wire(pages, "/which/").answer(), 5) == first


async def test_a_fault_of_ours_is_a_page_and_the_thread_goes_on() -> None:
    pages = Pages()
    first = await Wire(pages, "/which/").answer()
    broke = Wire(pages, "/broken/")
    await broke.answer()
    assert broke.status == 500
    assert await Wire(pages, "/which/").answer() == first


async def test_a_file_comes_in_large_pieces() -> None:
    wire = Wire(Pages(), "/file/")
    assert len(await wire.answer()) == 200_000
    assert max(map(len, wire.bodies)) == Pages.chunk_size

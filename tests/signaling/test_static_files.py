"""Static files without Django's middleware: found, not modified, not there, not allowed."""

import gzip
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile

from portal.lib.static import HashedStaticFiles, slim
from portal.settings import ROOT
from signaling.static_files import StaticFiles, is_static

# One process for all: only read, not run.
PARSE = """
import { SourceTextModule } from "node:vm";
import { readFileSync } from "node:fs";
for (const file of process.argv.slice(1)) new SourceTextModule(readFileSync(file, "utf8"));
console.log(process.argv.length - 1);
"""


async def ask(
    path: str, method: str = "GET", files: StaticFiles | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": lines}
    await (files or StaticFiles())(scope, receive, send)
    given = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], given, sent[1]["body"]


async def test_a_module_comes_with_its_type_and_a_validator() -> None:
    status, headers, body = await ask("/static/js/live.js")
    assert status == 200 and headers["content-type"].startswith("text/javascript") and headers["etag"]
    assert int(headers["content-length"]) == len(body) > 0


async def test_text_is_packed_for_browsers_that_take_it() -> None:
    _, _, plain = await ask("/static/css/parts.css")
    _, headers, body = await ask("/static/css/parts.css", accept_encoding="gzip, deflate, br")
    assert headers["content-encoding"] == "gzip" and headers["vary"] == "Accept-Encoding"
    assert int(headers["content-length"]) == len(body) < len(plain) / 2
    sent = gzip.decompress(body)
    assert b".button" in sent and b"/*" in plain and b"/*" not in sent
    _, headers, _ = await ask("/static/icons/icon-192.png", accept_encoding="gzip")
    assert "content-encoding" not in headers


@pytest.mark.parametrize(
    "path", ["js/live.js", "css/parts.css", "icons/icons.svg", "icons/icon-192.png", "hls.js/hls.min.js"]
)
async def test_what_is_packed_beforehand_is_what_would_be_packed_when_asked_for(path: str) -> None:
    prepared = StaticFiles()
    prepared.prepare()
    found = await ask(f"/static/{path}", files=prepared, accept_encoding="gzip")
    assert found == await ask(f"/static/{path}", accept_encoding="gzip")


def test_modules_lose_their_comments_on_the_way_and_nothing_else(tmp_path: Path) -> None:
    """Every module and worker of ours, as it is sent, is a program that says the same strings."""
    for source in sorted((ROOT / "portal" / "static" / "js").glob("*.js")):
        whole = source.read_bytes()
        sent = slim(source.name, whole)
        assert len(sent) < len(whole) and slim(source.name, sent) == sent
        (tmp_path / f"{source.stem}.mjs").write_bytes(sent)
        said = [re.findall(rb'gettext\(\s*"([^"]+)"', text) for text in (whole, sent)]
        assert said[0] == said[1], source.name
    reading = [*tmp_path.glob("*.mjs")]
    done = subprocess.run(
        [
            "node",
            "--experimental-vm-modules",
            "--no-warnings",
            "--input-type=module",
            "-e",
            PARSE,
            *map(str, reading),
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 and done.stdout.strip() == str(len(reading)), done.stderr


async def test_what_the_browser_has_is_not_sent_again() -> None:
    _, headers, _ = await ask("/static/js/live.js")
    status, _, body = await ask("/static/js/live.js", if_none_match=headers["etag"])
    assert status == 304 and body == b""


async def test_libraries_of_npm_are_served_under_their_name() -> None:
    assert (await ask("/static/hls.js/hls.min.js"))[0] == 200


@pytest.mark.parametrize(
    "path", ["/static/none.js", "/static/../manage.py", "/static/", "/static/js/%2e%2e/x"]
)
async def test_what_is_not_listed_is_not_there(path: str) -> None:
    assert (await ask(path))[0] == 404


async def test_nothing_is_taken() -> None:
    assert (await ask("/static/js/live.js", "POST"))[0] == 405


def test_only_the_static_address_is_ours() -> None:
    assert is_static("/static/x") and not is_static("/live/1/")


def test_what_was_read_for_its_hash_is_stored_whole(tmp_path: Path) -> None:
    files = HashedStaticFiles(location=tmp_path, base_url="/static/")
    content = ContentFile(b"// said\nexport const one = 1;\n")
    content.read()
    files.save("js/one.js", content)
    assert (tmp_path / "js" / "one.js").read_bytes() == b"export const one=1;"


def test_a_rule_about_what_is_inside_stays_one() -> None:
    rule = b".field :is(input, select):hover { color: red; } .field > a:hover, :is(b) :focus-visible { color: blue; }"
    sent = slim("a.css", rule)
    assert b".field *:is(input,select):hover" in sent
    assert b".field>a:hover,:is(b) *:focus-visible" in sent

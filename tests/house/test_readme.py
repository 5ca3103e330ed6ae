"""The README's map of the pages, held against the addresses that there are."""

import re

from django.urls import URLPattern, URLResolver, get_resolver

from tests.house.everybody import LINES
from tests.house.test_shape import ROOT

# Answers to the pages' own modules and steps of a page that is named.
PARTS = {
    "offline",
    "set_language",
    "appeals:files",
    "appeals:file",
    "appeals:upload",
    "appeals:withdraw",
    "appeals:save_filter",
    "appeals:remove_filter",
    "appeals:bulk",
    "appeals:bulk_sign",
    "appeals:promise_kept",
    "appeals:desk_identity",
    "appeals:desk_step",
    "live:next",
    "live:remind",
    "questions:ask_code",
    "questions:ask_done",
    "questions:questions",
    "questions:similar",
    "questions:matter",
    "questions:mine",
    "questions:crew_desk",
    "questions:crew_question",
}


def without_names(address: str) -> str:
    return re.sub(r"<[^>]*>", "<>", address)


def named() -> set[str]:
    """Addresses in the first column of the map."""
    pages = (ROOT / "README.md").read_text().split("## The pages")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in pages.splitlines() if line.startswith("| `")]
    return {without_names(address) for row in rows for address in re.findall(r"`(/[^`]*)`", row)}


def addresses(resolver: URLResolver | None = None, space: str = "", before: str = "/") -> dict[str, str]:
    """Address of every route by its name."""
    found: dict[str, str] = {}
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            found |= addresses(entry, inner, before + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            found[f"{space}{entry.name}"] = without_names(before + str(entry.pattern))
    return found


def doors() -> set[str]:
    """What is answered before Django, by its first word."""
    sources = [(ROOT / name).read_text() for name in ("signaling/asgi.py", "signaling/whip/__init__.py")]
    return set(re.findall(r'"(/[a-z]+)/?"', "".join(sources)))


def test_the_map_names_every_page() -> None:
    opened = {line.route for line in LINES if line.method == "GET"} - PARTS
    pages = {address for route, address in addresses().items() if route in opened and address.endswith("/")}
    assert len(pages) > 20 and pages - named() == set()


def test_the_map_names_every_door_before_the_pages() -> None:
    assert doors() >= {"/hls", "/whip", "/whep", "/metrics", "/healthz"}
    assert doors() - {"/" + address.split("/")[1] for address in named()} == set()


def test_the_map_names_nothing_that_is_not_there() -> None:
    unknown = named() - set(addresses().values())
    assert {address for address in unknown if "/" + address.split("/")[1] not in doors()} == set()

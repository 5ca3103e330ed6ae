"""Pages as an English reader gets them, without what people typed."""

import re
from html import unescape
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.apps import apps
from django.db import models
from django.test import Client

from portal.people.models import Person
from tests.house.sources import CHINESE, LANGUAGE_BUTTON
from tests.house.test_shape import ROOT


def compile_words(folder: Path) -> None:
    """The English catalogues as Django reads them, made from the .po files as they stand."""
    target = folder / "en" / "LC_MESSAGES"
    target.mkdir(parents=True)
    for source in (ROOT / "portal" / "locale" / "en" / "LC_MESSAGES").glob("*.po"):
        with source.open("rb") as words, (target / f"{source.stem}.mo").open("wb") as compiled:
            write_mo(compiled, read_po(words, locale="en"))


def _texts(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {text for part in value.values() for text in _texts(part)}
    if isinstance(value, list):
        return {text for part in value for text in _texts(part)}
    return {value} if isinstance(value, str) else set()


def typed() -> list[str]:
    """Chinese in the rows: names, titles, questions and answers as people wrote them; the longest first."""
    found: set[str] = set()
    for model in apps.get_models():
        fields = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField)
        ]
        for row in model._default_manager.values_list(*fields):
            found |= {text for value in row for text in _texts(value)}
    return sorted((text for text in found if CHINESE.search(text)), key=len, reverse=True)


def reader(person: Person | None) -> Client:
    client = Client(headers={"accept-language": "en-GB,en;q=0.9"})
    if person is not None:
        client.force_login(person)
    return client


def plain(page: str) -> str:
    """Letters as people read them: JSON writes other than ASCII as \\uXXXX, HTML some signs by name."""
    return unescape(re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), page))


def chinese_left(page: str) -> list[str]:
    """Pieces of Chinese on a page that are neither typed by people nor the way back to Chinese."""
    text = plain(page)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL).replace("\r\n", "\n")
    for words in typed():
        text = text.replace(words, "")
    return [
        line.strip()[:160]
        for line in text.replace(f">{LANGUAGE_BUTTON}</button>", ">").splitlines()
        if CHINESE.search(line)
    ]

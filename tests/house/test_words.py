"""English is complete: every sentence of the sources has its English words, and none stands outside gettext."""

import re
from functools import cache

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from tests.house.sources import CHINESE, Bare, Found, Sentence, read_all
from tests.house.test_shape import ROOT, tracked

CATALOGUES = ROOT / "portal" / "locale" / "en" / "LC_MESSAGES"
DOMAINS = ("django", "djangojs")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")

# Path, or the beginning of one → the Chinese that may stand there; None: all of the file. Why, beside it.
ALLOWED: dict[str, str | None] = {
    # The demo county and the demo broadcast: what invented people typed and say.
    "portal/questions/management/": None,
    "signaling/demo/": None,
    # Rows as they are first written; each has its English name beside it.
    "portal/appeals/vocabulary.py": "特急|紧急|一般",
    # Family names of two characters, so that both are shown of a masked name.
    "portal/people/queries.py": r"[\u4e00-\u9fff]{2}",
    # Shortens the weekday that Django's Chinese date format writes.
    "portal/notices/vocabulary.py": "星期|周",
    # An example inside --help.
    "portal/appeals/management/commands/load_days.py": None,
    # A language names itself in its own words.
    "portal/templates/base.html": "中文",
    "recordings/playlists.py": '.*NAME="中文".*',
    # Drawn into the programme: everybody sees the same picture, in the county's language.
    "recordings/programme.py": "直播稍后继续",
    "recordings/slate_template.py": "这一段暂不播出",
    # Signs that numbers, plates and addresses are made of.
    "portal/lib/personal.py": None,
    # Browsers take one language of a manifest.
    "portal/static/manifest.webmanifest": None,
    # A key of a Chinese keyboard.
    "portal/static/js/keys.js": "、",
    # Punctuation and character ranges that captions are cut and searched by.
    "transcripts/captions.py": None,
    "transcripts/search.py": None,
}


@cache
def sources() -> tuple[list[Found], list[Bare]]:
    return read_all()


@cache
def catalogue(domain: str) -> Catalog:
    with (CATALOGUES / f"{domain}.po").open("rb") as file:
        return read_po(file, locale="en", domain=domain, abort_invalid=True)


def said(domain: str) -> dict[Sentence, list[str]]:
    """Sentence → where it stands."""
    places: dict[Sentence, list[str]] = {}
    for found in sources()[0]:
        if found.domain == domain and found.sentence.text:
            places.setdefault(found.sentence, []).append(found.where)
    return places


def translations(domain: str) -> dict[Sentence, tuple[str, ...]]:
    table: dict[Sentence, tuple[str, ...]] = {}
    for message in catalogue(domain):
        if not message.id:
            continue
        one, *more = (message.id,) if isinstance(message.id, str) else message.id
        words = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        key = Sentence(message.context or "", one, *more)
        table[key] = () if message.fuzzy else words
    return table


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_sentence_has_its_english_words(domain: str) -> None:
    table = translations(domain)
    missing = {
        sentence.text: places
        for sentence, places in said(domain).items()
        if not table.get(sentence) or not all(table[sentence])
    }
    assert missing == {}


@pytest.mark.parametrize("domain", DOMAINS)
def test_no_english_words_are_left_of_sentences_that_are_gone(domain: str) -> None:
    assert set(translations(domain)) - set(said(domain)) == set()


@pytest.mark.parametrize("domain", DOMAINS)
def test_placeholders_are_the_same_in_both_languages(domain: str) -> None:
    def fields(text: str) -> list[str]:
        # Named ones may change places; those without a name may not.
        named = PLACEHOLDER.findall(text)
        return sorted(named) if "%(" in text else named

    wrong = [
        (sentence.text, words)
        for sentence, forms in translations(domain).items()
        for words in forms
        if fields(words) != fields(sentence.text)
    ]
    assert wrong == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_english_words_are_english_and_typed_with_care(domain: str) -> None:
    forms = [(s, words) for s, found in translations(domain).items() for words in found]
    assert [words for _s, words in forms if CHINESE.search(words)] == []
    assert [words for _s, words in forms if "  " in words] == []
    # A full sentence stays one.
    assert [(s.text, words) for s, words in forms if s.text.endswith("。") and not words.endswith(".")] == []


def test_plural_forms_differ_where_a_noun_is_counted() -> None:
    counted = [
        (sentence.text, forms)
        for domain in DOMAINS
        for sentence, forms in translations(domain).items()
        if sentence.plural
    ]
    assert counted
    assert [entry for entry in counted if len(entry[1]) != 2 or entry[1][0] == entry[1][1]] == []


def allowed(bare: Bare) -> bool:
    for beginning, pattern in ALLOWED.items():
        if bare.path.startswith(beginning):
            return pattern is None or re.fullmatch(pattern, bare.text) is not None
    return False


def test_no_chinese_stands_outside_gettext() -> None:
    assert [bare for bare in sources()[1] if not allowed(bare)] == []


def test_every_exception_is_still_needed() -> None:
    used = {beginning for beginning in ALLOWED for bare in sources()[1] if bare.path.startswith(beginning)}
    assert set(ALLOWED) - used == set()


def test_all_rooms_share_one_catalogue() -> None:
    assert {path.parent for path in tracked(".po")} == {CATALOGUES}

"""What the sources say to people: sentences handed to gettext, and Chinese that is not.

Source strings are Chinese, so a Chinese character outside gettext is a sentence that will never be English.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.jslexer import Token, tokenize
from django.utils.translation.template import templatize

from tests.house.test_shape import ROOT, tracked

PACKAGES = ("portal", "signaling", "streaming", "recordings", "transcripts")
# Ideographs, Chinese punctuation and full-width forms.
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
# The way back to Chinese on every English page.
LANGUAGE_BUTTON = "中文"
# Name → places of context, singular and plural among the arguments; None where there is none.
CALLS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
}
LITERAL = re.compile(r"""u?('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")\s*(,|\))?""")
CALL = re.compile(rf"(?<![\w.])({'|'.join(CALLS)})\(\s*")
JS_TEXT = ("string", "template_string")
JS_SILENT = ("linecomment", "multilinecomment")


@dataclass(frozen=True)
class Sentence:
    """One message as a catalogue keys it; `plural` is empty where the sentence has one form."""

    context: str
    text: str
    plural: str = ""


@dataclass(frozen=True)
class Found:
    where: str
    domain: str
    sentence: Sentence


@dataclass(frozen=True)
class Bare:
    """Chinese outside gettext."""

    path: str
    line: int
    text: str


def _sentence(name: str, words: list[str]) -> Sentence:
    context, text, plural = CALLS[name]
    return Sentence(
        "" if context is None else words[context], words[text], "" if plural is None else words[plural]
    )


def sources(*endings: str) -> Iterator[tuple[str, str]]:
    """(path, text) of every file of the five packages."""
    for path in tracked(*endings):
        name = str(path.relative_to(ROOT))
        if name.startswith(PACKAGES):
            yield name, path.read_text()


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _docstrings(tree: ast.Module) -> set[int]:
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, holders) and node.body and isinstance(node.body[0], ast.Expr)
    }


def read_python(path: str, text: str) -> tuple[list[Found], list[Bare]]:
    tree = ast.parse(text)
    found, silent = [], _docstrings(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or _called(node) not in CALLS:
            continue
        words = [part for part in node.args if isinstance(part, ast.Constant)]
        silent |= {id(part) for part in words}
        texts = [str(part.value) for part in words]
        found.append(Found(f"{path}:{node.lineno}", "django", _sentence(_called(node), texts)))
    bare = [
        Bare(path, node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in silent
        and CHINESE.search(node.value)
    ]
    return found, bare


def _literals(text: str, at: int) -> list[str]:
    """The string literals that follow `at`, up to the first argument that is something else."""
    words = []
    while (literal := LITERAL.match(text, at)) is not None:
        words.append(str(ast.literal_eval(literal[1])))
        at = re.compile(r"\s*").match(text, literal.end()).end()  # type: ignore[union-attr]
        if literal[2] != ",":
            break
    return words


def _blank(text: str, pattern: str) -> str:
    return re.sub(pattern, lambda gone: "\n" * gone[0].count("\n"), text, flags=re.DOTALL)


def read_template(path: str, text: str) -> tuple[list[Found], list[Bare]]:
    calls = templatize(text)
    found = [
        Found(path, "django", _sentence(call[1], words))
        for call in CALL.finditer(calls)
        if (words := _literals(calls, call.end()))
    ]
    rest = _blank(text, r"\{#.*?#\}|\{%\s*comment\b.*?endcomment\s*%\}")
    rest = _blank(rest, r"\{%\s*blocktrans(late)?\b.*?\{%\s*endblocktrans(late)?\s*%\}")
    rest = _blank(rest, r"\{%\s*trans(late)?\b.*?%\}|_\((\"[^\"]*\"|'[^']*')\)")
    lines = enumerate(rest.splitlines(), 1)
    return found, [
        Bare(path, number, piece)
        for number, line in lines
        for piece in re.findall(rf"{CHINESE.pattern}+", line)
    ]


def read_script(path: str, text: str) -> tuple[list[Found], list[Bare]]:
    tokens = [token for token in tokenize(text) if token.type not in JS_SILENT]
    found, bare, wrapped = [], [], set[int]()
    for place, token in enumerate(tokens[:-1]):
        if token.value not in ("gettext", "ngettext") or tokens[place + 1].value != "(":
            continue
        words = list(_arguments(tokens, place + 2))
        wrapped |= {at for at, _text in words}
        if words:
            sentence = _sentence(token.value, [text for _at, text in words])
            found.append(Found(f"{path}:{token.lineno}", "djangojs", sentence))
    for place, token in enumerate(tokens):
        if token.type in JS_TEXT and place not in wrapped and CHINESE.search(token.value):
            bare.append(Bare(path, token.lineno, token.value[1:-1]))
    return found, bare


def _arguments(tokens: list[Token], place: int) -> Iterator[tuple[int, str]]:
    """(place, text) of the leading string arguments."""
    while tokens[place].type == "string":
        yield place, str(ast.literal_eval(tokens[place].value))
        if tokens[place + 1].value != ",":
            return
        place += 2


def read_plain(path: str, text: str) -> tuple[list[Found], list[Bare]]:
    """Files that nothing translates: pictures and the manifest."""
    lines = enumerate(text.splitlines(), 1)
    return [], [Bare(path, number, line.strip()) for number, line in lines if CHINESE.search(line)]


READERS = {
    ".py": read_python,
    ".html": read_template,
    ".js": read_script,
    ".svg": read_plain,
    ".webmanifest": read_plain,
}


def read_all() -> tuple[list[Found], list[Bare]]:
    found: list[Found] = []
    bare: list[Bare] = []
    for path, text in sources(*READERS):
        sentences, rest = READERS[Path(path).suffix](path, text)
        found += sentences
        bare += rest
    return found, bare

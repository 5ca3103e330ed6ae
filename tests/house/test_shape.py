"""The shape of the house: small files, short functions, no catch-all modules, nothing of the workshop."""

import ast
import re
import subprocess
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("portal", "signaling", "streaming", "recordings", "transcripts", "tests")


def tracked(*endings: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    return [
        ROOT / name
        for name in listed
        if name.endswith(endings) and "/migrations/" not in name and (ROOT / name).exists()
    ]


def test_no_file_is_longer_than_300_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked(".py", ".js", ".mjs", ".css")
        if (lines := len(path.read_text().splitlines())) > 300
    }
    assert not long


def test_no_function_is_longer_than_50_lines() -> None:
    long: dict[str, int] = {}
    for path in tracked(".py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > 50:
                    long[f"{path.relative_to(ROOT)}:{node.name}"] = lines
    assert not long


def test_no_module_is_a_drawer_for_everything() -> None:
    names = {path.name for path in tracked(".py")}
    assert not names & {"utils.py", "util.py", "helpers.py", "common.py", "misc.py"}


def test_only_the_planned_packages_stand_at_the_top() -> None:
    top = {
        path.relative_to(ROOT).parts[0] for path in tracked(".py") if len(path.relative_to(ROOT).parts) > 1
    }
    assert top <= set(PACKAGES)


def test_nothing_is_left_open_or_skipped() -> None:
    pattern = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError|pytest\.skip|mark\.skip|mark\.xfail)\b")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked(".py", ".js", ".html")
        if path != Path(__file__)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if pattern.search(line)
    ]
    assert not found


@pytest.mark.parametrize("requirements", ["main.in", "check.in"])
def test_every_dependency_has_its_reason_in_decisions(requirements: str) -> None:
    decisions = (ROOT / "DECISIONS.md").read_text().lower()
    names = [
        re.split(r"[=\[<> ]", line.strip())[0].lower()
        for line in (ROOT / "requirements" / requirements).read_text().splitlines()
        if line.strip() and not line.startswith(("#", "-"))
    ]
    assert [name for name in names if f"`{name}`" not in decisions] == []


def test_page_modules_import_each_other_one_way() -> None:
    """Production names each file by a hash of its content, its imports' names included: a circle has no such name."""
    folder = ROOT / "portal" / "static" / "js"
    written = re.compile(r"""(?:from|import)\s*\(?\s*"\./([\w.-]+)\"""")
    needs = {path.name: set(written.findall(_without_comments(path))) for path in folder.glob("*.js")}
    assert sum(map(len, needs.values())) > 100
    order = TopologicalSorter(needs)
    try:
        order.prepare()
    except CycleError as error:
        raise AssertionError(f"modules in a circle: {error.args[1]}") from error


def _without_comments(path: Path) -> str:
    return re.sub(r"/\*.*?\*/|^\s*//.*?$", "", path.read_text(), flags=re.S | re.M)

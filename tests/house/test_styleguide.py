"""Every part stands on /styleguide/, where it is photographed."""

import re

from tests.house.test_shape import ROOT

CLASS = re.compile(r"\.([a-z][\w-]*)")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def test_every_part_of_the_parts_sheet_stands_on_the_styleguide() -> None:
    rules = COMMENT.sub("", (ROOT / "portal/static/css/parts.css").read_text())
    selectors = " ".join(rule.split("{")[0] for rule in rules.split("}"))
    # Base is the frame of that page too: it brings the toasts' place.
    shown = "".join(
        (ROOT / "portal/templates" / name).read_text() for name in ("styleguide.html", "base.html")
    )
    missing = {
        name for name in CLASS.findall(selectors) if not re.search(rf"(?<![\w-]){name}(?![\w-])", shown)
    }
    assert not missing

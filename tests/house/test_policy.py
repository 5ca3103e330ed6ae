"""The strict policy: nothing inline in any template or module, and no page may loosen it."""

import re

import pytest
from django.test import Client

from portal.lib.http import CONTENT_SECURITY_POLICY
from tests.house.test_shape import ROOT, tracked

# Inline style and script, handlers in attributes, and javascript: addresses.
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=[\"']|javascript:|<script(?![^>]*\ssrc=)[^>]*>")
IN_MODULES = re.compile(
    r"\beval\(|new Function\(|\.cssText|setAttribute\(\s*[\"']style|\bsetTimeout\(\s*[\"']"
)


def test_the_policy_allows_nothing_inline_and_no_other_house() -> None:
    rules = dict(rule.split(" ", 1) for rule in CONTENT_SECURITY_POLICY.split("; "))
    assert "unsafe" not in CONTENT_SECURITY_POLICY and "*" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["form-action"] == "'self'"


def test_templates_hold_nothing_inline() -> None:
    found = {
        str(path.relative_to(ROOT)): hits
        for path in tracked(".html")
        if "templates" in path.parts and (hits := INLINE.findall(path.read_text()))
    }
    assert found == {}


def test_modules_run_no_text_and_write_no_style_attribute() -> None:
    found = {
        str(path.relative_to(ROOT)): hits
        for path in tracked(".js")
        if "static" in path.parts and (hits := IN_MODULES.findall(path.read_text()))
    }
    assert found == {}


@pytest.mark.parametrize(
    "address", ["/", "/calendar/", "/cases/", "/people/login/", "/styleguide/", "/offline/", "/words.js"]
)
def test_every_answer_carries_it(db: None, address: str) -> None:
    assert Client().get(address).headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


def test_a_refusal_carries_it_too(db: None) -> None:
    assert Client().get("/no-such-page/").headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY

"""A form that does not come from our page is refused in our words, and one with a link's address is not."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_form_without_token_is_refused_politely() -> None:
    answer = Client(enforce_csrf_checks=True).post("/people/code/", {"phone": "13800000001"})
    assert answer.status_code == 403
    assert "没有发送" in answer.content.decode()


def test_no_page_hides_its_address_from_its_own_forms() -> None:
    # Without a referrer the browser sends "Origin: null" and Django refuses the form.
    pages = (Path(settings.ROOT) / "portal" / "templates").rglob("*.html")
    assert [page.name for page in pages if "no-referrer" in page.read_text()] == []

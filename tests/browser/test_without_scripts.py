"""A browser that runs no scripts: the plain form takes the question all the way to its number."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from portal.appeals.models import Appeal
from portal.notices.sms import MemoryBackend
from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = "村口的路灯坏了，什么时候修？"


def test_question_code_and_number_without_javascript(browser: Browser, site: Site, settings: Any) -> None:
    settings.SMS_BACKEND = "portal.notices.sms.MemoryBackend"
    MemoryBackend.sent.clear()
    context = browser.new_context(
        java_script_enabled=False, locale="zh-CN", viewport={"width": 360, "height": 740}
    )
    page = context.new_page()
    page.goto(site.url(site.live))
    page.locator("[data-ask]").click()
    page.wait_for_url(site.url(f"{site.live}ask/"))
    typed = {"text": TEXT, "village": "清溪镇柳湾村", "name": "张小丽", "phone": "138 0000 0099"}
    for name, value in typed.items():
        page.locator(f"main [name={name}]").fill(value)
    page.get_by_role("button", name="下一步：获取验证码").click()
    page.wait_for_url(site.url(f"{site.live}ask/code/"))
    expect(page.locator("main")).to_contain_text("138****0099")
    code = re.search(r"\d{6}", MemoryBackend.sent[-1][1])
    assert code
    page.locator("main [name=code]").fill(code[0])
    page.locator("main [name=code]").press("Enter")
    page.wait_for_url(site.url(f"{site.live}ask/done/**"))
    appeal = Appeal.objects.get(question__text=TEXT)
    expect(page.locator("main")).to_contain_text(appeal.number)
    expect(page.locator("[data-copy]")).to_be_hidden()
    page.locator(f"main a[href*='/cases/{appeal.number}/']").first.click()
    expect(page.locator("main")).to_contain_text(TEXT)
    context.close()

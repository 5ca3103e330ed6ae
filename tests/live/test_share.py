"""What a link looks like in a chat."""

import pytest
from django.test import Client

from tests.live.cast import Cast

pytestmark = pytest.mark.django_db
WECHAT = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Mobile MicroMessenger/8.0.49"


@pytest.mark.parametrize("page", ["/", "/calendar/", "/replays/", "/live/{id}/", "/live/{id}/ask/"])
def test_every_public_page_brings_title_words_and_picture(cast: Cast, page: str) -> None:
    html = Client().get(page.format(id=cast.session.pk) + "?from=chat").content.decode()
    for name in ("title", "description", "image", "url"):
        assert html.count(f'property="og:{name}"') == 1
    # The address without what a chat has hung on it.
    assert "from=chat" not in html.split("</head>")[0]
    assert 'content="http://testserver/static/icons/icon-512.png"' in html


def test_wechat_finds_a_picture_and_nobody_else_loads_it(cast: Cast) -> None:
    assert 'width="300" height="300"' in Client(headers={"user-agent": WECHAT}).get("/").content.decode()
    assert 'width="300"' not in Client().get("/").content.decode()

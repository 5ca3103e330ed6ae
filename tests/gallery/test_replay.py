"""When the broadcast is over: the replay and what the live page says; and no page has said anything was wrong."""

import pytest

from tests.gallery.gallery import Gallery
from tests.gallery.places import ENDED

pytestmark = pytest.mark.browser


def test_pages_after_the_broadcast(ended: Gallery) -> None:
    assert not (found := ended.look(ENDED) + ended.said), "\n".join(found)

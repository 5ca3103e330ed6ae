"""The place of a clip that never will be there says so, without an empty player or a promise."""

import pytest

from tests.recordings.test_rows import SpokenReply, render

pytestmark = pytest.mark.django_db


def test_of_a_broadcast_without_a_recording_no_clip_is_promised() -> None:
    page = render(SpokenReply(pk=7, recording="1", begin_ms=0, end_ms=9_000))
    assert "没有录像" in page and "正在制作" not in page and "<video" not in page


def test_a_written_reply_has_no_place_for_a_clip() -> None:
    assert render(SpokenReply(pk=7, recording="", begin_ms=0, end_ms=0, kind="written")).strip() == ""

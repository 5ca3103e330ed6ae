"""The place of a clip that is not there yet says so, without an empty player."""

import pytest

from tests.recordings.test_rows import SpokenReply, render

pytestmark = pytest.mark.django_db


def test_a_clip_that_is_being_made_is_a_note_without_a_player() -> None:
    page = render(SpokenReply(pk=7, recording="1", begin_ms=0, end_ms=9_000))
    assert 'class="note"' in page and "<figure" not in page and "<video" not in page


def test_a_written_reply_has_no_place_for_a_clip() -> None:
    assert render(SpokenReply(pk=7, recording="", begin_ms=0, end_ms=0, kind="written")).strip() == ""

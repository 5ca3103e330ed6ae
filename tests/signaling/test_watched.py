"""Minutes over HLS by village: what is booked, bounded and added up."""

from signaling.watched import LONGEST, MAX_VILLAGES, REST, Villages, Watched, added, with_labels


def test_what_media_processes_do_not_see_is_booked_and_a_stalled_loop_not_for_long() -> None:
    watched = Watched()
    watched.book([("a", "hls"), ("a", "sound"), ("a", "rtc"), ("b", "none")], 5, True)
    assert watched.villages == {
        "a": {"viewers": 2, "picture": 5, "sound": 5, "nothing": 0},
        "b": {"viewers": 1, "picture": 0, "sound": 0, "nothing": 5},
    }
    watched.book([("a", "hls")], 3_600, True)
    assert watched.villages["a"] == {"viewers": 1, "picture": 5 + LONGEST, "sound": 5, "nothing": 0}


def test_nobody_misses_anything_while_nobody_is_on_air() -> None:
    watched = Watched()
    watched.book([("b", "none"), ("a", "hls")], 5, False)
    assert watched.villages == {"a": {"viewers": 1, "picture": 5, "sound": 0, "nothing": 0}}


def test_villages_beyond_the_limit_are_counted_together() -> None:
    watched = Watched()
    watched.book([(str(number), "hls") for number in range(MAX_VILLAGES + 5)], 1, True)
    assert len(watched.villages) == MAX_VILLAGES + 1
    assert watched.villages[REST]["picture"] == 5


def test_processes_and_media_are_added_up() -> None:
    one: Villages = {"a": {"viewers": 1, "picture": 60.4, "sound": 0, "nothing": 3}}
    other: Villages = {
        "a": {"viewers": 2, "picture": 1, "sound": 2, "nothing": 0},
        "b": {"viewers": 0, "picture": 0, "sound": 9, "nothing": 0},
    }
    both = added(one, other)
    assert both == {"a": {"viewers": 3, "picture": 61.4, "sound": 2, "nothing": 3}, "b": other["b"]}
    labels = [{"label": "a", "viewers": 4, "picture": 100, "sound": 1, "nothing": 7}]
    assert with_labels(labels, both) == [
        {"label": "a", "viewers": 7, "picture": 161, "sound": 3, "nothing": 10},
        {"label": "b", "viewers": 0, "picture": 0, "sound": 9, "nothing": 0},
    ]
    assert labels[0]["viewers"] == 4

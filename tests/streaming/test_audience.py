"""Who got what for how long, by the clock of the test."""

from hypothesis import given
from hypothesis import strategies as st

from streaming.audience import (
    EXPERIENCES,
    LISTED,
    LONGEST,
    MAX_LABELS,
    POINTS,
    REST,
    Audience,
    Experience,
    Sample,
)

VILLAGES = {"a": "柳湾村", "b": "石桥村"}


def sample(name: str, experience: Experience = "picture", label: str = "") -> Sample:
    return Sample(name, label or VILLAGES.get(name, ""), experience, 0, 0.0, 0.05, 1_000_000)


def test_time_is_booked_by_village_and_by_what_was_had() -> None:
    audience = Audience()
    audience.look([sample("a"), sample("b")], True, 100.0, 1_000.0)
    audience.look([sample("a"), sample("b", "sound")], True, 105.0, 1_005.0)
    audience.look([sample("a"), sample("b", "nothing"), sample("c")], True, 110.0, 1_010.0)
    told = audience.statistics()
    assert told["labels"] == [
        {"label": "石桥村", "viewers": 1, "picture": 0, "sound": 5, "nothing": 5},
        {"label": "", "viewers": 1, "picture": 5, "sound": 0, "nothing": 0},
        {"label": "柳湾村", "viewers": 1, "picture": 10, "sound": 0, "nothing": 0},
    ]
    assert [point["viewers"] for point in told["history"]] == [2, 2, 3]
    assert told["worst"][0]["viewer"] == "b" and told["layers"] == {"0": 2, "nothing": 1}


def test_minutes_stay_when_the_viewer_has_gone() -> None:
    audience = Audience()
    audience.look([sample("a")], True, 0.0, 0.0)
    audience.look([sample("a")], True, 5.0, 5.0)
    audience.look([], True, 10.0, 10.0)
    assert audience.statistics()["labels"] == [
        {"label": "柳湾村", "viewers": 0, "picture": 5, "sound": 0, "nothing": 0}
    ]


def test_nobody_misses_anything_while_nobody_is_on_air_and_a_stall_is_not_booked() -> None:
    audience = Audience()
    audience.look([sample("a", "nothing")], False, 0.0, 0.0)
    audience.look([sample("a", "nothing")], False, 5.0, 5.0)
    assert audience.statistics()["labels"] == [] and audience.statistics()["history"] == []
    audience.look([sample("a")], True, 1_000.0, 1_000.0)
    assert audience.statistics()["labels"][0]["picture"] == LONGEST


def test_everything_has_a_bound() -> None:
    audience = Audience()
    for step in range(POINTS + 10):
        names = [f"v{step * 3 + number}" for number in range(3)]
        audience.look([sample(name, label=f"village {name}") for name in names], True, 5.0 * step, 5.0 * step)
    many = [sample(f"x{number}") for number in range(LISTED + 20)]
    audience.look(many, True, 5.0 * (POINTS + 11), 0.0)
    told = audience.statistics()
    assert len(told["history"]) == POINTS and len(told["worst"]) == LISTED
    assert len(told["labels"]) == MAX_LABELS + 1 and any(row["label"] == REST for row in told["labels"])


@given(
    st.lists(
        st.tuples(
            st.lists(
                st.tuples(st.sampled_from("abc"), st.sampled_from(EXPERIENCES)), unique_by=lambda one: one[0]
            ),
            st.floats(0.1, 30),
        ),
        max_size=30,
    )
)
def test_no_time_is_lost_or_made(looks: list[tuple[list[tuple[str, Experience]], float]]) -> None:
    audience, now, expected = Audience(), 0.0, 0.0
    audience.look([], True, now, now)
    for viewers, pause in looks:
        now += pause
        expected += len(viewers) * min(LONGEST, pause)
        audience.look([sample(name, experience) for name, experience in viewers], True, now, now)
    booked = sum(sum(row.values()) for row in audience._seconds.values())
    assert abs(booked - expected) < 1e-6

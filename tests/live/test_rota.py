from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from portal.live.rota import evenings_after, evenings_before

SHANGHAI = ZoneInfo("Asia/Shanghai")
# Naive bounds are what hypothesis asks for; the zone comes from `timezones`.
FIRST, LAST = datetime(2020, 1, 1), datetime(2035, 1, 1)  # noqa: DTZ001
moments = st.datetimes(FIRST, LAST, timezones=st.just(SHANGHAI))


@given(moments, st.integers(1, 6))
def test_coming_evenings_are_tuesdays_and_thursdays_at_half_past_seven(now: datetime, count: int) -> None:
    found = evenings_after(now, count)
    assert len(found) == count and found == sorted(found) and found[0] > now
    assert {(day.weekday(), day.hour, day.minute) for day in found} <= {(1, 19, 30), (3, 19, 30)}
    assert (found[0] - now).days < 5


@given(moments, st.integers(1, 6))
def test_held_evenings_are_over(now: datetime, count: int) -> None:
    found = evenings_before(now, count)
    assert found == sorted(found, reverse=True) and found[0] < now
    assert all(day.weekday() in (1, 3) for day in found)


def test_the_evening_itself_is_not_after_itself() -> None:
    tuesday = datetime(2026, 2, 10, 19, 30, tzinfo=SHANGHAI)
    assert evenings_after(tuesday, 1) == [datetime(2026, 2, 12, 19, 30, tzinfo=SHANGHAI)]

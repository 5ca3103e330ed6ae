from hypothesis import given, settings
from hypothesis import strategies as st

from streaming.turns import Turns


@settings(deadline=None)
@given(st.integers(1, 60), st.floats(0.02, 0.3))
def test_everybody_has_one_turn_a_period(count: int, step: float) -> None:
    turns, members, now = Turns(1.0), [*range(count)], 100.0
    served: list[int] = []
    turns.due(members, now)
    while now < 104.0:
        now += step
        served += turns.due(members, now)
    for member in members:
        assert 3 <= served.count(member) <= 5


@given(st.integers(1, 300))
def test_a_tick_serves_its_share_and_a_long_pause_nobody_twice(count: int) -> None:
    turns, members = Turns(1.0), [*range(count)]
    assert turns.due(members, 0.0) == []
    assert len(turns.due(members, 0.02)) <= count // 50 + 1
    late = turns.due(members, 60.0)
    assert sorted(late) == sorted(set(late)) and len(late) == count


def test_nobody_is_due_among_nobody() -> None:
    turns: Turns = Turns(1.0)
    assert turns.due([], 0.0) == [] and turns.due([], 5.0) == []

import pytest

from tests.live.cast import Cast, make_cast
from tests.live.cast import on_air as put_on_air


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def on_air(cast: Cast) -> Cast:
    return put_on_air(cast)

"""Every page: photographed at two widths in light and dark; without a fault on a phone by day, a desk by night."""

import pytest

from tests.gallery import evening
from tests.gallery.gallery import SOME_MODES, Gallery
from tests.gallery.places import ON_AIR, PLANNED

pytestmark = pytest.mark.browser


def test_pages_before_the_broadcast(gallery: Gallery) -> None:
    assert not (found := gallery.look(PLANNED)), "\n".join(found)


def test_pages_before_the_broadcast_fit_a_small_phone_in_large_english(gallery: Gallery) -> None:
    assert not (found := gallery.measure(PLANNED)), "\n".join(found)


def test_pages_on_air(on_air: Gallery) -> None:
    assert not (found := on_air.look(ON_AIR)), "\n".join(found)


def test_pages_on_air_fit_a_small_phone_in_large_english(on_air: Gallery) -> None:
    assert not (found := on_air.measure(ON_AIR)), "\n".join(found)


def test_pages_of_those_on_stage(on_air: Gallery) -> None:
    evening.on_stage(on_air)
    found = []
    for who, name in (("lin", "studio-on-air"), ("alice", "stage-on-air"), ("bob", "console-with-guest")):
        page = on_air.page(who)
        on_air.photograph(page, name)
        found += on_air.faults(page, name, SOME_MODES)
    assert not found, "\n".join(found)

"""Filters of the desk that a person keeps under a name."""

from collections.abc import Callable

import pytest

from portal.appeals import actions
from portal.appeals.actions.desks import MOST_FILTERS
from portal.appeals.models import Appeal, SavedFilter
from portal.appeals.queries import saved_filters
from portal.lib.errors import BadInput, NotAllowed, NotFound
from portal.people.models import Role
from tests.appeals.conftest import County
from tests.appeals.test_lists import client_of

pytestmark = pytest.mark.django_db
Bring = Callable[..., Appeal]
WATER = {"name": "柳河的水", "tab": "unit", "q": "柳河", "state": "in_progress"}


def test_a_filter_is_kept_chosen_and_taken_away_without_a_script(county: County, bring_to: Bring) -> None:
    number = bring_to("in_progress").number
    olga = client_of(county.olga)
    assert "保存这个筛选" in olga.get("/desk/?tab=unit&q=柳河&state=in_progress").content.decode()
    page = olga.post("/desk/filters/", WATER, follow=True)
    shown = page.content.decode()
    assert page.request["PATH_INFO"] == "/desk/" and number in shown
    (saved,) = saved_filters(county.olga)
    chip = f'href="/desk/?{saved.query.replace("&", "&amp;")}" aria-current="page">柳河的水</a>'
    assert chip in shown
    elsewhere = olga.get("/desk/").content.decode()
    assert "柳河的水" in elsewhere and chip not in elsewhere
    assert "柳河的水" not in client_of(county.uma).get("/desk/").content.decode()
    assert "柳河的水" not in olga.post(f"/desk/filters/{saved.pk}/remove/", follow=True).content.decode()


def test_the_same_name_is_the_filter_anew(county: County) -> None:
    for state in ("in_progress", "replied"):
        client_of(county.olga).post("/desk/filters/", WATER | {"state": state})
    assert [saved.state for saved in saved_filters(county.olga)] == ["replied"]


def test_a_filter_without_a_name_or_with_a_foreign_list_is_refused_on_the_same_list(county: County) -> None:
    olga = client_of(county.olga)
    for change, sentence in (
        ({"name": " "}, "请给这个筛选起个名字。"),
        ({"tab": "requests"}, "没有这个列表。"),
    ):
        page = olga.post("/desk/filters/", WATER | change)
        assert page.status_code == 400 and sentence in page.content.decode()
        assert 'value="柳河"' in page.content.decode()
    # Not kept as a filter that finds everything.
    assert olga.post("/desk/filters/", WATER | {"q": "柳" * 81}).status_code == 400
    assert not SavedFilter.objects.exists()
    for n in range(MOST_FILTERS):
        actions.save_filter(county.olga, f"第{n}个", "mine", "", "replied")
    with pytest.raises(BadInput):
        actions.save_filter(county.olga, "再一个", "mine", "", "replied")
    actions.save_filter(county.olga, "第0个", "unit", "", "replied")
    assert SavedFilter.objects.count() == MOST_FILTERS


def test_nobody_keeps_a_filter_without_a_desk_or_takes_away_anothers(county: County) -> None:
    for person in (county.charlie, county.alice, county.bob):
        with pytest.raises(NotAllowed):
            actions.save_filter(person, "x", "mine", "", "")
    saved = actions.save_filter(county.olga, "x", "assist", "", "")
    with pytest.raises(NotFound):
        actions.remove_filter(county.uma, saved.pk)
    Role.objects.filter(person=county.olga).delete()
    assert saved_filters(county.olga) == [] and SavedFilter.objects.count() == 1

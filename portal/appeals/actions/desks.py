"""What a person keeps of the desk."""

from django.db import transaction
from django.utils.translation import gettext as _

from portal.appeals.models import SavedFilter
from portal.appeals.queries.desks import tabs_of
from portal.appeals.states import State
from portal.lib.errors import BadInput, NotAllowed, NotFound
from portal.people.models import Person

MOST_FILTERS = 12


@transaction.atomic
def save_filter(actor: Person, name: str, tab: str, search: str, state: str) -> SavedFilter:
    """Keep a filter of the desk under `name`; the name again means the filter anew.

    Raises `NotAllowed` for who has no desk, `BadInput` without a name, for a list that is not theirs, or with
    `MOST_FILTERS` already kept.
    """
    tabs = tabs_of(actor)
    if not tabs:
        raise NotAllowed(_("工作台仅供承办人员使用。"))
    name = name.strip()
    if not name:
        raise BadInput(_("请给这个筛选起个名字。"), field="name")
    if tab not in tabs or state not in ("", *State.values):
        raise BadInput(_("没有这个列表。"))
    mine = SavedFilter.objects.filter(person=actor)
    if mine.exclude(name=name).count() >= MOST_FILTERS:
        raise BadInput(_("最多保存%(limit)d个筛选，请先移除一个。") % {"limit": MOST_FILTERS})
    kept = {"tab": tab, "search": search.strip(), "state": state}
    saved, _made = SavedFilter.objects.update_or_create(person=actor, name=name, defaults=kept)
    return saved


def remove_filter(actor: Person, filter_id: int) -> None:
    """Raises `NotFound` also for what somebody else keeps."""
    if not SavedFilter.objects.filter(pk=filter_id, person=actor).delete()[0]:
        raise NotFound(_("没有这个筛选。"))

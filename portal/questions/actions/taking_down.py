"""A question that came by telephone, letter or WeChat, typed in by the crew for a citizen."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from portal.appeals.sealing import query_code
from portal.appeals.vocabulary import Channel
from portal.lib.errors import BadInput, Conflict, NotAllowed
from portal.live.queries import may_moderate, session_of
from portal.people.actions import note_contact
from portal.people.models import Person
from portal.questions.actions.asking import AskResult, Wish, clean_text, clean_village, parsed_uuid, write
from portal.questions.models import Question
from portal.questions.states import Kind

CHANNELS = (Channel.TELEPHONE, Channel.LETTER, Channel.WECHAT)


@dataclass(frozen=True, slots=True)
class Told:
    """What was said or written. `confirmed`: the citizen has proved the number by a code; else `name` and
    `phone` are kept as told, and prove nothing."""

    channel: str
    text: str
    village: str = ""
    name: str = ""
    phone: str = ""
    confirmed: Person | None = None


def _known(uuid: UUID, session_id: int, channel: Channel) -> AskResult | None:
    found = Question.objects.select_related("appeal").filter(uuid=uuid).first()
    if found is None:
        return None
    if found.session_id != session_id or found.appeal is None or found.appeal.channel != channel:
        raise Conflict(_("这个提问编号已被使用，请刷新页面后再试。"))
    return AskResult(found.pk, uuid, found.appeal.number, query_code(found.appeal.number), False)


def take_down(
    actor: Person, session_id: int, uuid: UUID | str, told: Told, at: datetime | None = None
) -> AskResult:
    """One question and its case, counted under the channel it came by; the same `uuid` again changes nothing.

    For the moderators of the broadcast. Raises `NotAllowed`, `NotFound`, `BadInput` with its field, `Conflict`
    when the broadcast is over.
    """
    if not may_moderate(actor, session_of(session_id)):
        raise NotAllowed(_("只有本场主持人可以代录问题。"))
    if told.channel not in CHANNELS:
        raise BadInput(_("请选择来源：电话、来信或微信。"), field="channel")
    channel, key = Channel(told.channel), parsed_uuid(uuid)
    text, village = clean_text(told.text), clean_village(told.village, told.confirmed)
    known = _known(key, session_id, channel)
    if known is not None:
        return known
    with transaction.atomic():
        person = told.confirmed or note_contact(actor, told.name, told.phone, village)
        return write(
            Wish(person, session_id, key, Kind.WRITTEN, text, village, at, channel=channel, taken_by=actor)
        )

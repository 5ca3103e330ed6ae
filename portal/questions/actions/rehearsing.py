"""A rehearsal with something to answer: three invented questions that belong to nobody."""

from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.live.actions import bump
from portal.live.actions.rehearsals import rehearse as rehearse_session
from portal.live.models import LiveSession
from portal.people.models import Person
from portal.questions.models import Question
from portal.questions.states import StageState, WallState


def _samples() -> list[str]:
    return [
        _("（排练）村口的路灯坏了三个月，晚上接孩子看不见路，什么时候能修好？"),
        _("（排练）自来水一到傍晚就没有压力，三楼以上接不到水，能不能解决？"),
        _("（排练）去年答应的公交线什么时候开通？老人去县医院要转两次车。"),
    ]


def rehearse(actor: Person, session_id: int) -> LiveSession:
    """The rehearsal of a broadcast, with questions waiting on the shortlist. Raises as the session's does."""
    with transaction.atomic():
        session = rehearse_session(actor, session_id)
        if not Question.objects.filter(session=session).exists():
            for text in _samples():
                revision = bump(session.pk)
                Question.objects.create(
                    uuid=uuid4(),
                    session=session,
                    text=text,
                    village=_("示例村"),
                    asked_at=timezone.now(),
                    wall_state=WallState.SHOWN,
                    stage_state=StageState.SHORTLISTED,
                    order=revision,
                    revision=revision,
                )
    return session

"""The demo county: loaded once, whole, and safe to load again."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from portal.appeals.models import Appeal, CaseEvent, Evaluation, Reply
from portal.live.models import LiveSession
from portal.notices.models import Notice
from portal.people.models import Person, Role
from portal.questions.models import Question

pytestmark = pytest.mark.slow

LOG_INS = {
    "lin": "leader",
    "bob": "moderator",
    "olga": "officer",
    "uma": "unit_head",
    "clara": "clerk",
    "sam": "supervisor",
}


@pytest.mark.django_db
def test_the_demo_county_is_whole_and_loading_again_adds_nothing() -> None:
    call_command("demo")
    counted = (Appeal.objects.count(), CaseEvent.objects.count(), LiveSession.objects.count())
    assert counted[0] >= 120
    held = LiveSession.objects.filter(state="ended")
    assert held.count() == 2 and LiveSession.objects.filter(state="planned").count() >= 2
    assert len(set(Appeal.objects.values_list("state", flat=True))) >= 8
    assert len(set(Appeal.objects.values_list("lead_unit", flat=True))) >= 8
    texts = {text[-12:] for text in Appeal.objects.values_list("original_text", flat=True)}
    assert len(texts) >= 30
    assert Evaluation.objects.exists() and Reply.objects.filter(kind="spoken").exists()
    assert CaseEvent.objects.filter(kind="overdue").exists()
    assert not Notice.objects.filter(status="pending", channel="sms"), "no flood of messages at the start"
    assert Person.objects.get(username="clara").is_staff
    assert Question.objects.filter(kind="spoken", appeal__isnull=False).exists()
    for name, role in LOG_INS.items():
        assert Role.objects.filter(person__username=name, kind=role).exists()
    assert Person.objects.get(username="bob").check_password("direct-train-demo")
    call_command("verify_cases")
    assert Client().get("/").status_code == 200
    call_command("demo")
    again = (Appeal.objects.count(), CaseEvent.objects.count(), LiveSession.objects.count())
    assert again == counted


@pytest.mark.django_db
def test_invented_people_do_not_enter_a_production_database(settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError):
        call_command("demo")
    assert not Person.objects.exists()

"""What follows an account: large print, the end of all its sessions, and who agreed for a child."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from portal.lib.errors import BadInput
from portal.lib.pace import RateLimited
from portal.notices.sms import MemoryBackend
from portal.people.actions import (
    Guardian,
    TooManyTries,
    WrongCode,
    ask_guardian,
    confirm_code,
    send_code,
)
from portal.people.models import Identity, Person, PhoneCode
from portal.people.sealing import unseal

pytestmark = pytest.mark.django_db
CHILD, MOTHER = "13800000021", "13800000022"


@pytest.fixture(autouse=True)
def _memory(settings: pytest.FixtureRequest) -> None:
    settings.SMS_BACKEND = "portal.notices.sms.MemoryBackend"  # type: ignore[attr-defined]
    MemoryBackend.sent.clear()
    cache.clear()


def of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_logging_out_everywhere_ends_every_session_and_no_other_persons() -> None:
    alice, dora = Person.objects.create(username="alice"), Person.objects.create(username="dora")
    phone, tablet, hers = of(alice), of(alice), of(dora)
    assert phone.post("/people/logout/everywhere/").status_code == 302
    assert "所有手机和电脑" not in tablet.get("/cases/").content.decode()
    assert "所有手机和电脑" in hers.get("/cases/").content.decode()
    assert "所有手机和电脑" in of(Person.objects.get(username="alice")).get("/cases/").content.decode()


def test_large_print_goes_with_the_account_to_another_telephone() -> None:
    alice = Person.objects.create(username="alice")
    assert of(alice).post("/people/print/", {"large": "1"}).json() == {"kept": True}
    alice.refresh_from_db()
    assert 'data-print="large"' in of(alice).get("/").content.decode()
    assert Client().post("/people/print/", {"large": "1"}).json() == {"kept": False}


def code_to(phone: str) -> str:
    """The newest code that this telephone got."""
    words = next(text for number, text in reversed(MemoryBackend.sent) if number == phone)
    return words.split("验证码 ")[1][:6]


def other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def ask_both() -> None:
    ask_guardian(Guardian("王芳", MOTHER), CHILD)
    send_code(CHILD)


def test_a_child_logs_in_with_a_guardian_who_agreed_and_whose_number_is_sealed() -> None:
    ask_both()
    mother = Guardian("王芳", "138 0000 0022", code_to(MOTHER))
    confirm_code(CHILD, code_to(CHILD), "小明", "柳湾村", mother)
    identity = Identity.objects.get()
    assert identity.under_14 and identity.guardian_agreed_at is not None
    assert unseal(identity.guardian_phone_sealed) == MOTHER
    assert MOTHER not in identity.guardian_phone_sealed and "王芳" not in identity.guardian_name_sealed
    send_code_later()
    assert confirm_code(CHILD, code_to(CHILD)) == identity.person


def send_code_later() -> None:
    for row in PhoneCode.objects.all():
        row.sent_at -= timedelta(minutes=2)
        row.save()
    send_code(CHILD)


@pytest.mark.parametrize(
    ("guardian", "field"),
    [
        (Guardian("", MOTHER), "guardian_name"),
        (Guardian("王芳", "12"), "guardian_phone"),
        (Guardian("王芳", CHILD), "guardian_phone"),
        (Guardian("王芳", MOTHER), "guardian_code"),
        (Guardian("王芳", "13800000033", "123456"), "guardian_code"),
    ],
)
def test_without_a_guardian_who_agreed_both_codes_stay_unused(guardian: Guardian, field: str) -> None:
    ask_both()
    with pytest.raises(BadInput) as refusal:
        confirm_code(CHILD, code_to(CHILD), guardian=guardian)
    assert refusal.value.field == field and not Person.objects.exists()
    assert confirm_code(CHILD, code_to(CHILD), guardian=Guardian("王芳", MOTHER, code_to(MOTHER))).pk


def test_a_slip_in_either_code_costs_the_other_nothing() -> None:
    ask_both()
    own, hers = code_to(CHILD), code_to(MOTHER)
    for typed, agreed, field in ((own, other(hers), "guardian_code"), (other(own), hers, "code")):
        with pytest.raises(WrongCode) as refusal:
            confirm_code(CHILD, typed, guardian=Guardian("王芳", MOTHER, agreed))
        assert refusal.value.field == field
    assert confirm_code(CHILD, own, guardian=Guardian("王芳", MOTHER, hers)).pk


def test_a_guardians_code_has_five_tries_and_her_number_the_same_pace() -> None:
    ask_both()
    own, hers = code_to(CHILD), code_to(MOTHER)
    with pytest.raises(RateLimited):
        ask_guardian(Guardian("王芳", MOTHER), CHILD)
    for _each in range(5):
        with pytest.raises(WrongCode):
            confirm_code(CHILD, own, guardian=Guardian("王芳", MOTHER, other(hers)))
    with pytest.raises(TooManyTries) as refusal:
        confirm_code(CHILD, own, guardian=Guardian("王芳", MOTHER, hers))
    assert refusal.value.field == "guardian_code"


def test_what_the_guardian_tells_the_child_does_not_log_in_as_her_and_agrees_for_no_other_child() -> None:
    ask_both()
    hers = code_to(MOTHER)
    assert "138****0021" in next(text for number, text in MemoryBackend.sent if number == MOTHER)
    with pytest.raises(WrongCode):
        confirm_code(MOTHER, hers)
    send_code("13800000023")
    with pytest.raises(WrongCode):
        confirm_code("13800000023", code_to("13800000023"), guardian=Guardian("王芳", MOTHER, hers))


def test_a_child_whose_guardian_was_never_asked_does_not_get_in_again() -> None:
    send_code(CHILD)
    person = confirm_code(CHILD, code_to(CHILD))
    Identity.objects.filter(person=person).update(under_14=True)
    send_code_later()
    with pytest.raises(BadInput) as refusal:
        confirm_code(CHILD, code_to(CHILD))
    assert refusal.value.field == "guardian_code"


def test_the_plain_pages_ask_the_guardian_and_keep_what_was_typed() -> None:
    visitor = Client()
    fields = {"phone": CHILD, "under_14": "on", "guardian_name": "王芳", "guardian_phone": MOTHER}
    page = visitor.post("/people/code/", fields).content.decode()
    assert [number for number, _text in MemoryBackend.sent] == [MOTHER, CHILD] and MOTHER in page
    fields["code"] = code_to(CHILD)
    refused = visitor.post("/people/verify/", fields)
    assert refused.status_code == 400 and "请填写监护人手机收到的验证码" in refused.content.decode()
    fields["guardian_code"] = code_to(MOTHER)
    assert visitor.post("/people/verify/", fields).headers["Location"] == "/cases/"
    assert Identity.objects.get().guardian_agreed_at is not None


def test_a_child_that_says_so_late_has_the_guardian_asked_though_its_own_code_was_just_sent() -> None:
    visitor = Client()
    visitor.post("/people/code/", {"phone": CHILD})
    fields = {"phone": CHILD, "under_14": "on", "guardian_name": "王芳", "guardian_phone": MOTHER}
    again = visitor.post("/people/code/", fields)
    assert again.status_code == 429 and 'name="guardian_code"' in again.content.decode()
    fields |= {"code": code_to(CHILD), "guardian_code": code_to(MOTHER)}
    assert visitor.post("/people/verify/", fields).status_code == 302

"""One-time codes: six digits, five minutes, five tries, sixty seconds and five an hour."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from portal.lib.errors import NotAllowed, TryLater
from portal.lib.pace import RateLimited
from portal.notices.sms import MemoryBackend
from portal.people.actions import (
    BadPhone,
    ExpiredCode,
    TooManyTries,
    WrongCode,
    confirm_code,
    send_code,
)
from portal.people.models import Identity, Person, PhoneCode
from portal.people.sealing import unseal
from portal.people.sms import SmsFailed

pytestmark = pytest.mark.django_db
PHONE = "13800000001"


class BrokenBackend:
    def send(self, phone: str, text: str) -> None:
        raise SmsFailed


@pytest.fixture(autouse=True)
def sent(settings: pytest.FixtureRequest) -> Iterator[list[tuple[str, str]]]:
    settings.SMS_BACKEND = "portal.notices.sms.MemoryBackend"  # type: ignore[attr-defined]
    MemoryBackend.sent.clear()
    yield MemoryBackend.sent
    MemoryBackend.sent.clear()


def _code(sent: list[tuple[str, str]]) -> str:
    return "".join(c for c in sent[-1][1].split("验证码")[1][:8] if c.isdigit())


def _wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def _age(minutes: float) -> None:
    """Let the codes sent so far be `minutes` older."""
    for row in PhoneCode.objects.all():
        row.sent_at -= timedelta(minutes=minutes)
        row.expires_at -= timedelta(minutes=minutes)
        row.save()


def test_a_confirmed_number_makes_a_citizen_once(sent: list[tuple[str, str]]) -> None:
    send_code("+86 138-0000-0001")
    code = _code(sent)
    assert sent[-1][0] == PHONE and len(code) == 6
    alice = confirm_code(PHONE, f" {code} ", "张三", "柳河村")
    assert (alice.shown_name, alice.village, alice.has_usable_password()) == ("张**", "柳河村", False)
    _age(2)
    send_code(PHONE)
    again = confirm_code(PHONE, _code(sent))
    assert again == alice and again.shown_name == "张**"
    assert (Person.objects.count(), Identity.objects.count()) == (1, 1)


def test_messages_speak_the_language_of_the_page_where_the_number_was_confirmed(
    sent: list[tuple[str, str]],
) -> None:
    send_code(PHONE)
    with translation.override("en"):
        person = confirm_code(PHONE, _code(sent))
    assert Person.objects.get(pk=person.pk).language == "en"


def test_nothing_readable_is_kept(sent: list[tuple[str, str]]) -> None:
    send_code(PHONE)
    code = _code(sent)
    confirm_code(PHONE, code, "张三")
    identity, row = Identity.objects.get(), PhoneCode.objects.get()
    kept = " ".join([identity.name_sealed, identity.phone_sealed, identity.phone_hash])
    assert "张三" not in kept and PHONE not in kept
    assert code not in row.code_hash and PHONE not in row.phone_hash
    assert (unseal(identity.name_sealed), unseal(identity.phone_sealed)) == ("张三", PHONE)


@pytest.mark.parametrize(
    "typed", ["", "12345", "23800000001", "138000000011", "1380000000a", "+1 5551234567"]
)
def test_a_number_that_is_none_is_refused(typed: str, sent: list[tuple[str, str]]) -> None:
    with pytest.raises(BadPhone):
        send_code(typed)
    assert sent == []


@pytest.mark.parametrize(
    "typed", ["138 0000 0001", "86 13800000001", "１３８００００００0１", "(138)0000-0001"]
)
def test_a_number_may_be_typed_in_many_ways(typed: str, sent: list[tuple[str, str]]) -> None:
    send_code(typed)
    assert sent[-1][0] == PHONE


def test_a_code_works_once(sent: list[tuple[str, str]]) -> None:
    send_code(PHONE)
    confirm_code(PHONE, _code(sent))
    with pytest.raises(ExpiredCode):
        confirm_code(PHONE, _code(sent))


def test_a_code_dies_after_five_minutes(sent: list[tuple[str, str]]) -> None:
    send_code(PHONE)
    _age(5)
    with pytest.raises(ExpiredCode):
        confirm_code(PHONE, _code(sent))


def test_after_five_wrong_tries_even_the_right_code_is_refused(sent: list[tuple[str, str]]) -> None:
    send_code(PHONE)
    for _ in range(5):
        with pytest.raises(WrongCode):
            confirm_code(PHONE, _wrong(_code(sent)))
    with pytest.raises(TooManyTries):
        confirm_code(PHONE, _code(sent))


def test_a_new_code_ends_the_old_one(sent: list[tuple[str, str]]) -> None:
    send_code(PHONE)
    old = _code(sent)
    _age(1.1)
    send_code(PHONE)
    if old != _code(sent):
        with pytest.raises(WrongCode):
            confirm_code(PHONE, old)
    confirm_code(PHONE, _code(sent))


def test_a_minute_between_sends_and_five_an_hour(sent: list[tuple[str, str]]) -> None:
    send_code(PHONE)
    with pytest.raises(RateLimited) as refusal:
        send_code(PHONE)
    assert 50 < refusal.value.seconds <= 61
    for _ in range(4):
        _age(1.1)
        send_code(PHONE)
    _age(1.1)
    with pytest.raises(RateLimited):
        send_code(PHONE)
    assert len(sent) == 5
    send_code("13800000002")
    _age(60)
    send_code(PHONE)


def test_a_gateway_that_fails_costs_no_turn(
    settings: pytest.FixtureRequest, sent: list[tuple[str, str]]
) -> None:
    settings.SMS_BACKEND = f"{__name__}.BrokenBackend"  # type: ignore[attr-defined]
    with pytest.raises(TryLater):
        send_code(PHONE)
    settings.SMS_BACKEND = "portal.notices.sms.MemoryBackend"  # type: ignore[attr-defined]
    send_code(PHONE)
    assert len(sent) == 1


def test_somebody_elses_code_does_not_open_my_number(sent: list[tuple[str, str]]) -> None:
    send_code(PHONE)
    code = _code(sent)
    send_code("13800000002")
    if code != _code(sent):
        with pytest.raises(WrongCode):
            confirm_code("13800000002", code)


def test_a_closed_account_stays_closed(sent: list[tuple[str, str]]) -> None:
    send_code(PHONE)
    person = confirm_code(PHONE, _code(sent))
    Person.objects.filter(pk=person.pk).update(is_active=False)
    _age(2)
    send_code(PHONE)
    with pytest.raises(NotAllowed):
        confirm_code(PHONE, _code(sent))
    assert timezone.now() > PhoneCode.objects.latest("pk").sent_at

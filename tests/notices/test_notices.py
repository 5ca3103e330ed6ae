"""Messages out: written once, sent once, tried again, given up."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone

from portal.notices.actions import CLAIM_LASTS, MOST_TRIES, deliver_due, send, sentence
from portal.notices.models import Notice
from portal.notices.queries import page_notices
from portal.notices.sms import MemoryBackend
from portal.notices.vocabulary import TEMPLATES
from portal.people.models import Identity, Person
from portal.people.sealing import phone_hash, seal
from portal.people.sms import SmsFailed

pytestmark = pytest.mark.django_db
FIELDS = {"number": "20260210-0001", "url": "http://x/", "due": "2026-02-12"}


class BrokenBackend:
    def send(self, phone: str, text: str) -> None:
        raise SmsFailed


@pytest.fixture(autouse=True)
def _memory(settings: pytest.FixtureRequest) -> Iterator[None]:
    settings.SMS_BACKEND = "portal.notices.sms.MemoryBackend"  # type: ignore[attr-defined]
    MemoryBackend.sent.clear()
    yield
    MemoryBackend.sent.clear()


@pytest.fixture
def alice() -> Person:
    person = Person.objects.create_user(username="alice")
    Identity.objects.create(
        person=person, phone_sealed=seal("13800000001"), phone_hash=phone_hash("13800000001")
    )
    return person


def test_the_same_key_writes_one_message_and_sends_it_once(alice: Person) -> None:
    send(alice, "accepted", FIELDS, "k")
    send(alice, "accepted", FIELDS | {"number": "another"}, "k")
    now = timezone.now() + timedelta(seconds=1)
    assert deliver_due(now) == 1
    assert deliver_due(now) == 0
    words = "【直通车】诉求20260210-0001已受理，最迟2月12日周四答复。进度：http://x/"
    assert MemoryBackend.sent == [("13800000001", words)]
    assert Notice.objects.get().status == "sent"


def test_the_number_is_sealed_in_the_row(alice: Person) -> None:
    send(alice, "accepted", FIELDS, "k")
    assert "13800000001" not in Notice.objects.get().phone_sealed


def test_staff_without_a_number_read_theirs_on_the_desk() -> None:
    olga = Person.objects.create_user(username="olga")
    send(olga, "due_soon", FIELDS, "k")
    deliver_due(timezone.now() + timedelta(seconds=1))
    assert MemoryBackend.sent == []
    assert "将于2月12日" in sentence(page_notices(olga)[0])


def test_nobody_gets_nothing_and_a_sentence_that_lacks_a_word_is_found_at_once(alice: Person) -> None:
    send(None, "accepted", FIELDS, "k")
    with pytest.raises(KeyError):
        send(alice, "accepted", {"number": "1"}, "k")
    with pytest.raises(KeyError):
        send(alice, "no-such", FIELDS, "k")
    assert not Notice.objects.exists()


def test_a_gateway_that_fails_is_tried_again_later_and_given_up_at_last(
    alice: Person, settings: pytest.FixtureRequest
) -> None:
    settings.SMS_BACKEND = f"{__name__}.BrokenBackend"  # type: ignore[attr-defined]
    send(alice, "accepted", FIELDS, "k")
    now = timezone.now() + timedelta(seconds=1)
    assert deliver_due(now) == 0
    notice = Notice.objects.get()
    assert (notice.status, notice.tries) == ("pending", 1) and notice.not_before > now
    assert deliver_due(now) == 0 and Notice.objects.get().tries == 1, "not before its time"
    for _ in range(MOST_TRIES):
        now += timedelta(hours=3)
        deliver_due(now)
    assert (Notice.objects.get().status, Notice.objects.get().tries) == ("failed", MOST_TRIES)


def test_a_message_whose_sender_died_is_taken_up_again(alice: Person) -> None:
    send(alice, "accepted", FIELDS, "k")
    now = timezone.now() + timedelta(seconds=1)
    Notice.objects.update(status="sending", claimed_at=now)
    assert deliver_due(now) == 0
    assert deliver_due(now + CLAIM_LASTS + timedelta(seconds=1)) == 1


def test_a_number_that_cannot_be_opened_fails_alone(alice: Person) -> None:
    for key in ("a", "b", "c"):
        send(alice, "accepted", FIELDS, key)
    Notice.objects.filter(key="a").update(phone_sealed=Fernet(Fernet.generate_key()).encrypt(b"1").decode())
    Notice.objects.filter(key="b").update(phone_sealed="no token")
    assert deliver_due(timezone.now() + timedelta(seconds=1)) == 1
    assert dict(Notice.objects.values_list("key", "status")) == {"a": "failed", "b": "failed", "c": "sent"}
    assert deliver_due(timezone.now() + timedelta(days=1)) == 0, "it is not tried for ever"


def test_every_sentence_can_be_made() -> None:
    words = dict.fromkeys(
        ["number", "code", "url", "due", "before", "reason", "instead", "title", "time", "name"], "x"
    )
    assert all(str(text) % words for text in TEMPLATES.values())

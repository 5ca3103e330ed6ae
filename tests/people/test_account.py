"""What follows an account: large print, the end of all its sessions, and who agreed for a child."""

import pytest
from django.test import Client

from portal.lib.errors import BadInput
from portal.notices.sms import MemoryBackend
from portal.people.actions import Guardian, confirm_code, send_code
from portal.people.models import Identity, Person
from portal.people.sealing import unseal

pytestmark = pytest.mark.django_db
CHILD = "13800000021"


@pytest.fixture(autouse=True)
def _memory(settings: pytest.FixtureRequest) -> None:
    settings.SMS_BACKEND = "portal.notices.sms.MemoryBackend"  # type: ignore[attr-defined]
    MemoryBackend.sent.clear()


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


def test_a_child_logs_in_with_a_guardian_whose_number_is_sealed() -> None:
    send_code(CHILD)
    code = MemoryBackend.sent[-1][1].split("验证码 ")[1][:6]
    confirm_code(CHILD, code, "小明", "柳湾村", Guardian("王芳", "138 0000 0022"))
    identity = Identity.objects.get()
    assert identity.under_14 and unseal(identity.guardian_phone_sealed) == "13800000022"
    assert "13800000022" not in identity.guardian_phone_sealed and "王芳" not in identity.guardian_name_sealed


@pytest.mark.parametrize("guardian", [Guardian("", "13800000022"), Guardian("王芳", "12")])
def test_without_a_guardian_that_can_be_reached_the_code_stays_unused(guardian: Guardian) -> None:
    send_code(CHILD)
    code = MemoryBackend.sent[-1][1].split("验证码 ")[1][:6]
    with pytest.raises(BadInput):
        confirm_code(CHILD, code, guardian=guardian)
    assert confirm_code(CHILD, code, guardian=Guardian("王芳", "13800000022")).pk

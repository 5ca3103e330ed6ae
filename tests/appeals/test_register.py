"""One question, one appeal: whatever is sent again, also at the same moment, writes nothing."""

import threading
import uuid

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from portal.appeals import actions
from portal.appeals.actions import Registered
from portal.appeals.models import Appeal, CaseEvent, Clock, NumberSeries
from portal.appeals.sealing import READABLE, code_opens, query_code
from portal.lib.errors import BadInput, Conflict
from portal.notices.models import Notice
from tests.appeals.conftest import County, Register


@pytest.mark.django_db
def test_the_same_key_gives_the_same_number_and_writes_nothing(register: Register) -> None:
    key = uuid.uuid4()
    first = register(key=key)
    again = register(key=key, text="改了字也一样")
    assert first.created and not again.created
    assert (again.number, again.query_code, again.appeal_id) == (
        first.number,
        first.query_code,
        first.appeal_id,
    )
    assert (Appeal.objects.count(), CaseEvent.objects.count(), Notice.objects.count()) == (1, 1, 1)
    assert set(Clock.objects.values_list("kind", flat=True)) == {"citizen", "accept"}


@pytest.mark.django_db
def test_a_key_of_somebody_else_gives_away_neither_number_nor_code(
    county: County, register: Register
) -> None:
    key = uuid.uuid4()
    register(key=key)
    with pytest.raises(Conflict):
        register(key=key, person=county.charlie)


@pytest.mark.django_db
def test_numbers_run_by_local_day(register: Register) -> None:
    assert register(when="2026-02-10 23:59").number == "20260210-0001"
    assert register(when="2026-02-10 00:00").number == "20260210-0002"
    assert register(when="2026-02-11 00:00").number == "20260211-0001"
    assert NumberSeries.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [{"text": "  "}, {"text": "长" * 2001}, {"channel": "pigeon"}, {"text": "\x00", "channel": "live"}],
)
def test_what_cannot_be_a_case_is_refused(register: Register, wrong: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        register(**wrong)
    assert not Appeal.objects.exists()


@pytest.mark.django_db
def test_the_public_copy_hides_numbers_and_the_original_stays(register: Register) -> None:
    text = "我叫张三，电话138 1234 5678，身份证11010519491231002X。"
    appeal = Appeal.objects.get(pk=register(text=text).appeal_id)
    assert appeal.original_text == text
    assert appeal.public_text == "我叫张三，电话138****5678，身份证1101**********002X。"


@pytest.mark.django_db
def test_a_visitor_without_a_log_in_can_be_registered_by_an_import(register: Register) -> None:
    assert Appeal.objects.get(pk=register(person=None, channel="hotline").appeal_id).person is None


def test_codes_are_readable_derived_and_forgiving() -> None:
    code = query_code("20260210-0001")
    assert len(code) == 8 and set(code) <= set(READABLE)
    assert not set("0O1I") & set(READABLE)
    assert code == query_code("20260210-0001") != query_code("20260210-0002")
    assert code_opens("20260210-0001", f" {code[:4].lower()}-{code[4:].lower()} ")
    assert not code_opens("20260210-0001", "")
    assert not code_opens("20260210-0001", "ＡＢＣＤ")


@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore")
def test_it_must_stand_in_the_callers_transaction(county: County) -> None:
    # The test's own transaction would hide it: ask outside any.
    connection.needs_rollback = False
    in_block, connection.in_atomic_block = connection.in_atomic_block, False
    try:
        with pytest.raises(TransactionManagementError):
            actions.register("live", county.alice, "话", "", uuid.uuid4())
    finally:
        connection.in_atomic_block = in_block


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_with_one_key_make_one_case(county: County) -> None:
    key, gate = uuid.uuid4(), threading.Barrier(4)
    results: list[Registered | BaseException] = []

    def send() -> None:
        try:
            gate.wait()
            with transaction.atomic():
                results.append(actions.register("live", county.alice, "停水", "柳河村", key))
        except Exception as error:  # noqa: BLE001 - a thread hands its failure to the test
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(isinstance(result, Registered) for result in results), results
    made = [result for result in results if isinstance(result, Registered)]
    assert len({(one.number, one.query_code) for one in made}) == 1
    assert [one.created for one in made].count(True) == 1
    assert (Appeal.objects.count(), CaseEvent.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_many_at_the_same_moment_get_numbers_without_gap_or_repeat(county: County) -> None:
    gate = threading.Barrier(4)

    def send() -> None:
        try:
            gate.wait()
            for _ in range(3):
                with transaction.atomic():
                    actions.register("live", county.alice, "停水", "柳河村", uuid.uuid4())
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = sorted(int(number[9:]) for number in Appeal.objects.values_list("number", flat=True))
    assert numbers == list(range(1, 13))

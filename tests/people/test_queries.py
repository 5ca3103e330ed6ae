"""Masks, roles, and the sealed identity."""

import pytest

from portal.lib.errors import BadInput, NotAllowed, NotFound
from portal.people.actions import reveal_identity
from portal.people.models import Identity, IdentityView, Person, Role, Unit
from portal.people.queries import has_role, is_verified, mask_name, mask_phone, roles_of, units_of
from portal.people.sealing import phone_hash, seal


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张**"),
        ("欧阳修", "欧阳**"),
        ("欧阳", "欧**"),
        ("Alice Smith", "A**"),
        ("", ""),
        (" 李 ", "李**"),
    ],
)
def test_a_mask_leaves_the_surname(name: str, shown: str) -> None:
    assert mask_name(name) == shown


def test_a_masked_number_keeps_its_ends() -> None:
    assert mask_phone("13800000001") == "138****0001"
    assert mask_phone("123") == "****"


@pytest.mark.django_db
def test_a_role_counts_for_its_unit_and_a_county_wide_one_for_all() -> None:
    water = Unit.objects.create(code="w", name="水利局", kind="department")
    roads = Unit.objects.create(code="r", name="交通局", kind="department")
    olga, sam = (Person.objects.create_user(username=name) for name in ("olga", "sam"))
    Role.objects.create(person=olga, kind="officer", unit=water)
    Role.objects.create(person=sam, kind="supervisor")
    assert has_role(olga, "officer") and has_role(olga, "officer", water)
    assert not has_role(olga, "officer", roads) and not has_role(olga, "clerk")
    assert has_role(sam, "supervisor", roads)
    assert units_of(olga) == {water.pk} and units_of(olga, "unit_head") == frozenset()
    assert roles_of(sam) == {"supervisor"} and roles_of(None) == frozenset()
    olga.is_active = False
    assert not has_role(olga, "officer") and roles_of(olga) == frozenset() and units_of(olga) == frozenset()


@pytest.mark.django_db
def test_an_identity_opens_for_staff_with_a_reason_and_leaves_a_trace() -> None:
    alice, clara, charlie = (Person.objects.create_user(username=name) for name in ("a", "b", "c"))
    Role.objects.create(person=clara, kind="clerk")
    Identity.objects.create(
        person=alice,
        name_sealed=seal("张三"),
        phone_sealed=seal("13800000001"),
        phone_hash=phone_hash("13800000001"),
    )
    assert is_verified(Person.objects.get(pk=alice.pk)) and not is_verified(charlie)
    with pytest.raises(NotAllowed):
        reveal_identity(charlie, alice, "好奇")
    with pytest.raises(BadInput):
        reveal_identity(clara, alice, " ")
    with pytest.raises(NotFound):
        reveal_identity(clara, charlie, "核实")
    assert not IdentityView.objects.exists()
    seen = reveal_identity(clara, alice, "回访")
    assert (seen.name, seen.phone) == ("张三", "13800000001")
    assert IdentityView.objects.get(viewer=clara, person=alice).why == "回访"

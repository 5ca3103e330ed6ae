"""What others may ask about people. No query here opens a seal."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from portal.people.models import Person, Role, Unit
from portal.people.vocabulary import RoleKind

COMPOUND_SURNAMES = frozenset(
    [
        *("欧阳", "司马", "上官", "诸葛", "皇甫", "尉迟", "公孙", "慕容", "令狐", "宇文"),
        *("长孙", "司徒", "司空", "夏侯", "东方", "南宫", "端木", "百里", "呼延", "轩辕"),
    ]
)
Anyone = Person | AnonymousUser | None


def mask_name(name: str) -> str:
    """张三 → 张**, 欧阳修 → 欧阳**, Alice Smith → A**; the empty name stays empty."""
    name = name.strip()
    if not name:
        return ""
    surname = name[:2] if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else name[0]
    return f"{surname}**"


def mask_phone(phone: str) -> str:
    """13800000001 → 138****0001."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 7 else "****"


def has_role(person: Anyone, kind: str, unit: Unit | None = None) -> bool:
    """Does `person` hold `kind`: for `unit`, or county-wide; without `unit`: anywhere at all."""
    if not isinstance(person, Person) or not person.is_active:
        return False
    roles = Role.objects.filter(person=person, kind=kind)
    if unit is not None:
        roles = roles.filter(Q(unit=unit) | Q(unit=None))
    return roles.exists()


def roles_of(person: Anyone) -> frozenset[str]:
    if not isinstance(person, Person) or not person.is_active:
        return frozenset()
    return frozenset(Role.objects.filter(person=person).values_list("kind", flat=True))


def units_of(person: Anyone, *kinds: str) -> frozenset[int]:
    """Ids of the units for which `person` holds a role (one of `kinds`; without: of officer and unit
    head).
    """
    if not isinstance(person, Person) or not person.is_active:
        return frozenset()
    wanted = kinds or (RoleKind.OFFICER, RoleKind.UNIT_HEAD)
    return frozenset(
        Unit.objects.filter(roles__person=person, roles__kind__in=wanted).values_list("pk", flat=True)
    )


def is_verified(person: Anyone) -> bool:
    """Has `person` confirmed a telephone number?"""
    return isinstance(person, Person) and hasattr(person, "identity")

"""Who people are: what everybody may see (`Person`), what they may do (`Role`), and the sealed rest
(`Identity`).
"""

from collections.abc import Iterator
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.lib.words import in_readers_language
from portal.people.vocabulary import RoleKind, UnitKind


class Unit(models.Model):
    """A department, township or village that cases are dispatched to."""

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True, default="")
    kind = models.CharField(max_length=16, choices=UnitKind.choices)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["kind", "code"]

    def __str__(self) -> str:
        return in_readers_language(self.name, self.name_en)


class Person(AbstractUser):
    """One log-in. Citizens have an unusable password and a made-up username; their name lives in
    `Identity`.
    """

    shown_name = models.CharField(_("显示名"), max_length=80, blank=True, default="")
    village = models.CharField(_("村/社区"), max_length=80, blank=True, default="")
    language = models.CharField(max_length=10, blank=True, default="")
    large_print = models.BooleanField(default=False)
    # Counts "log out everywhere"; part of what every session is checked against.
    sessions_round = models.PositiveIntegerField(default=0)

    def get_session_auth_hash(self) -> str:
        return f"{super().get_session_auth_hash()}.{self.sessions_round}"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for old in super().get_session_auth_fallback_hash():
            yield f"{old}.{self.sessions_round}"

    def __str__(self) -> str:
        return self.shown_name or f"person-{self.pk}"


class Role(models.Model):
    """A person may do what `kind` may do: for one unit, or county-wide when `unit` is empty."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="roles")
    kind = models.CharField(max_length=16, choices=RoleKind.choices)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.CASCADE, related_name="roles")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "kind", "unit"], name="role_once_per_unit"),
            models.UniqueConstraint(
                fields=["person", "kind"], condition=models.Q(unit=None), name="role_once_county_wide"
            ),
        ]


class Identity(models.Model):
    """Name and telephone of a citizen, sealed; only `people.actions.reveal_identity` opens it, and writes
    down who looked.
    """

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="identity")
    name_sealed = models.TextField(blank=True, default="")
    phone_sealed = models.TextField()
    # HMAC of the number: finds the person again without opening the seal.
    phone_hash = models.CharField(max_length=64, unique=True)
    consent_at = models.DateTimeField(null=True, blank=True)
    under_14 = models.BooleanField(default=False)
    # Who agreed for a child under 14 (Personal Information Protection Law, article 31), sealed like the rest.
    guardian_name_sealed = models.TextField(blank=True, default="")
    guardian_phone_sealed = models.TextField(blank=True, default="")
    # When the guardian's own code came back. Without it a child does not get in.
    guardian_agreed_at = models.DateTimeField(null=True, blank=True)


class Contact(models.Model):
    """How a citizen can be reached whose question somebody of the crew wrote down: as told, not confirmed.

    It proves nothing and logs nobody in. Sealed like an identity, and opened the same way.
    """

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="contact")
    name_sealed = models.TextField(blank=True, default="")
    phone_sealed = models.TextField(blank=True, default="")
    taken_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)


class IdentityView(models.Model):
    """One look at one identity. Append-only."""

    viewer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="identities_seen")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="identity_views")
    why = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)


class PhoneCode(models.Model):
    """A one-time code on its way; only its hash is kept."""

    phone_hash = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["phone_hash", "-sent_at"], name="phone_code_newest")
        ]

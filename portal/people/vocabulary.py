"""Words of the people room: kinds of units and roles, with the labels people read."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class UnitKind(models.TextChoices):
    DEPARTMENT = "department", _("部门")
    TOWNSHIP = "township", _("乡镇街道")
    VILLAGE = "village", _("村社区")


class RoleKind(models.TextChoices):
    LEADER = "leader", _("县领导")
    MODERATOR = "moderator", _("主持人")
    OFFICER = "officer", _("承办人")
    UNIT_HEAD = "unit_head", _("单位负责人")
    CLERK = "clerk", _("受理员")
    SUPERVISOR = "supervisor", _("督办员")

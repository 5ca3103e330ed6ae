"""Planning a broadcast. Times are typed and shown in Asia/Shanghai, the project's zone."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.live.rota import evenings_after
from portal.people.models import Person, Unit
from portal.people.vocabulary import RoleKind


def next_evening() -> datetime:
    return evenings_after(timezone.localtime(), 1)[0]


class PlanForm(forms.Form):
    title = forms.CharField(label=_("标题"), max_length=120)
    topic = forms.CharField(
        label=_("主题"), max_length=200, required=False, help_text=_("可不填。例如：农村道路与饮水。")
    )
    host = forms.ModelChoiceField(label=_("出席领导"), queryset=Person.objects.none(), empty_label=None)
    moderators = forms.ModelMultipleChoiceField(
        label=_("主持人"), queryset=Person.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    starts_at = forms.DateTimeField(
        label=_("开始时间（北京时间）"),
        help_text=_("通常是周二、周四 19:30。"),
        initial=next_evening,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "step": "300"}),
    )
    planned_minutes = forms.IntegerField(label=_("预计时长（分钟）"), min_value=1, max_value=240, initial=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        with_role = Person.objects.filter(is_active=True).order_by("shown_name")
        self.fields["host"].queryset = with_role.filter(  # type: ignore[attr-defined]
            roles__kind=RoleKind.LEADER
        ).distinct()
        self.fields["moderators"].queryset = with_role.filter(  # type: ignore[attr-defined]
            roles__kind=RoleKind.MODERATOR
        ).distinct()

    def clean_starts_at(self) -> datetime:
        starts_at: datetime = self.cleaned_data["starts_at"]
        if starts_at < timezone.now():
            raise forms.ValidationError(_("开始时间已经过去。"))
        return starts_at


def people_with(kind: RoleKind) -> QuerySet[Person]:
    return Person.objects.filter(is_active=True, roles__kind=kind).distinct().order_by("shown_name")


class RotaForm(forms.Form):
    """The broadcasts of some weeks at once."""

    weeks = forms.IntegerField(label=_("排几周"), min_value=1, max_value=26, initial=4)
    title = forms.CharField(label=_("标题"), max_length=120, initial=_("领导在线答复居民提问"))
    leaders = forms.ModelMultipleChoiceField(
        label=_("轮流出席的领导"), queryset=Person.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    moderators = forms.ModelMultipleChoiceField(
        label=_("主持人"), queryset=Person.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, kind in (("leaders", RoleKind.LEADER), ("moderators", RoleKind.MODERATOR)):
            self.fields[name].queryset = people_with(kind)  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    starts_at = forms.DateTimeField(
        label=_("改到（北京时间）"),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "step": "300"}),
    )

    def clean_starts_at(self) -> datetime:
        starts_at: datetime = self.cleaned_data["starts_at"]
        if starts_at < timezone.now():
            raise forms.ValidationError(_("开始时间已经过去。"))
        return starts_at


class InvitationForm(forms.Form):
    unit = forms.ModelChoiceField(
        label=_("单位"),
        queryset=Unit.objects.order_by("kind", "code"),
        empty_label=_("请选择"),
        error_messages={"required": _("请选择单位。")},
    )
    name = forms.CharField(
        label=_("台上显示的名字"),
        max_length=40,
        required=False,
        help_text=_("例如：水利局 王敏。不填就显示单位名。"),
    )


class SwapForm(forms.Form):
    other = forms.IntegerField(min_value=1)

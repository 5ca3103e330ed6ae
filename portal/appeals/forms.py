"""What pages send to actions: one form per step, so that a page offers exactly what the step needs."""

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.appeals.models import UrgencyClass
from portal.appeals.vocabulary import CaseType, Level, RefuseReason, RequestKind, Solved, SuspendReason
from portal.people.models import Unit
from portal.people.vocabulary import UnitKind

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _long(label: "StrOrPromise", limit: int, rows: int = 3, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=limit,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def _units() -> list[tuple[str, str]]:
    rows = Unit.objects.exclude(kind=UnitKind.VILLAGE).order_by("kind", "code")
    return [("", "—"), *((str(unit.pk), str(unit)) for unit in rows)]


def _assisting() -> list[tuple[str, str]]:
    return _units()[1:]


def _urgencies() -> list[tuple[str, str]]:
    return [(row.code, f"{row} · {row.settle_days}") for row in UrgencyClass.objects.all()]


class LookUpForm(forms.Form):
    number = forms.CharField(label=_("诉求编号"), max_length=20)
    code = forms.CharField(label=_("查询码"), max_length=12)


class RatingForm(forms.Form):
    level = forms.TypedChoiceField(label=_("满意程度"), choices=Level.choices, coerce=int)
    solved = forms.ChoiceField(label=_("是否解决"), choices=[("", ""), *Solved.choices], required=False)
    comment = _long(_("想说的话（可不填）"), 500, required=False)


class ReasonForm(forms.Form):
    reason = _long(_("理由"), 500)


class AcceptForm(forms.Form):
    case_type = forms.ChoiceField(label=_("类型"), choices=CaseType.choices)
    matter = forms.CharField(label=_("事项"), max_length=80)
    urgency = forms.ChoiceField(label=_("紧急程度（工作日）"), choices=_urgencies, initial="normal")


class RefuseForm(forms.Form):
    reason = forms.ChoiceField(label=_("理由"), choices=RefuseReason.choices)
    instead = forms.CharField(label=_("应向何处反映"), max_length=200)


class DispatchForm(forms.Form):
    unit_id = forms.TypedChoiceField(label=_("承办单位"), choices=_units, coerce=int)


class JointForm(forms.Form):
    unit_ids = forms.TypedMultipleChoiceField(
        label=_("协办单位"), choices=_assisting, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    minutes = _long(_("会商纪要"), 2000)


class ReplyForm(forms.Form):
    text = _long(_("答复内容"), 5000, rows=6)


class ApproveForm(forms.Form):
    """`reply_id`: the draft that stands on the page, so that no other is sent."""

    reply_id = forms.IntegerField(required=False, widget=forms.HiddenInput)


class OpinionForm(forms.Form):
    text = _long(_("协办意见"), 5000, rows=4)


class SuspendForm(forms.Form):
    reason = forms.ChoiceField(label=_("理由"), choices=SuspendReason.choices)
    note = _long(_("说明"), 500, required=False)


class ExtendForm(forms.Form):
    days = forms.IntegerField(label=_("延期（工作日）"), min_value=1, max_value=30)
    reason = _long(_("理由"), 200)


class DeclineForm(forms.Form):
    kind = forms.ChoiceField(label=_("申请"), choices=RequestKind.choices)
    reason = _long(_("理由"), 500)


class UrgencyForm(forms.Form):
    urgency = forms.ChoiceField(label=_("紧急程度（工作日）"), choices=_urgencies)
    reason = _long(_("理由"), 500, required=False)


class PublicTextForm(forms.Form):
    text = _long(_("公开文本"), 2000, rows=5)


class PromiseForm(forms.Form):
    text = _long(_("承诺内容"), 500)
    unit_id = forms.TypedChoiceField(label=_("责任单位"), choices=_units, coerce=int)
    due_on = forms.DateField(label=_("兑现日期"), widget=forms.DateInput(attrs={"type": "date"}))


class CallBackForm(forms.Form):
    note = _long(_("回访记录"), 500)
    solved = forms.ChoiceField(label=_("是否解决"), choices=Solved.choices, initial=Solved.UNKNOWN)


class IdentityForm(forms.Form):
    why = forms.CharField(label=_("查看原因（将被记录）"), max_length=200)


class MergeForm(forms.Form):
    main_number = forms.CharField(label=_("主件编号"), max_length=20)
    reason = _long(_("说明"), 500, required=False)


class SplitForm(forms.Form):
    text = _long(_("另立一件的内容"), 2000, rows=4)
    reason = _long(_("说明"), 500, required=False)


class KeptForm(forms.Form):
    note = forms.CharField(label=_("怎样兑现的"), max_length=300)


class BulkForm(forms.Form):
    case_type = forms.ChoiceField(label=_("类型"), choices=CaseType.choices)
    matter = forms.CharField(label=_("事项"), max_length=80)
    urgency = forms.ChoiceField(label=_("紧急程度（工作日）"), choices=_urgencies, initial="normal")
    unit_id = forms.TypedChoiceField(label=_("承办单位"), choices=_units, coerce=int)


class FilterForm(forms.Form):
    """The present filter of the desk, and a name for it."""

    name = forms.CharField(label=_("筛选的名字"), max_length=40)
    tab = forms.CharField(max_length=16)
    q = forms.CharField(max_length=80, required=False)
    state = forms.CharField(max_length=20, required=False)


class NothingForm(forms.Form):
    """A step that needs nothing but the decision."""


STEP_FORMS: dict[str, type[forms.Form]] = {
    "accept": AcceptForm,
    "refuse": RefuseForm,
    "dispatch": DispatchForm,
    "sign": NothingForm,
    "return": ReasonForm,
    "reply": ReplyForm,
    "approve_reply": ApproveForm,
    "assist": OpinionForm,
    "joint": JointForm,
    "ask_suspend": SuspendForm,
    "suspend": NothingForm,
    "resume": NothingForm,
    "ask_extend": ExtendForm,
    "extend": NothingForm,
    "decline": DeclineForm,
    "change_urgency": UrgencyForm,
    "redact": PublicTextForm,
    "promise": PromiseForm,
    "call_back": CallBackForm,
    "merge": MergeForm,
    "unmerge": NothingForm,
    "split": SplitForm,
    "close_explained": ReasonForm,
    "reopen": ReasonForm,
}

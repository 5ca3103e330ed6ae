"""The question form without JavaScript: the question and who asks, then the code from the telephone."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.people.actions import NAME_LENGTH
from portal.people.forms import village_field
from portal.people.sealing import normal_phone
from portal.questions.actions.asking import TEXT_LENGTH


class QuestionForm(forms.Form):
    """`verified`: the person is logged in with a confirmed number, so name and telephone are not asked
    again."""

    # Travels with the form, so that going back and sending again is the same question.
    uuid = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("您的问题"),
        help_text=_("写清时间、地点和经过，最多2000字。问题会公开在问题墙上，请不要写身份证号、电话等隐私。"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": "6"}),
        error_messages={"required": _("请写下您的问题。")},
    )
    village = village_field()
    name = forms.CharField(
        label=_("姓名"),
        help_text=_("公开时只显示姓，例如“张**”。"),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("请填写姓名。")},
    )
    phone = forms.CharField(
        label=_("手机号"),
        help_text=_("只用于核实身份和告知办理结果，不公开。"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        error_messages={"required": _("请填写手机号。")},
    )

    def __init__(self, *args: Any, verified: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if verified:
            del self.fields["name"], self.fields["phone"]

    def clean_phone(self) -> str:
        phone = normal_phone(self.cleaned_data["phone"])
        if phone is None:
            raise forms.ValidationError(_("请填写11位手机号。"))
        return phone


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("验证码"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": _("请填写短信里的验证码。")},
    )

"""The form of a message."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.appeals.actions.change import TEXT_LENGTH

VILLAGE_LENGTH = 80


def new_uuid() -> str:
    return str(uuid4())


class MessageForm(forms.Form):
    # Travels with the form, so that going back and sending again is the same message.
    uuid = forms.UUIDField(initial=new_uuid, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("您的留言"),
        help_text=_("写清时间、地点和经过，最多2000字。"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": "6"}),
        error_messages={"required": _("请写下您的留言。")},
    )
    village = forms.CharField(
        label=_("村或社区"),
        max_length=VILLAGE_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "address-level3"}),
        error_messages={"required": _("请填写村或社区，方便找到地方。")},
    )
    open_wish = forms.BooleanField(
        label=_("答复后可以公开，让有同样问题的人看到（不显示姓名和电话）"),
        required=False,
        initial=True,
    )

"""The form of a message."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.appeals.actions.change import TEXT_LENGTH
from portal.people.forms import village_field


class MessageForm(forms.Form):
    # Travels with the form, so that going back and sending again is the same message.
    uuid = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("您的留言"),
        help_text=_("写清时间、地点和经过，最多2000字。"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": "6"}),
        error_messages={"required": _("请写下您的留言。")},
    )
    village = village_field()
    open_wish = forms.BooleanField(
        label=_("答复后可以公开，让有同样问题的人看到（不显示姓名和电话）"),
        required=False,
        initial=True,
    )

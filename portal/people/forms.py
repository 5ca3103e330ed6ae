"""Log-in forms. Checks of meaning (number, code, pace) are the actions'; these only know lengths and
labels.
"""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.people.actions import NAME_LENGTH, VILLAGE_LENGTH


def village_field() -> forms.CharField:
    """Where the matter is: what goes to a unit needs it, whatever form it is written in."""
    return forms.CharField(
        label=_("村或社区"),
        max_length=VILLAGE_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "address-level3"}),
        error_messages={"required": _("请填写村或社区，方便找到地方。")},
    )


class CitizenForm(forms.Form):
    """Both steps of a citizen's log-in in one form: the number first, the code as soon as it has come."""

    phone = forms.CharField(
        label=_("手机号"),
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel-national"}),
    )
    code = forms.CharField(
        label=_("验证码"),
        max_length=8,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    name = forms.CharField(
        label=_("姓名（第一次使用时填写）"),
        max_length=NAME_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    village = forms.CharField(label=_("村/社区（可不填）"), max_length=VILLAGE_LENGTH, required=False)
    under_14 = forms.BooleanField(label=_("我未满14周岁，监护人同意我使用"), required=False)
    guardian_name = forms.CharField(label=_("监护人姓名"), max_length=NAME_LENGTH, required=False)
    guardian_phone = forms.CharField(
        label=_("监护人手机号"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )
    guardian_code = forms.CharField(
        label=_("监护人手机收到的验证码"),
        max_length=8,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class StaffForm(forms.Form):
    username = forms.CharField(
        label=_("用户名"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

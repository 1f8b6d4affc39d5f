"""The forms of channels: made from what a kind asks for; a person's own address; quiet hours.

Rules
* The input of a secret is named `secret-…`: it is never shown again and never kept over a sign-in. Left empty it stays.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from fengsui.notifications.selectors import Kind, KindField
from fengsui.web.forms.admin import AdminForm

OPEN, SECRET = "set-", "secret-"


class ChannelForm(AdminForm):
    """A channel of one kind, new or as it is changed."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=60, help_text=gettext_lazy("人员选通道时看到的名称"))

    def __init__(self, *args: Any, kind: Kind, kept: tuple[str, ...] = (), **more: Any) -> None:
        made = {_name(field): _input(field, kept) for field in kind.fields}
        made["exercises"] = forms.BooleanField(label=_("演练时也用这条通道"), required=False)
        # What a kind asks for belongs to this form alone, and is there before the form dresses its fields.
        self.base_fields = {**type(self).base_fields, **made}  # type: ignore[misc]
        super().__init__(*args, **more)


def values(data: dict[str, Any]) -> dict[str, str]:
    """The settings and secrets in a form's data, by the names of the kind."""
    return {
        name.removeprefix(OPEN).removeprefix(SECRET): str(value)
        for name, value in data.items()
        if name.startswith((OPEN, SECRET))
    }


def initial(kind: Kind, settings: dict[str, str]) -> dict[str, str]:
    """What stands in a form of a channel; never a secret."""
    return {_name(field): settings.get(field.name, field.default) for field in kind.fields if not field.secret}


def _name(field: KindField) -> str:
    return f"{SECRET if field.secret else OPEN}{field.name}"


def _input(field: KindField, kept: tuple[str, ...]) -> forms.Field:
    lang = get_language() or "zh"
    told: dict[str, Any] = {"label": field.label.said(lang), "required": False, "help_text": field.hint.said(lang)}
    if field.choices:
        return forms.ChoiceField(choices=[(one, one) for one in field.choices], initial=field.default, **told)
    if field.secret and field.name in kept:
        told["help_text"] = _("已保存，不再显示；空着就不变")
    if field.lines:
        widget = forms.Textarea(attrs={"rows": 5, "class": "inp mono", "spellcheck": "false", "autocomplete": "off"})
        return forms.CharField(widget=widget, max_length=4000, **told)
    if field.secret:
        hidden = forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False)
        return forms.CharField(widget=hidden, max_length=4000, **told)
    return forms.CharField(max_length=1000, initial=field.default, **told)


class TryForm(AdminForm):
    """Where a test goes."""

    to = forms.CharField(label=gettext_lazy("发到"), max_length=200, required=False)

    def __init__(self, *args: Any, kind: Kind, **more: Any) -> None:
        super().__init__(*args, **more)
        lang = get_language() or "zh"
        what = kind.address.said(lang)
        self.fields["to"].help_text = _("%(what)s；空着发到自己的地址") % {"what": what} if what else ""


class AddressForm(AdminForm):
    """A person's own address on a channel."""

    channel = forms.ChoiceField(label=gettext_lazy("通道"))
    value = forms.CharField(label=gettext_lazy("个人地址"), max_length=200, required=False)

    def __init__(self, *args: Any, channels: list[tuple[str, str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["channel"].choices = [(id, name) for id, name, _what in channels]  # type: ignore[attr-defined]
        self.fields["value"].help_text = "；".join(f"{name}：{what}" for _id, name, what in channels if what)


class QuietForm(AdminForm):
    """The hours in which only urgent letters come."""

    since = forms.TimeField(label=gettext_lazy("起"), required=False, input_formats=["%H:%M"])
    until = forms.TimeField(label=gettext_lazy("止"), required=False, input_formats=["%H:%M"])

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, usual in (("since", "22:00"), ("until", "07:00")):
            field = self.fields[name]
            field.widget = forms.TimeInput(format="%H:%M", attrs={"class": "inp", "placeholder": usual})
            field.error_messages["invalid"] = _("不是时刻，写成 22:00")

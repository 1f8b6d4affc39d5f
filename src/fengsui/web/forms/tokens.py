"""The form of a key to the HTTP interface: what it is for, what it opens, until when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from fengsui.core.problems import Lang
from fengsui.directory.tokens import LABELS
from fengsui.web.forms.admin import AdminForm, moment


class TokenForm(AdminForm):
    """A key of one's own."""

    name = forms.CharField(
        label=gettext_lazy("名称"), max_length=60, help_text=gettext_lazy("给哪个系统用，如：监测平台")
    )
    scopes = forms.MultipleChoiceField(label=gettext_lazy("范围"), widget=forms.CheckboxSelectMultiple)
    until = moment(gettext_lazy("止"), required=True)

    def __init__(self, *args: Any, lang: Lang, **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [(scope, label[lang == "en"]) for scope, label in LABELS.items()]
        self.fields["scopes"].choices = choices  # type: ignore[attr-defined]
        self.fields["until"].help_text = gettext_lazy("不超过 366 天")

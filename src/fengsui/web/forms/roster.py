"""The forms of the roster: a pattern for some weeks, one shift, from when on it is cleared; a swap; a hand-over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fengsui.directory.service import WEEKS
from fengsui.web.forms.admin import AdminForm, Choices, moment, possible

PLACES = 7
"""So many people can take turns in one pattern; the same one may have several turns."""


class FillForm(AdminForm):
    """People in turn, hours of hand-over, from which day, for how many weeks."""

    first = forms.DateField(label=gettext_lazy("从哪天起"), input_formats=["%Y-%m-%d"], validators=[possible])
    weeks = forms.IntegerField(label=gettext_lazy("排几周"), min_value=1, max_value=WEEKS, initial=4)
    hours = forms.CharField(
        label=gettext_lazy("交班时刻"),
        initial="08:00",
        max_length=60,
        help_text=gettext_lazy("一天一班写一个；白班夜班写两个，如 08:00 20:00"),
    )
    turn = forms.ChoiceField(label=gettext_lazy("怎样轮"))

    def __init__(self, *args: Any, people: Choices, **more: Any) -> None:
        self.base_fields = dict(type(self).base_fields)  # type: ignore[misc]  # a copy of one's own, for this form alone
        for place in range(1, PLACES + 1):
            label = _("第 %(n)s 位") % {"n": place}
            choices = people if place == 1 else [("", _("不排")), *people]
            self.base_fields[f"who{place}"] = forms.ChoiceField(label=label, choices=choices, required=place == 1)
        super().__init__(*args, **more)
        self.fields["turn"].choices = [("shift", _("每班换人")), ("week", _("每周换人"))]  # type: ignore[attr-defined]
        self.fields["first"].widget = forms.DateInput(format="%Y-%m-%d", attrs={"class": "inp"})
        self.fields["first"].error_messages["invalid"] = _("不是日期，写成 2026-11-23")

    def clean_hours(self) -> list[time]:
        """The hours as times of the day."""
        try:
            return [time.fromisoformat(one) for one in str(self.cleaned_data["hours"]).split()]
        except ValueError:
            raise forms.ValidationError(_("不是时刻，写成 08:00 20:00")) from None

    def people(self) -> Sequence[str]:
        """Who takes turns, in order."""
        named = (self.cleaned_data.get(f"who{place}", "") for place in range(1, PLACES + 1))
        return [one for one in named if one]


class PutForm(AdminForm):
    """One shift of one person."""

    who = forms.ChoiceField(label=gettext_lazy("值班人"))
    since = moment(gettext_lazy("起"), required=True)
    until = moment(gettext_lazy("止"), required=True)

    def __init__(self, *args: Any, people: Choices, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["who"].choices = people  # type: ignore[attr-defined]


class ClearForm(AdminForm):
    """From when on a roster is taken back."""

    since = moment(gettext_lazy("从何时起"), required=True)

    def __init__(self, *args: Any, people: Choices, **more: Any) -> None:
        super().__init__(*args, **more)


class Words(forms.CharField):
    """Words of several lines; a line break is one character, as the browser counts it, and not the two it sends."""

    def to_python(self, value: Any) -> Any:
        """The words with plain line breaks."""
        return str(super().to_python(value)).replace("\r\n", "\n")


class OwnForm(AdminForm):
    """What a person posts about his own shifts: which row, with whom, in which words."""

    id = forms.CharField(max_length=36, required=False)
    to = forms.CharField(max_length=36, required=False)
    seat = forms.CharField(max_length=200, required=False)
    note = Words(
        max_length=2000,
        required=False,
        error_messages={"max_length": gettext_lazy("这段话超过 2000 字，删短后再提交")},
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        own = {"with": forms.CharField(max_length=80, required=False)}
        self.base_fields = {**type(self).base_fields, **own}  # type: ignore[misc]
        super().__init__(*args, **more)

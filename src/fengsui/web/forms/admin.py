"""The forms of administration, as Django's forms: labels, choices, what is missing. What is allowed the services say.

Rules
* Every form carries a key made when it was shown; sent twice, it makes one row.
* What a service refuses stands at the form's head with its remedy, and everything typed stays.
* Moments are typed in the organisation's zone, as 2026-11-21 01:26.
"""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fengsui.core.problems import Lang, Problem
from fengsui.directory.offices import LABELS
from fengsui.directory.service import AssetLine
from fengsui.library.registers import AssetField

Choices = Sequence[tuple[str, str]]
MOMENT = "%Y-%m-%d %H:%M"
YEARS = range(1970, 2200)


class AdminForm(forms.Form):
    """A form of administration in the words and classes of the pages."""

    key = forms.CharField(required=False, widget=forms.HiddenInput)
    use_required_attribute = False

    def forget_errors(self) -> None:
        """Show what was typed without judging it."""
        self._errors = ErrorDict()

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **more})
        for name, field in self.fields.items():
            field.error_messages["required"] = _("“%(label)s”空着") % {"label": field.label or name}
            if "invalid_choice" in field.error_messages:
                field.error_messages["invalid_choice"] = _("没有这一项，重新选")
            if isinstance(field.widget, forms.CheckboxInput | forms.HiddenInput | forms.CheckboxSelectMultiple):
                continue
            field.widget.attrs.setdefault("class", "inp")

    def full_clean(self) -> None:
        """Marks what is wrong, so that it is seen at its field."""
        super().full_clean()
        for name in self.errors:
            if name in self.fields and "class" in self.fields[name].widget.attrs:
                self.fields[name].widget.attrs["class"] += " err"

    def clean_key(self) -> str | None:
        """The id of the row to come, or nothing where the form makes none."""
        try:
            return str(uuid.UUID(self.cleaned_data["key"])) if self.cleaned_data["key"] else None
        except ValueError:
            return None

    def refused(self, problems: Iterable[Problem], lang: Lang) -> None:
        """Notes what a service refused."""
        for one in problems:
            place = f"{one.where} · " if one.where.file else ""
            self.add_error(None, f"{place}{one.message(lang)}{one.hint(lang)}")


def moment(label: Any, *, required: bool) -> forms.DateTimeField:
    """A moment in the organisation's zone."""
    widget = forms.DateTimeInput(format=MOMENT, attrs={"placeholder": "2026-11-21 01:26", "inputmode": "numeric"})
    wrong = {"invalid": gettext_lazy("不是时刻，写成 2026-11-21 01:26")}
    return forms.DateTimeField(
        label=label,
        required=required,
        input_formats=[MOMENT],
        widget=widget,
        error_messages=wrong,
        validators=[possible],
    )


def possible(day: date) -> None:
    """Refuses a year that is a slip of the hand, and that no zone can be reckoned in."""
    if day.year not in YEARS:
        raise forms.ValidationError(_("年份在 %(first)s 到 %(last)s 之间") % {"first": YEARS[0], "last": YEARS[-1]})


class OrganisationForm(AdminForm):
    """An organisation as it is changed."""

    name = forms.CharField(label=gettext_lazy("单位名称"), max_length=200)
    name_en = forms.CharField(label=gettext_lazy("英文名称"), max_length=200, required=False)
    tier = forms.ChoiceField(label=gettext_lazy("层级"), required=False)
    zone = forms.CharField(label=gettext_lazy("时区"), initial="Asia/Shanghai", max_length=60)
    outlines_from_opening = forms.BooleanField(label=gettext_lazy("下级立案即可见概况"), required=False)

    def __init__(self, *args: Any, tiers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        now = str(self.initial.get("tier") or "")
        names = {**(tiers or {}), **({now: (tiers or {}).get(now, now)} if now else {})}
        self.fields["tier"].choices = [("", _("不分层级")), *names.items()]  # type: ignore[attr-defined]


class NewOrganisationForm(OrganisationForm):
    """An organisation below another."""

    parent = forms.ChoiceField(label=gettext_lazy("上级单位"))
    code = forms.CharField(
        label=gettext_lazy("单位代码"),
        max_length=12,
        help_text=gettext_lazy("2 到 12 个大写字母或数字，写在事件编号前，以后不能改"),
    )
    field_order = ["parent", "name", "code"]

    def __init__(self, *args: Any, parents: Choices = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["parent"].choices = parents  # type: ignore[attr-defined]


class UnitForm(AdminForm):
    """One unit of a body that the plan has many of, or the local name of a body."""

    body = forms.ChoiceField(label=gettext_lazy("机构"))
    place = forms.SlugField(
        label=gettext_lazy("代号"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("有多个时写字母代号，如 info；只有一个时空着"),
    )
    name = forms.CharField(label=gettext_lazy("名称"), max_length=200)
    contact = forms.CharField(label=gettext_lazy("联系渠道"), max_length=300, required=False)

    def __init__(self, *args: Any, bodies: Choices = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["body"].choices = bodies  # type: ignore[attr-defined]


class ExternalForm(UnitForm):
    """Who an outside body of the plan is, and how it is reached."""

    place = None  # type: ignore[assignment]
    linked = forms.ChoiceField(label=gettext_lazy("本系统里的单位"), required=False)
    field_order = ["body", "name", "contact"]

    def __init__(self, *args: Any, linked: Choices = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["linked"].choices = [("", _("不在本系统")), *linked]  # type: ignore[attr-defined]


class RenameForm(AdminForm):
    """A unit or outside body as it is changed."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=200)
    contact = forms.CharField(label=gettext_lazy("联系渠道"), max_length=300, required=False)


class AppointForm(AdminForm):
    """Somebody to a seat, from a moment to another."""

    seat = forms.ChoiceField(label=gettext_lazy("岗位"))
    person = forms.ChoiceField(label=gettext_lazy("人员"))
    since = moment(gettext_lazy("起"), required=False)
    until = moment(gettext_lazy("止"), required=False)

    def __init__(self, *args: Any, seats: Choices = (), people: Choices = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["seat"].choices = seats  # type: ignore[attr-defined]
        self.fields["person"].choices = people  # type: ignore[attr-defined]
        self.fields["since"].help_text = _("空着：现在起")
        self.fields["until"].help_text = _("空着：另行通知为止")


class EndForm(AdminForm):
    """An appointment that ends."""

    id = forms.CharField(widget=forms.HiddenInput)
    until = moment(gettext_lazy("止"), required=False)


class RowForm(AdminForm):
    """A row that is acted on, with nothing to type."""

    id = forms.CharField(widget=forms.HiddenInput)


class SwitchForm(AdminForm):
    """On or off, as the page offered it: sent twice, it is the same wish."""

    active = forms.TypedChoiceField(
        choices=[("1", "1"), ("0", "0")], coerce=lambda text: text == "1", widget=forms.HiddenInput
    )


class PersonForm(AdminForm):
    """A person as he is changed."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=100)
    email = forms.CharField(label=gettext_lazy("个人邮箱"), max_length=254, required=False)


class NewPersonForm(PersonForm):
    """A person with a sign-in."""

    organisation = forms.ChoiceField(label=gettext_lazy("单位"))
    username = forms.CharField(
        label=gettext_lazy("用户名"), max_length=150, required=False, help_text=gettext_lazy("空着就没有登录")
    )
    field_order = ["organisation", "name", "email", "username"]

    def __init__(self, *args: Any, organisations: Choices = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["organisation"].choices = organisations  # type: ignore[attr-defined]


class OfficeForm(AdminForm):
    """The administrative office of a person."""

    office = forms.ChoiceField(label=gettext_lazy("管理岗位"), required=False)

    def __init__(self, *args: Any, lang: Lang = "zh", **more: Any) -> None:
        super().__init__(*args, **more)
        named = [(id, words[lang == "en"]) for id, words in LABELS.items()]
        self.fields["office"].choices = [("", _("没有")), *named]  # type: ignore[attr-defined]


class ResetForm(AdminForm):
    """A one-time password; for who has no sign-in yet, under a user name."""

    username = forms.CharField(label=gettext_lazy("用户名"), max_length=150)

    def __init__(self, *args: Any, known: str = "", **more: Any) -> None:
        super().__init__(*args, **more)
        if known:
            del self.fields["username"]


class PasswordForm(AdminForm):
    """One's own new password."""

    old = forms.CharField(
        label=gettext_lazy("现用口令"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    new = forms.CharField(
        label=gettext_lazy("新口令"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    again = forms.CharField(
        label=gettext_lazy("新口令再写一遍"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean_again(self) -> str:
        """The same twice."""
        if self.cleaned_data["again"] != self.cleaned_data.get("new"):
            raise forms.ValidationError(_("两遍不一样"))
        return str(self.cleaned_data["again"])


class AssetForm(AdminForm):
    """A system of the register, with the attributes that plan and regimes ask for."""

    name = forms.CharField(label=gettext_lazy("系统名称"), max_length=200)
    owner = forms.ChoiceField(label=gettext_lazy("主管单位"))
    active = forms.BooleanField(label=gettext_lazy("在用"), required=False, initial=True)

    def __init__(self, *args: Any, owners: Choices = (), attributes: Sequence[AssetField] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["owner"].choices = owners  # type: ignore[attr-defined]
        for one in attributes:
            self.fields[one.name] = _attribute(one)
        self.order_fields(["name", "owner", *(one.name for one in attributes), "active"])


def _attribute(one: AssetField) -> forms.Field:
    if one.options and one.many:
        return forms.MultipleChoiceField(
            label=one.label, required=False, choices=one.options, widget=forms.CheckboxSelectMultiple
        )
    if one.options:
        select = forms.Select(attrs={"class": "inp"})
        return forms.ChoiceField(
            label=one.label, required=False, choices=[("", _("不清楚")), *one.options], widget=select
        )
    box = forms.TextInput(attrs={"class": "inp", "placeholder": one.example})
    return forms.CharField(label=one.label, required=False, max_length=300, widget=box)


class ImportForm(AdminForm):
    """A table of systems: a file, or its text, which comes back with what is wrong in it."""

    file = forms.FileField(label=gettext_lazy("CSV 文件"), required=False)
    text = forms.CharField(
        label=gettext_lazy("或把表格贴在这里"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "class": "inp mono"}),
    )

    def clean(self) -> dict[str, Any]:
        """The text of the file stands in for the text typed."""
        data: dict[str, Any] = super().clean() or {}
        file = data.get("file")
        if file is not None:
            data["text"] = table_text(file.read())
            # What was chosen comes back as text: a browser never keeps a file.
            self.data = QueryDict(mutable=True)
            self.data.update({"key": data.get("key") or "", "text": data["text"]})
        if not (data.get("text") or "").strip():
            self.add_error("text", _("选一个文件，或贴上表格"))
        return data


def table_text(raw: bytes) -> str:
    """The text of a table as offices write it: UTF-8, or GB 18030."""
    for name in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(name)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")


NAME, OWNER = ("名称", "系统名称", "name"), ("主管单位", "owner")
"""What the two columns that every table has may be called."""


def table_lines(
    text: str, attributes: Sequence[AssetField], owners: Mapping[str, str]
) -> tuple[tuple[AssetLine, ...], tuple[str, ...]]:
    """The lines of a table with each value in the plan's own writing, and what is wrong with its head."""
    try:
        rows = list(csv.reader(io.StringIO(text.strip("\ufeff\n\r "), newline=None)))
    except csv.Error:
        return (), (_("表格读不下去：有引号没有配对，或一格太长"),)
    head = [cell.strip() for cell in rows[0]] if rows else []
    known = {**{one.label: one.name for one in attributes}, **{one.name: one.name for one in attributes}}
    columns = ["name" if cell in NAME else "owner" if cell in OWNER else known.get(cell, "") for cell in head]
    wrong = [
        _("表头“%(cell)s”不认识") % {"cell": cell}
        for cell, name in zip(head, columns, strict=True)
        if not name and cell
    ]
    wrong += [
        _("缺“%(cell)s”一列") % {"cell": cell}
        for cell, name in ((NAME[0], "name"), (OWNER[0], "owner"))
        if name not in columns
    ]
    if wrong:
        return (), tuple(wrong)
    named = {one.name: {told: id for id, told in one.options} for one in attributes}
    lines = []
    for number, row in enumerate(rows[1:], start=2):
        values = {name: cell.strip() for name, cell in zip(columns, row, strict=False) if name}
        if any(values.values()):
            owner = values.pop("owner", "")
            name = values.pop("name", "")
            told = {key: _in_plan(cell, named[key]) for key, cell in values.items() if cell}
            lines.append(AssetLine(number, name, owners.get(owner, owner), told))
    return tuple(lines), () if lines else (_("表里没有一行系统"),)


def _in_plan(cell: str, options: Mapping[str, str]) -> str:
    """A cell's value, or several, by the ids of the plan."""
    parts = [part for part in cell.replace("、", " ").split(" ") if part]
    return " ".join(options.get(part, part) for part in parts) if options else cell


class DelegateForm(AdminForm):
    """A seat lent by a paper to a post or a person."""

    of = forms.ChoiceField(label=gettext_lazy("谁的岗位"))
    to = forms.ChoiceField(label=gettext_lazy("授给岗位"), required=False)
    person = forms.ChoiceField(label=gettext_lazy("或授给一个人"), required=False)
    acts = forms.MultipleChoiceField(
        label=gettext_lazy("可办的动作"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("一项不选：除须本人办的以外都可办"),
    )
    document = forms.CharField(label=gettext_lazy("授权文号"), max_length=200)
    since = moment(gettext_lazy("起"), required=False)
    until = moment(gettext_lazy("止"), required=True)

    def __init__(self, *args: Any, seats: Choices = (), people: Choices = (), acts: Choices = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["of"].choices = seats  # type: ignore[attr-defined]
        self.fields["to"].choices = [("", _("不授给岗位")), *seats]  # type: ignore[attr-defined]
        self.fields["person"].choices = [("", _("不授给个人")), *people]  # type: ignore[attr-defined]
        self.fields["acts"].choices = acts  # type: ignore[attr-defined]


class InstallForm(AdminForm):
    """A pack to put in: one that is shipped, or a zip."""

    shipped = forms.ChoiceField(label=gettext_lazy("随附的预案包"), required=False)
    file = forms.FileField(label=gettext_lazy("或上传 zip"), required=False)

    def __init__(self, *args: Any, shipped: Sequence[str] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["shipped"].choices = [("", _("不用随附的")), *((one, one) for one in shipped)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        data: dict[str, Any] = super().clean() or {}
        if bool(data.get("shipped")) == bool(data.get("file")):
            self.add_error("shipped", _("选一个随附的，或上传一个"))
        return data


class OverlayForm(AdminForm):
    """The organisation's own additions, as text."""

    text = forms.CharField(
        label=gettext_lazy("本单位补充（overlay.yaml）"),
        widget=forms.Textarea(attrs={"rows": 18, "class": "inp mono", "spellcheck": "false"}),
        strip=False,
    )


class LadderForm(AdminForm):
    """A ladder of reminders, as text, and the paper it rests on."""

    text = forms.CharField(
        label=gettext_lazy("提醒阶梯（ladder.yaml）"),
        widget=forms.Textarea(attrs={"rows": 18, "class": "inp mono", "spellcheck": "false"}),
        strip=False,
    )
    paper = forms.CharField(
        label=gettext_lazy("依据"), max_length=200, required=False, help_text=gettext_lazy("文号或会议；预览不用填")
    )


class ReasonForm(AdminForm):
    """A reason for taking something back."""

    reason = forms.CharField(label=gettext_lazy("理由"), max_length=500)


class DropForm(ReasonForm):
    """A regime that no longer runs beside the plan."""

    id = forms.CharField(widget=forms.HiddenInput)


class YearForm(AdminForm):
    """A published year of the work calendar."""

    year = forms.IntegerField(label=gettext_lazy("年份"), min_value=2000, max_value=2100)
    off = forms.CharField(
        label=gettext_lazy("放假的工作日"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("逐日写，如 2027-01-01，用空格或换行隔开"),
    )
    work = forms.CharField(label=gettext_lazy("上班的周末"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    source = forms.CharField(label=gettext_lazy("依据文件"), max_length=200)

    def clean_off(self) -> tuple[date, ...]:
        """Days off."""
        return _days(self.cleaned_data["off"])

    def clean_work(self) -> tuple[date, ...]:
        """Days worked."""
        return _days(self.cleaned_data["work"])


def _days(text: str) -> tuple[date, ...]:
    found = []
    for part in text.replace("、", " ").replace(",", " ").split():
        try:
            found.append(date.fromisoformat(part))
        except ValueError:
            raise forms.ValidationError(_("“%(text)s”不是日期，写成 2027-01-01") % {"text": part}) from None
    return tuple(dict.fromkeys(found))


class SettingForm(AdminForm):
    """What the installation decides beside the plan."""

    countersign_within = forms.CharField(
        label=gettext_lazy("口头批准补签时限"),
        max_length=20,
        help_text=gettext_lazy("如 24h、2h30min；只对以后的事件生效"),
    )

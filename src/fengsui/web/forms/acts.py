"""One form for every act: what was typed becomes the engine's `Act`, or a list of what to mend.

Rules
* Only what a person typed is read here: missing fields, times that are no times, a wrong kind of file. Whether the act
  may be done is the engine's to say.
* The organisation, the person and his seats are filled by the service; the form only says which seat speaks.
* What was said by word is registered by the person who writes it down and one other.
* A paper is registered by its hash: SHA-256 of the scan that was chosen (which goes beside the log as evidence), or the
  hash typed from the paper's own page. Other files are judged by the service.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from fengsui.cases.act_pages import ActForm, FormField
from fengsui.cases.pages import CaseRef
from fengsui.cases.service import Upload
from fengsui.core.case import Act, Actor, ByWord, Registration, Seat
from fengsui.core.timing import parse_instant
from fengsui.web.forms import facts as fact_forms
from fengsui.web.forms.facts import Error, text, written

SCANS = (b"%PDF-", b"\x89PNG\r\n", b"\xff\xd8\xff")
"""How a scan begins: PDF, PNG, JPEG. The name alone proves nothing."""
HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(slots=True)
class Reading:
    """The act that a form asks for, and what has to be mended before it can be asked."""

    act_name: str
    values: dict[str, Any] = field(default_factory=dict)
    files: tuple[Upload, ...] = ()
    errors: list[Error] = field(default_factory=list)

    def wrong(self, anchor: str, sentence: str) -> None:
        """Notes one thing to mend."""
        self.errors.append(Error(anchor, sentence))

    @property
    def act(self) -> Act:
        """The act asked for; the service fills person and seats."""
        return Act(name=self.act_name, actor=Actor(""), **self.values)


def defaults(form: ActForm, part: Mapping[str, str]) -> QueryDict:
    """The form as it opens: what the plan and the address already say."""
    data = QueryDict(mutable=True)
    one = {"verb": form.verb, "value": form.value, "target": form.target, "step": form.step}
    one |= {"seat": form.seats[0].id if form.seats else ""}
    for name, value in (one | dict(part)).items():
        data[name] = value
    if len(form.values) == 1:
        data["value"] = form.values[0].id
    if form.to:
        data.setlist("to", list(form.to))
    if form.duty:
        data.setlist("duty", list(form.duty))
    for each in form.fields:
        data[f"o.{each.name}"] = each.value
    return data


def read(
    form: ActForm,
    ref: CaseRef,
    typed: QueryDict,
    files: MultiValueDict[str, UploadedFile],
    zone: ZoneInfo,
    at: datetime,
    person: str,
) -> Reading:
    """What was typed: `act` when nothing has to be mended, else `errors`."""
    said = Reading(act_name=form.act)
    _plain(form, ref, typed, said)
    _facts(form, typed, said)
    _fields(form, typed, said)
    _times(typed, zone, at, said)
    _by_word(typed, zone, person, said)
    _registration(typed, files, zone, said)
    _confirm(form, ref, typed, said)
    said.files += uploads(files.getlist("files"))
    return said


def uploads(chosen: Iterable[UploadedFile]) -> tuple[Upload, ...]:
    """Files as the service takes them; it judges size, name and first bytes."""
    return tuple(Upload(each.name or "", each.read(), each.content_type or "") for each in chosen)


def _plain(form: ActForm, ref: CaseRef, typed: QueryDict, said: Reading) -> None:
    for name in ("verb", "value", "matter", "step", "reason", "note", "target", "reading", "content", "answer"):
        value = text(typed, name)
        if value:
            said.values[name] = value
    for name in ("to", "duty", "choices", "documents"):
        chosen = tuple(value for value in typed.getlist(name) if value)
        if chosen:
            said.values[name] = chosen
    if text(typed, "seat"):
        said.values["seat"] = Seat.parse(text(typed, "seat"), ref.organisation)
    if form.values and not said.values.get("value") and not said.values.get("answer"):
        said.wrong("value", _("选一项：%(what)s") % {"what": form.value_label or form.label})
    if form.recipients and not said.values.get("to"):
        said.wrong("to", _("选报送给谁"))
    if form.wants_reason and not said.values.get("reason"):
        said.wrong("reason", _("写明理由"))
    if form.choose_at_least and len(said.values.get("choices", ())) < form.choose_at_least:
        said.wrong("choices", _("至少选 %(n)s 项") % {"n": form.choose_at_least})


def _facts(form: ActForm, typed: QueryDict, said: Reading) -> None:
    if not form.facts:
        return
    facts = fact_forms.read(form.facts, typed)
    said.errors += facts.errors
    known = {name: value for name, value in facts.known.items() if name in facts.changed}
    said.values["facts"] = known
    said.values["unknown"] = tuple(facts.unknown)
    said.values["unverified"] = tuple(name for name in facts.unverified if name in known)
    judged = [row.label for row in form.facts if row.judged and row.name in known]
    if judged and not (said.values.get("reason") or said.values.get("note") or text(typed, "source")):
        said.wrong("reason", _("“%(label)s”是判断，写明理由或来源") % {"label": judged[0]})
    said.values["rest_none"] = text(typed, "rest_none") == "1"
    said.values["assets"] = tuple({"id": id} for id in dict.fromkeys(typed.getlist("assets")) if id)
    if text(typed, "source"):
        said.values["source"] = text(typed, "source")
    told = known or facts.unknown or said.values["rest_none"] or said.values["assets"]
    if form.act == "state" and not (told or facts.errors):
        said.wrong("facts", _("没有改动任何事实"))


def _fields(form: ActForm, typed: QueryDict, said: Reading) -> None:
    filled: dict[str, str] = {}
    for each in form.fields:
        value = _field(each, typed)
        if value:
            filled[each.name] = value
        elif each.required and not each.later:
            said.wrong(f"o-{each.name}", _("“%(label)s”空着；不知道就选“不清楚”") % {"label": each.label})
    if filled:
        said.values["form"] = filled


def _field(each: FormField, typed: QueryDict) -> str:
    if text(typed, f"u.{each.name}") == "1":
        return "unknown"
    said = [str(value).strip() for value in typed.getlist(f"o.{each.name}")]
    values = [written(each.kind, value) for value in said if value]
    return " ".join(values) if each.many else (values[0] if values else "")


def _times(typed: QueryDict, zone: ZoneInfo, at: datetime, said: Reading) -> None:
    moment = _instant(text(typed, "happened_at"), "happened_at", zone, said)
    if moment is None:
        return
    if moment > at:
        said.wrong("happened_at", _("发生时间晚于现在"))
    said.values["happened_at"] = moment


def _instant(written: str, anchor: str, zone: ZoneInfo, said: Reading) -> datetime | None:
    if not written:
        return None
    try:
        return parse_instant(written, zone)
    except ValueError:
        said.wrong(anchor, _("“%(text)s”不是时刻，写成 2026-11-21 01:26") % {"text": written})
        return None


def _by_word(typed: QueryDict, zone: ZoneInfo, person: str, said: Reading) -> None:
    if text(typed, "by_word") != "1":
        return
    moment = _instant(text(typed, "word.at"), "word.at", zone, said)
    second = text(typed, "word.second")
    if not text(typed, "word.at"):
        said.wrong("word.at", _("写明口头批准的时刻"))
    if not text(typed, "word.means"):
        said.wrong("word.means", _("写明方式，例如电话"))
    if not second or second == person:
        said.wrong("word.second", _("选另一名登记人"))
    if text(typed, "word.seat"):
        said.values["seat"] = Seat.parse(text(typed, "word.seat"), "")
    if moment:
        means, by = text(typed, "word.means"), text(typed, "word.by")
        said.values["by_word"] = ByWord(means, moment, (person, second), by)


def _registration(typed: QueryDict, files: MultiValueDict[str, UploadedFile], zone: ZoneInfo, said: Reading) -> None:
    if text(typed, "registered") != "1":
        return
    paper = _paper(typed, files, said)
    for name, sentence in (("paper.date", _("写明纸件日期")), ("paper.signed_by", _("写明谁签发"))):
        if not text(typed, name):
            said.wrong(name, sentence)
    if text(typed, "register_for"):
        said.values["seat"] = Seat.parse(text(typed, "register_for"), "")
    said.values["registered"] = Registration(
        paper,
        text(typed, "paper.date"),
        text(typed, "paper.signed_by"),
        text(typed, "paper.channel"),
        text(typed, "paper.receipt"),
    )


def _paper(typed: QueryDict, files: MultiValueDict[str, UploadedFile], said: Reading) -> str:
    file = files.get("paper.file")
    written = text(typed, "paper.hash").lower().removeprefix("sha256:")
    if file is None:
        if not HASH.fullmatch(written):
            said.wrong("paper.file", _("选纸件的扫描件，或填它的 SHA-256"))
        return f"sha256:{written}"
    (scan,) = uploads([file])
    if not scan.content.startswith(SCANS):
        said.wrong("paper.file", _("“%(name)s”不是 PDF、PNG 或 JPEG；换成扫描件") % {"name": scan.name})
    said.files += (scan,)
    return scan.digest


def _confirm(form: ActForm, ref: CaseRef, typed: QueryDict, said: Reading) -> None:
    mild = bool(form.grave) and text(typed, "value") not in (*form.grave, "")
    if form.irreversible and not mild and text(typed, "confirm") != ref.number.rsplit("-", 1)[-1]:
        said.wrong("confirm", _("输入事件编号末四位，确认后不能撤回"))

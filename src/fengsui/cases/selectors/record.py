"""The log of one case whole: its lines, its chain held against itself, the export a stranger can verify, its codes.

Rules
- Nothing here folds a case: a log that was tampered with is shown as far as it can be read, and the break is named.
- The export is JSON lines (`fengsui.verify` reads them): the case, its events as sealed, the texts and names of files
  kept beside them with their salts. Whoever may open the case may take it with him.
- A code tells anybody that a record is genuine, of which case, what, when, from which seat; and nothing of its content.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, cast

from fengsui.cases import models
from fengsui.cases.pages import CaseRef, EventRow, ObligationRow
from fengsui.cases.selectors import access, log
from fengsui.cases.selectors.case_page import asked, done, lines
from fengsui.cases.selectors.sight import sight
from fengsui.cases.selectors.timeline import event_row, files_beside, texts_beside
from fengsui.cases.selectors.words import Words, event_label
from fengsui.cases.trail_pages import CodeRow, ObligationsPage, RecordPage
from fengsui.core.canon import stamp
from fengsui.core.case import SYSTEM
from fengsui.core.obligations import Obligation
from fengsui.core.pack import Label
from fengsui.core.problems import Lang
from fengsui.directory import selectors as directory

PAGE, OWED = 100, 50
"""So many records, so many obligations on one page."""
SAME = 5
"""The most records told of one short code: eight characters may meet in a large house."""
CODE = re.compile(r"[0-9a-f]{8,64}")
UNREAD = (KeyError, TypeError, ValueError, AttributeError, IndexError)


@dataclass(frozen=True, slots=True)
class _Owed:
    """As much of an obligation as a line of the log says of it."""

    owes: Label


def record_page(ref: CaseRef, before: int | None, at: datetime, *, lang: Lang = "zh") -> RecordPage:
    """Return a page of the log. `ref` came from `case_for`, which decided that the person may open the case."""
    row = models.Case.objects.get(root=ref.root, pk=ref.id)
    words = Words(log.book_of(row).pack, row.root, row.organisation, lang)
    rows = models.Event.objects.filter(root=row.root, case=row)
    found = list((rows.filter(seq__lt=before) if before else rows).order_by("-seq")[: PAGE + 1])
    return RecordPage(
        ref=access.ref_of(row),
        title=row.title,
        mode=row.mode,
        level=words.level(row.level) or words.level(row.colour, "colour"),
        plan=f"{words.title} {words.pack.version}",
        events=_lines(row, found[:PAGE], words),
        before=found[PAGE - 1].seq if len(found) > PAGE else None,
        check=log.check(ref, at),
    )


def _lines(row: models.Case, found: Sequence[models.Event], words: Words) -> tuple[EventRow, ...]:
    texts, files = texts_beside(row.root, row.pk), files_beside(row.root, row.pk)
    rows = models.Obligation.objects.filter(root=row.root, case=row).values_list("key", "owes", "data")
    owed = {key: _Owed(Label(owes, data["owes_en"] or None)) for key, owes, data in rows}
    corrections = models.Event.objects.filter(root=row.root, case=row, type="corrected").values_list("body", flat=True)
    corrected = {str(body.get("content", {}).get("target")) for body in corrections}
    return tuple(_line(one, words, texts, files, owed, str(one.seq) in corrected) for one in found)


def _line(
    one: models.Event,
    words: Words,
    texts: Mapping[str, str],
    files: Mapping[int, tuple[str, ...]],
    owed: Mapping[str, _Owed],
    corrected: bool,
) -> EventRow:
    known = cast("Mapping[str, Obligation]", owed)
    try:
        line = event_row(log.event_of(one.body, one.digest), words, texts, corrected, known)
    except UNREAD:
        label = words.say("这条读不懂", "this record cannot be read")
        return EventRow(one.seq, one.type, "？", label, "", one.code, one.at, one.recorded_at, tone="bad")
    papers = tuple(words.say("附件：", "file: ") + each for each in files.get(one.seq, ()))
    return replace(line, detail=(*line.detail, *papers))


def obligations_page(
    person: str, ref: CaseRef, which: Literal["open", "done"], after: str, at: datetime, *, lang: Lang = "zh"
) -> ObligationsPage:
    """Return the obligations of a case, from behind the one with the key `after`. `ref` came from `case_for`."""
    seen = sight(person, ref, at, lang)
    open_, gone = asked(seen), done(seen)
    listed = gone if which == "done" else open_
    shown, more = _from_behind(after, listed)
    return ObligationsPage(
        ref=access.ref_of(seen.row),
        title=seen.row.title,
        mode=seen.row.mode,
        level=seen.words.level(seen.case.level) or seen.words.level(seen.case.colour, "colour"),
        rows=lines(seen, shown),
        open=len(open_),
        done=len(gone),
        late=sum(1 for one in gone if one.state == "late"),
        after=more,
    )


def obligations_of(
    person: str, ref: CaseRef, after: str, at: datetime, *, lang: Lang = "zh"
) -> tuple[tuple[ObligationRow, ...], str]:
    """Return a page of every obligation, the open ones first, from behind `after`, and the key that continues it.

    `ref` came from `case_for`.
    """
    seen = sight(person, ref, at, lang)
    shown, more = _from_behind(after, [*asked(seen), *done(seen)])
    return lines(seen, shown), more


def _from_behind(key: str, listed: Sequence[Obligation]) -> tuple[Sequence[Obligation], str]:
    """Return a page from behind the one with a key (from the beginning where there is none), and its last key."""
    start = next((place for place, one in enumerate(listed, 1) if one.key == key), 0)
    shown = listed[start : start + OWED]
    return shown, shown[-1].key if start + OWED < len(listed) else ""


def export(ref: CaseRef, at: datetime) -> Iterator[str]:
    """Yield the lines of a case's export, each with its line feed."""
    row = models.Case.objects.get(root=ref.root, pk=ref.id)
    events = models.Event.objects.filter(root=row.root, case=row).order_by("seq")
    yield _json({"kind": "fengsui-case", **_head(row, events.count(), at)})
    for body, digest in events.values_list("body", "digest").iterator(chunk_size=500):
        yield _json({"kind": "event", "body": body, "digest": digest})
    for text in models.Beside.objects.filter(root=row.root, case=row).order_by("pk"):
        erased = text.erased_at is not None
        yield _json(
            {
                "kind": "text",
                "token": text.token,
                "salt": text.salt,
                "text": text.text,
                "files": text.files,
                "erased": erased,
            }
        )
    for file in models.File.objects.filter(root=row.root, case=row).order_by("pk"):
        said = {"seq": file.seq, "name": file.name, "digest": file.digest, "size": file.size}
        yield _json({"kind": "file", **said, "media_type": file.media_type, "erased": file.erased_at is not None})


def _head(row: models.Case, events: int, at: datetime) -> dict[str, Any]:
    pack = log.book_of(row).pack
    home = directory.organisation(row.root, row.organisation)
    return {
        "version": 1,
        "case": row.pk,
        "number": row.number,
        "organisation": home.name if home else "",
        "mode": row.mode,
        "plan": {"id": pack.id, "version": pack.version, "digest": pack.digest},
        "pin": row.pin_digest,
        "events": events,
        "head": row.head,
        "exported_at": stamp(at),
        "how": "python3 fengsui-verify.py THIS-FILE",
    }


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def by_code(code: str, at: datetime, *, person: str = "", lang: Lang = "zh") -> tuple[CodeRow, ...]:
    """Return the records that carry a printed code (eight characters of a digest or more); nothing where none does."""
    plain = re.sub(r"[\s·-]", "", code.lower()).removeprefix("sha256:")
    if not CODE.fullmatch(plain):
        return ()
    who = access.reader(person, at) if person else None
    found: list[CodeRow] = []
    for root in directory.roots():
        rows = models.Event.objects.filter(root=root, code=plain[:8]).select_related("case").order_by("pk")[:SAME]
        found += [_code(row, who, at, lang) for row in rows if row.digest.removeprefix("sha256:").startswith(plain)]
    return tuple(found)


def _code(row: models.Event, who: access.Reader | None, at: datetime, lang: Lang) -> CodeRow:
    case = row.case
    words = Words(log.book_of(case).pack, row.root, row.organisation, lang)
    home = directory.organisation(row.root, row.organisation)
    seats, what, system = "", words.say("这条读不懂", "this record cannot be read"), False
    try:
        event = log.event_of(row.body, row.digest)
        system = event.person == SYSTEM.person
        seats, what = words.join(words.body(seat) for seat in event.seats), event_label(event, words.pack, lang)
    except UNREAD:
        pass
    return CodeRow(
        number=case.number,
        organisation=home.name if home else "",
        what=what,
        who=words.say("系统", "system") if system else seats,
        system=system,
        at=row.at,
        recorded_at=row.recorded_at,
        seq=row.seq,
        code=row.code,
        digest=row.digest,
        check=log.check(access.ref_of(case), at),
        exercise=case.mode == "exercise",
        readable=who is not None and who.root == row.root and access.readable(who).filter(pk=case.pk).exists(),
    )

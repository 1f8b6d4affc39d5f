"""Reads of documents: reports and forms owed under a plan, rendered from a case at a given event.

Rules
- A `ref` comes from `cases.selectors.case_for`, which decided that the person may open the case.
- The list reads rows, and folds its case once where a record made it somebody's turn without naming him; one document
  folds its case up to its own record, and no further.
- A record at which the chain is broken, or behind such a one, is no document.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from fengsui.cases import models
from fengsui.cases.pages import CaseRef
from fengsui.cases.selectors import log, verify
from fengsui.cases.selectors.record import UNREAD
from fengsui.cases.selectors.timeline import event_row, files_beside, texts_beside
from fengsui.cases.selectors.words import Words, pick
from fengsui.core import engine
from fengsui.core.case import Case
from fengsui.core.problems import Lang
from fengsui.documents import kinds
from fengsui.documents.letter import Letter
from fengsui.documents.pages import DocumentPage, DocumentRow, DocumentsPage

PAGE = 50
TURNS = ("linked", "urged")
"""Records that go to whose turn it is: the state of the case tells to whom."""


def documents(ref: CaseRef, before: int | None, at: datetime, *, lang: Lang = "zh") -> DocumentsPage:
    """Return the documents of a case, the newest first."""
    row, words = _case(ref, lang)
    kept = _records(ref)
    seqs = [seq for seq in kept if before is None or seq < before]
    shown = sorted(seqs, reverse=True)[:PAGE]
    texts = texts_beside(ref.root, ref.id)
    corrected = {target for target, _ in _corrections(ref)}
    rows = models.Event.objects.filter(root=ref.root, case=ref.id, seq__in=shown).order_by("-seq")
    went = _went(ref, row, words, {one.seq for one in rows if one.type in TURNS})
    lines = (_row(one, words, texts, kept, one.seq in corrected, went.get(one.seq, ())) for one in rows)
    return DocumentsPage(
        ref=ref,
        title=row.title,
        mode=row.mode,
        rows=tuple(line for line in lines if line),
        check=verify(ref, at),
        before=shown[-1] if len(seqs) > PAGE else None,
    )


def document(ref: CaseRef, seq: int, at: datetime, *, lang: Lang = "zh") -> DocumentPage | None:
    """Return one document, or None where the record is none."""
    kept = _records(ref)
    if seq not in kept:
        return None
    row, words = _case(ref, lang)
    check = verify(ref, at)
    sound = check.broken_at is None or check.broken_at > seq
    return DocumentPage(
        ref=ref,
        title=row.title,
        mode=row.mode,
        seq=seq,
        kind=pick(kinds.NAMES[kept[seq]], lang),
        check=check,
        paper=_letter(ref, row, seq, kept, words).paper() if sound else None,
        corrected=tuple(by for target, by in _corrections(ref) if target == seq),
        earlier=max((one for one in kept if one < seq), default=None),
        later=min((one for one in kept if one > seq), default=None),
    )


def numbers(ref: CaseRef) -> frozenset[int]:
    """Return which records of a case are documents: a page of the log leads to them."""
    return frozenset(_records(ref))


def _case(ref: CaseRef, lang: Lang) -> tuple[models.Case, Words]:
    row = models.Case.objects.get(root=ref.root, pk=ref.id)
    return row, Words(log.book_of(row).pack, row.root, row.organisation, lang)


def _records(ref: CaseRef) -> dict[int, str]:
    """Return the kind of every document of a case by the number of its record, in the log's order."""
    rows = models.Event.objects.filter(root=ref.root, case=ref.id, type__in=kinds.KINDS).order_by("seq")
    found = rows.values_list("seq", "type", "body__content__last")
    return {seq: kind for seq, type_, last in found if (kind := kinds.kind_of(type_, {"last": last}))}


def _content(body: Any) -> Mapping[str, Any]:
    """Return the content of a stored body, or nothing of one that somebody spoiled."""
    content = body.get("content") if isinstance(body, Mapping) else None
    return content if isinstance(content, Mapping) else {}


def _corrections(ref: CaseRef) -> list[tuple[int, int]]:
    """Return which record was put right by which."""
    rows: QuerySet[models.Event] = models.Event.objects.filter(root=ref.root, case=ref.id, type="corrected")
    found = ((str(_content(one.body).get("target", "")), one.seq) for one in rows.order_by("seq"))
    return [(int(target), by) for target, by in found if target.isdecimal()]


def _went(ref: CaseRef, row: models.Case, words: Words, seqs: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Return to whom the records of these numbers went, by the state of the case right after each."""
    found: dict[int, tuple[str, ...]] = {}
    try:
        case: Case | None = log.fold(ref.root, ref.id) if seqs else None
    except UNREAD:
        return found
    while case is not None and len(found) < len(seqs):
        if case.seq in seqs:
            found[case.seq] = Letter(row.number, log.book_of(row), case, words, {}, (), 0).addressees()
        case = case.before
    return found


def _row(
    one: models.Event,
    words: Words,
    texts: Mapping[str, str],
    kept: Mapping[int, str],
    corrected: bool,
    went: tuple[str, ...],
) -> DocumentRow | None:
    try:
        event = log.event_of(one.body, one.digest)
        line, title = event_row(event, words, texts), kinds.title(event, words, _count(kept, one.seq))
    except UNREAD:
        return None
    return DocumentRow(
        seq=one.seq,
        word=kinds.MARKS[kept[one.seq]],
        kind=pick(kinds.NAMES[kept[one.seq]], words.lang),
        title=title,
        to=words.join(tuple(words.body(text) for text in event.addressees) or went),
        who=line.who,
        at=event.at,
        code=line.code,
        corrected=corrected,
    )


def _count(kept: Mapping[int, str], seq: int) -> int:
    """Return the place of a report among the case's reports, from 1."""
    return sum(kind == kinds.REPORT for each, kind in kept.items() if each <= seq)


def _letter(ref: CaseRef, row: models.Case, seq: int, kept: Mapping[int, str], words: Words) -> Letter:
    rows = models.Event.objects.filter(root=ref.root, case=ref.id, seq__lte=seq).order_by("seq")
    case = engine.replay(log.event_of(one.body, one.digest) for one in rows)
    return Letter(
        number=row.number,
        book=log.book_of(row),
        case=case,
        words=words,
        texts=texts_beside(ref.root, ref.id),
        files=files_beside(ref.root, ref.id).get(seq, ()),
        count=_count(kept, seq),
    )


__all__ = ["document", "documents", "numbers"]

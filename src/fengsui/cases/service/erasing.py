"""A lawful erasure: the words and files beside an event go, the event and its chain stay.

Rules
- Only what lies beside the log can be erased; the token in the event remains and proves that something stood there.
- Salt, text and bytes go together: without the salt the digest tells nothing.
- An erasure names who ordered it and why, and is an entry of the ledger.
"""

from datetime import datetime

from django.db import transaction

from fengsui.cases import models
from fengsui.cases.file_store import place
from fengsui.cases.service import beside
from fengsui.directory import selectors as directory
from fengsui.ledger import service as ledger
from fengsui.ledger.problems import refuse

OFFICE = "security_admin"


@transaction.atomic
def erase(case: str, seq: int, *, reason: str, actor: str, at: datetime) -> int:
    """Erase what lies beside one event of a case; return how many texts and files. For the security administrator."""
    who = directory.person(actor)
    row = models.Case.objects.filter(pk=case, root=who.root).first() if who else None
    if who is None or row is None:
        raise refuse("absent")
    if who.office != OFFICE:
        raise refuse(
            "not_your_office", doing="依法删除", doing_en="a lawful erasure", offices="安全管理员", offices_en=OFFICE
        )
    if not reason.strip():
        raise refuse("bad_input", what="理由", what_en="the reason", why="未填写", why_en="it is empty")
    event = models.Event.objects.filter(root=row.root, case=row, seq=seq).first()
    if event is None:
        raise refuse("absent")
    tokens = set(tokens_of(event.body["content"]))
    texts = models.Beside.objects.filter(root=row.root, case=row, token__in=tokens, erased_at=None)
    count = texts.update(text="", salt="", files=[], erased_at=at)
    if event.type == "opened":
        models.Case.objects.filter(pk=row.pk).update(title="")
        models.Gram.objects.filter(root=row.root, case=row).delete()
    for file in models.File.objects.filter(root=row.root, case=row, seq=seq, erased_at=None):
        place(row.root, file.pk).unlink(missing_ok=True)
        models.File.objects.filter(pk=file.pk).update(erased_at=at, name="")
        count += 1
    ledger.record(row.root, "erased", {"case": case, "seq": seq, "count": count, "reason": reason}, actor=actor, at=at)
    return count


def tokens_of(value: object) -> list[str]:
    """Return every token in the content of an event."""
    if isinstance(value, str):
        return [value] if value.startswith(beside.TOKEN) else []
    if isinstance(value, dict):
        return [token for part in value.values() for token in tokens_of(part)]
    return [token for part in value for token in tokens_of(part)] if isinstance(value, list) else []

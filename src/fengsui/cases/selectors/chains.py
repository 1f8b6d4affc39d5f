"""Every chain of a root and every file of its evidence held against itself, for who makes or restores a backup.

Rules
- One pass over the log in the order of an index, whatever its length; nothing is kept but the case at hand.
- A case without events, or whose row remembers another head than its log has, is broken too.
- Evidence that was lawfully erased is not looked for.
"""

import hashlib
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from django.db.models import TextField
from django.db.models.functions import Cast

from fengsui.cases import models
from fengsui.cases.file_store import place
from fengsui.cases.selectors.log import first_break


def chains(root: str) -> Iterator[tuple[str, int, int | None]]:
    """Yield of each case its number, how many events fit, and the first that does not (None: all do)."""
    cases = {
        id: (number, head)
        for id, number, head in models.Case.objects.filter(root=root).values_list("pk", "number", "head").iterator()
    }
    rows = models.Event.objects.filter(root=root).order_by("case", "seq").annotate(text=Cast("body", TextField()))
    logs = rows.values_list("case_id", "text", "digest", "seq").iterator(chunk_size=2000)
    for case, log in groupby(logs, key=itemgetter(0)):
        number, head = cases.pop(case)
        # Not the function itself: it remembers, and here nothing is asked for twice.
        broken, count, last = first_break.__wrapped__(tuple(row[1:] for row in log))
        yield number, count, count + 1 if broken is None and last != head else broken
    for number, _head in cases.values():
        yield number, 0, 1


def evidence(root: str) -> Iterator[tuple[str, str, bool]]:
    """Yield of each file that was not erased the number of its case, its name, and whether its bytes are there."""
    files = models.File.objects.filter(root=root, erased_at=None).order_by("case", "seq")
    for case, id, name, digest in files.values_list("case__number", "pk", "name", "digest").iterator():
        try:
            with place(root, id).open("rb") as file:
                found = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
        except OSError:
            found = ""
        yield case, name, found == digest

"""Cases found by a text, at a cost that does not grow with the cases that are closed.

Rules
- A title is kept as its pairs of neighbouring characters (`models.Gram`), letters small, spaces left out; its last
  character stands alone, so that a single character is found by the beginning of a pair.
- A rare text is looked up: the cases of its rarest pair that have all the others, then the title itself is compared.
  A text whose every pair is common is met soon on the way from the newest case on; then the list is walked.
- A number is found by its beginning, or by the digits of its last part (`4`, `0004`).
- A title is content: it is searched only where the case itself may be read.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from fengsui.cases import models
from fengsui.cases.selectors import access
from fengsui.core.canon import natural
from fengsui.directory import selectors as directory

COMMON = 1000
"""From so many cases on a pair of characters is common."""


def grams(text: str) -> set[str]:
    """Return the pairs of neighbouring characters of a text, and its last character."""
    plain = "".join(text.lower().split())
    return {plain[n : n + 2] for n in range(len(plain))}


def matching(rows: QuerySet[models.Case], text: str, who: access.Reader) -> QuerySet[models.Case]:
    """Return those of the rows whose number or title answers to a text."""
    plain = text.strip()
    numbered = _numbered(plain, who.root)
    told = access.whole(who) & Q(title__icontains=plain)
    rare = _rare(who.root, plain)
    if rare is not None:
        rows = rows.filter(pk__in=[*numbered, *rare])
    return rows.filter(Q(pk__in=numbered) | told)


def _numbered(text: str, root: str) -> list[str]:
    """Return the cases whose number begins with a text, or ends in its digits."""
    rows = models.Case.objects.filter(root=root)
    digits = natural(text)
    if digits is not None:
        top = directory.organisation(root, root)
        years = models.Counter.objects.filter(root=root).values_list("year", flat=True).distinct()
        heads = [f"{top.code}-{year}-{mark}" for year in years for mark in ("", "Y")] if top else []
        rows = rows.filter(number__in=[f"{head}{digits:04d}" for head in heads])
    else:
        rows = rows.filter(number__gte=text.upper(), number__lt=f"{text.upper()}\uffff").order_by("-number")
    return list(rows.values_list("pk", flat=True)[:COMMON])


def _rare(root: str, text: str) -> list[str] | None:
    """Return the cases that may hold a text, by its rarest pair; None where all of them are common."""
    plain = "".join(text.lower().split())
    pairs = {plain[n : n + 2] for n in range(len(plain) - 1)}
    if not pairs:
        begins = models.Gram.objects.filter(root=root, word__gte=plain, word__lt=f"{plain}\uffff")
        found = list(begins.values_list("case", flat=True)[: COMMON + 1])
        return found if len(found) <= COMMON else None
    counts = {pair: models.Gram.objects.filter(root=root, word=pair)[:COMMON].count() for pair in sorted(pairs)}
    rarest = min(counts, key=lambda pair: counts[pair])
    if counts[rarest] >= COMMON:
        return None
    rows = models.Gram.objects.filter(root=root, word=rarest)
    for pair in pairs - {rarest}:
        rows = rows.filter(Exists(models.Gram.objects.filter(root=root, word=pair, case=OuterRef("case"))))
    return list(rows.values_list("case", flat=True))

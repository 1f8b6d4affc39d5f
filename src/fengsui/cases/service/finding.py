"""What the list of cases keeps: the characters of titles, and the views that people name.

Rules
- A view is its person's own. One of them may be the default: the list opens with it.
- A name given again replaces the view; a query holds filters only, never the place in the list.
"""

from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from django.db import transaction

from fengsui.cases import models
from fengsui.cases.selectors.finding import grams
from fengsui.directory import selectors as directory
from fengsui.ledger.ids import new_id
from fengsui.ledger.problems import refuse
from fengsui.ledger.rows import made

MOST = 20
"""Views that one person keeps."""


def remember_title(row: models.Case) -> None:
    """Keep the characters of a title, or forget them where it has been erased."""
    models.Gram.objects.filter(root=row.root, case=row).delete()
    models.Gram.objects.bulk_create(grams_of(row))


def grams_of(row: models.Case) -> list[models.Gram]:
    """Return the characters of a title as rows, not yet written."""
    return [
        made(models.Gram, id=new_id(row.opened_at), root=row.root, case_id=row.pk, word=word)
        for word in sorted(grams(row.title))
    ]


@transaction.atomic
def save_view(person: str, name: str, query: str, *, default: bool, at: datetime) -> None:
    """Keep the filters of an address under a name. Raises Refused (`bad_input`)."""
    who = directory.person(person)
    kept = urlencode([(key, value) for key, value in parse_qsl(query) if key not in ("after", "all") and value])
    name = name.strip()
    if who is None or not name or len(name) > 40 or len(kept) > 500:
        raise refuse(
            "bad_input",
            what="视图名",
            what_en="the name of the view",
            why="空着，或超过 40 字",
            why_en="empty or too long",
        )
    mine = models.SavedView.objects.filter(root=who.root, person=person)
    if mine.exclude(name=name).count() >= MOST:
        raise refuse(
            "bad_input", what="视图", what_en="the view", why=f"已有 {MOST} 个", why_en=f"there are {MOST} already"
        )
    if default:
        mine.update(default=False)
    models.SavedView.objects.update_or_create(
        root=who.root,
        person=person,
        name=name,
        defaults={"query": kept, "default": default, "at": at},
        create_defaults={"id": new_id(at), "query": kept, "default": default, "at": at},
    )


def drop_view(person: str, view: str) -> None:
    """Forget a view of one's own; what is not there is no error."""
    models.SavedView.objects.filter(person=person, pk=view).delete()

"""What discharges an obligation: the act, and what is known of it already; for those who ask by key, not by page."""

from dataclasses import dataclass
from datetime import datetime

from fengsui.cases import models
from fengsui.cases.pages import ActLink, CaseRef
from fengsui.cases.selectors import log
from fengsui.cases.selectors.owed import as_of, discharge_link
from fengsui.cases.selectors.words import STATE_LABELS, Words
from fengsui.core.obligations import LIVE
from fengsui.core.problems import Lang


@dataclass(frozen=True, slots=True)
class Discharge:
    """The act that discharges an obligation, and whether it is still owed; `state` in both languages."""

    link: ActLink
    live: bool
    state: tuple[str, str]


def discharge(ref: CaseRef, key: str, at: datetime, *, lang: Lang = "zh") -> Discharge | None:
    """Return how an obligation of a case is discharged, or None. `ref` came from `case_for`."""
    kept = models.Obligation.objects.filter(root=ref.root, case=ref.id, key=key).first()
    if kept is None:
        return None
    row = models.Case.objects.get(root=ref.root, pk=ref.id)
    words, state = Words(log.book_of(row).pack, row.root, row.organisation, lang), as_of(kept, at)
    return Discharge(discharge_link(kept, words), state in LIVE, STATE_LABELS[state])


def sent_before(person: str, ref: CaseRef, key: str | None) -> bool:
    """Return whether a person has done something under this key: the service then answers with its receipt."""
    return bool(key) and models.Submission.objects.filter(root=ref.root, person=person, key=key).exists()

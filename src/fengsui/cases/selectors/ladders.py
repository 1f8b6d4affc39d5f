"""Which ladder an organisation rings by, and where an obligation stands on it.

Rules
- The nearest organisation upwards that wrote its own ladder decides; where none did, the one that is shipped.
- A hard obligation is rung about its due time, a soft word about the owner's watch time, nothing else has a ladder.
- What is undecided is rung before its due time only, and only where somebody would owe it: it cannot be overdue.
"""

from dataclasses import dataclass
from datetime import datetime

from fengsui.cases import ladder, models
from fengsui.cases.ladder import Ladder, Ladders, Ring
from fengsui.core.canon import moment
from fengsui.directory import selectors as directory
from fengsui.ledger.once import once, steady


@dataclass(frozen=True, slots=True)
class Stand:
    """An obligation on its ladder: since when time runs, and the time that the rungs are about."""

    ladder: Ladder
    begin: datetime
    aim: datetime
    decided: bool = True

    def next(self, after: datetime) -> Ring | None:
        """Return the next ring after a moment."""
        ring = self.ladder.next(self.begin, self.aim, after)
        return ring if ring and (self.decided or ring.rung.before) else None

    def missed(self, after: datetime, at: datetime) -> tuple[Ring, ...]:
        """Return what is to be rung at `at`, if nothing was since `after`."""
        found = self.ladder.missed(self.begin, self.aim, after, at if self.decided else min(at, self.aim))
        return tuple(ring for ring in found if self.decided or ring.rung.before)

    def ring(self, name: str) -> Ring | None:
        """Return the ring of a name, or None where there is no such ring any more."""
        return self.ladder.ring(name, self.begin, self.aim)


@steady
def ladders_of(root: str, organisation: str) -> Ladders:
    """Return the ladders in force in an organisation."""
    own = own_texts(root)
    line = directory.line(root, organisation) if own else ()
    return next((ladder.read(own[one.id]) for one in line if one.id in own), ladder.default())


def own_texts(root: str) -> dict[str, str]:
    """Return the ladders that organisations of a root wrote, by organisation."""
    return dict(models.Ladder.objects.filter(root=root).exclude(text="").values_list("organisation", "text"))


@once
def changed_since(root: str, at: datetime) -> bool:
    """Return whether a ladder of a root was written or taken back since a moment."""
    return models.Ladder.objects.filter(root=root, at__gt=at).exists()


def aim(row: models.Obligation) -> datetime | None:
    """Return the time that an obligation is rung about."""
    if row.data["kind"] == "hard":
        return row.due
    watch = row.data.get("watch_at") if row.data["kind"] == "soft" else None
    return moment(watch) if watch else None


def stand(row: models.Obligation, ladders: Ladders) -> Stand | None:
    """Return where a live obligation stands; None for what is over or is not rung about."""
    at = aim(row)
    if not row.live or at is None or (row.state == "undecided" and not row.by):
        return None
    begin = moment(row.data["start"]) if row.data.get("start") else row.opened
    one = ladders.hard if row.data["kind"] == "hard" else ladders.soft
    return Stand(one, begin, at, row.state != "undecided")

"""The worker's side of the watchman: it leaves a sign of life, and notices when its clock leapt.

Rules
- One row for each worker, rewritten while it is at work; what no worker has renewed for a day is swept
  away when another one begins.
- The clock is held against the machine's steady counter, by which the beats of all workers of one machine compare.
  A leap is written down: it is over in a second, and somebody has to hear of it.
"""

from datetime import datetime, timedelta

from django.db import transaction

from fengsui.ledger.ids import new_id
from fengsui.notifications.models import Beat

INSTALLATION = "installation"
"""The root of what belongs to no organisation."""
LEAP = timedelta(seconds=30)
"""By how much a clock must differ from the steady counter to be called set: a clock being adjusted drifts far less."""
KEPT = timedelta(days=1)
Steady = tuple[str, float]
"""Which start of the machine, and the seconds of its steady counter (`server.clock.steady`)."""


@transaction.atomic
def beat(worker: str, *, at: datetime, steady: Steady, fault: str = "") -> timedelta:
    """Write that a worker is alive, and the job that fails in every round; return by how much its clock leapt."""
    boot, ticks = steady
    mine = Beat.objects.filter(root=INSTALLATION, worker=worker).first()
    leap = _leap(at, steady)
    values = {"boot": boot, "ticks": ticks, "at": at, "fault": fault}
    values["fault_at"] = (mine.fault_at if mine and mine.fault == fault else at) if fault else None
    if leap:
        values |= {"jumped_at": at, "jump": int(leap.total_seconds())}
    if mine is None:
        Beat.objects.filter(root=INSTALLATION, at__lt=at - KEPT).delete()
        Beat(id=new_id(at), root=INSTALLATION, worker=worker, started_at=at, **values).save(force_insert=True)
    else:
        Beat.objects.filter(root=INSTALLATION, pk=mine.pk).update(**values)
    return leap


def _leap(at: datetime, steady: Steady) -> timedelta:
    """Return by how much the clock leapt since the last beat on this machine; nothing when it ran evenly."""
    last = Beat.objects.filter(root=INSTALLATION, boot=steady[0]).order_by("-ticks").first()
    leap = apart(last, at, steady) if last else timedelta()
    return leap if abs(leap) > LEAP else timedelta()


def apart(row: Beat, at: datetime, steady: Steady) -> timedelta:
    """Return by how much a clock differs from the one of a beat on the same machine."""
    return at - row.at - timedelta(seconds=steady[1] - row.ticks)

"""Tables of the ledger: an append-only hash chain per stream; and `Rooted`, what every growing table begins with."""

from django.db import models


class Rooted(models.Model):
    """A row that belongs to one topmost organisation (`root`), which leads every index and unique constraint.

    `id` is a UUIDv7 as text (`ledger.ids`). No foreign key has an index of its own: it would not lead with `root`.
    """

    id = models.CharField(primary_key=True, max_length=36)
    root = models.CharField(max_length=36)

    class Meta:
        abstract = True


class Entry(Rooted):
    """One administrative change. Never updated, never deleted; `digest` seals it and the entry before it."""

    stream = models.CharField(max_length=100)
    seq = models.PositiveIntegerField()
    type = models.CharField(max_length=60)
    content = models.JSONField()
    actor = models.CharField(max_length=36)
    at = models.DateTimeField()
    previous = models.CharField(max_length=71, blank=True)
    digest = models.CharField(max_length=71)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "stream", "seq"], name="ledger_entry_seq")]

"""Tables of the library: installed packs, which pack governs whom, its readings, and the work calendar.

`Pack`, `ReadingSet`, `Overlay` and `Calendar` are immutable and found by digest, so that a case can be replayed for
ever from its pin. `Governing` is the one row that changes: what an organisation opens its next case with; an
`OverlayDraft` is what it is still writing.
"""

from django.db import models

from fengsui.ledger.models import Rooted

DIGEST = 71  # "sha256:" and 64 hexadecimal digits


class Pack(Rooted):
    """An installed pack: its files as they came, by digest. Never updated."""

    digest = models.CharField(max_length=DIGEST)
    name = models.CharField(max_length=100)
    version = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    files = models.JSONField()
    warnings = models.JSONField(default=list)
    installed_by = models.CharField(max_length=36)
    installed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "digest"], name="library_pack_digest")]


class ReadingSet(Rooted):
    """All readings of one pack in one organisation at one time, by digest. Never updated."""

    digest = models.CharField(max_length=DIGEST)
    values = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "digest"], name="library_reading_set_digest")]


class Decision(Rooted):
    """One reading set by the plan's owner: value, person, moment, reason. Never updated; a later one supersedes."""

    organisation = models.CharField(max_length=36)
    pack = models.CharField(max_length=100)
    name = models.CharField(max_length=120)
    value = models.CharField(max_length=300, blank=True)
    reason = models.TextField()
    actor = models.CharField(max_length=36)
    at = models.DateTimeField()
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["root", "organisation", "pack", "number"], name="library_decision_number")
        ]


class Overlay(Rooted):
    """A version of an organisation's own additions to a plan, as published. Never updated; the digest is its data's."""

    organisation = models.CharField(max_length=36)
    pack = models.CharField(max_length=100)
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=DIGEST)
    text = models.TextField()
    actor = models.CharField(max_length=36)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["root", "organisation", "pack", "number"], name="library_overlay_number")
        ]
        indexes = [models.Index(fields=["root", "digest"], name="library_overlay_digest")]


class OverlayDraft(Rooted):
    """The additions an organisation is writing, faults and all; publishing makes a version of them."""

    organisation = models.CharField(max_length=36)
    pack = models.CharField(max_length=100)
    text = models.TextField()
    actor = models.CharField(max_length=36)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "organisation", "pack"], name="library_overlay_draft")]


class Governing(Rooted):
    """Which pack, readings and overlay govern an organisation now. Changed only by the service."""

    organisation = models.CharField(max_length=36)
    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, db_index=False)
    readings = models.ForeignKey(ReadingSet, on_delete=models.PROTECT, db_index=False)
    overlay = models.ForeignKey(Overlay, on_delete=models.PROTECT, db_index=False, null=True)
    settings = models.JSONField(default=dict)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "organisation"], name="library_governing_organisation")]


class Regime(Rooted):
    """A regime that runs beside an organisation's plan from its next case on, with its readings. `name` is its id."""

    organisation = models.CharField(max_length=36)
    name = models.CharField(max_length=100)
    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, db_index=False)
    readings = models.ForeignKey(ReadingSet, on_delete=models.PROTECT, db_index=False)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "organisation", "name"], name="library_regime_name")]


class PlanText(Rooted):
    """The plan's own text, attached to an installed pack by the organisation that has it; stays in this database."""

    organisation = models.CharField(max_length=36)
    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, db_index=False)
    text = models.TextField()
    digest = models.CharField(max_length=DIGEST)
    actor = models.CharField(max_length=36)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "organisation", "pack"], name="library_plan_text")]


class CalendarDay(Rooted):
    """A weekday off or a weekend day worked, as published or as the organisation set it."""

    day = models.DateField()
    worked = models.BooleanField()
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "day"], name="library_calendar_day")]


class CalendarYear(Rooted):
    """A year whose work calendar is published. Other years are estimated from the week."""

    year = models.PositiveIntegerField()
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "year"], name="library_calendar_year")]


class Calendar(Rooted):
    """A snapshot of the work calendar, by digest; cases are pinned to it. The highest `number` is the one in use."""

    digest = models.CharField(max_length=DIGEST)
    rows = models.JSONField()
    at = models.DateTimeField()
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "digest"], name="library_calendar_digest")]

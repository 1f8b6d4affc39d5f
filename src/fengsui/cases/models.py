"""Tables of the record: the event log and what is computed from it.

`Event` is the truth and only grows. `Case`, `Obligation`, `Involved` and `Mention` are projections, rewritten by
`service` in the transaction of the event and rebuilt from the log with the same result. `Beside` and `File` hold what
a law may order to be erased; the event keeps only a salted digest of them. `Fresh` are pointers for followers. `Gram`
and `SavedView` serve the list of cases. `Ladder` is an organisation's own way to remind.
"""

from typing import Any

from django.db import models

from fengsui.ledger.models import Rooted

DIGEST = 71
RUNG = 24
"""Of a rung: ten letters, and the number of one that comes again every minute for longer than anything is owed."""


def computed(table: type[Rooted], gone: Any = models.PROTECT) -> Any:
    """Name the row of which others are computed: no constraint of the database.

    They are written in one transaction with it and rebuilt from the log; the events themselves hold the case, so that
    no case can be deleted under them. Thirty questions of the database a report would ask for what cannot be otherwise.
    """
    return models.ForeignKey(table, on_delete=gone, db_index=False, db_constraint=False, related_name="+")


class Counter(Rooted):
    """The last number given, per root, year and mode. Its row lock puts openings in order."""

    year = models.PositiveIntegerField()
    mode = models.CharField(max_length=10)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "year", "mode"], name="cases_counter_year")]


class Case(Rooted):
    """The row of one case: its number and pin, and the fold of its events as the lists need it."""

    organisation = models.CharField(max_length=36)
    number = models.CharField(max_length=24)
    kind = models.CharField(max_length=12)
    mode = models.CharField(max_length=10)
    title = models.CharField(max_length=300, blank=True)
    owner = models.CharField(max_length=120, blank=True)
    asset = models.CharField(max_length=36, blank=True)
    pin = models.JSONField()
    pin_digest = models.CharField(max_length=DIGEST)
    opened_at = models.DateTimeField()
    # From here on: computed from the events.
    seq = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=DIGEST, blank=True)
    phase = models.CharField(max_length=10, default="open")
    stage = models.CharField(max_length=20, blank=True)
    level = models.CharField(max_length=60, blank=True)
    proposed = models.CharField(max_length=60, blank=True)
    response = models.CharField(max_length=60, blank=True)
    colour = models.CharField(max_length=60, blank=True)
    reported_up = models.BooleanField(default=False)
    told_at = models.DateTimeField(null=True)
    open_count = models.PositiveIntegerField(default=0)
    active = models.BooleanField(default=True)
    waits = models.BooleanField(default=False)
    waits_for = models.JSONField(default=list)
    last_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "number"], name="cases_case_number")]
        indexes = [
            # The worker: cases whose own moment has come.
            models.Index(
                fields=["root", "next_at"], name="cases_case_moment", condition=models.Q(next_at__isnull=False)
            ),
            # The lists of who reads the whole root, then those within an organisation and phase: newest first.
            models.Index(fields=["root", "opened_at"], name="cases_case_all"),
            models.Index(fields=["root", "organisation", "opened_at"], name="cases_case_newest"),
            models.Index(fields=["root", "organisation", "level", "opened_at"], name="cases_case_level"),
            models.Index(fields=["root", "organisation", "stage", "opened_at"], name="cases_case_stage"),
            models.Index(fields=["root", "organisation", "owner", "opened_at"], name="cases_case_owner"),
            # The desk: what is not closed. Partial, so that closed cases do not weigh.
            models.Index(
                fields=["root", "organisation", "opened_at"], name="cases_case_active", condition=models.Q(active=True)
            ),
            models.Index(fields=["root", "opened_at"], name="cases_case_living", condition=models.Q(active=True)),
            # The desk: what happened last, and the few cases in which a chain waits for somebody.
            models.Index(fields=["root", "organisation", "last_at"], name="cases_case_last"),
            models.Index(fields=["root", "last_at"], name="cases_case_latest"),
            models.Index(
                fields=["root", "organisation", "last_at"], name="cases_case_waits", condition=models.Q(waits=True)
            ),
        ]


class Event(Rooted):
    """One sealed event, whole, as the core wrote it. Never updated, never deleted.

    `organisation` is the case's and `code` the first eight of the digest: what the audit and the printed code look up.
    """

    organisation = models.CharField(max_length=36, default="")
    code = models.CharField(max_length=8, default="")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, db_index=False, related_name="+")
    seq = models.PositiveIntegerField()
    type = models.CharField(max_length=40)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    body = models.JSONField()
    previous = models.CharField(max_length=DIGEST, blank=True)
    digest = models.CharField(max_length=DIGEST)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "case", "seq"], name="cases_event_seq")]
        indexes = [
            # The audit, newest first: an id is a UUIDv7 of the moment of record, so its order is that of time.
            models.Index(fields=["root", "organisation", "id"], name="cases_event_trail"),
            models.Index(fields=["root", "id"], name="cases_event_all"),
            models.Index(fields=["root", "type", "id"], name="cases_event_type"),
            models.Index(fields=["root", "code"], name="cases_event_code"),
        ]


class Mention(Rooted):
    """What an event may be asked for by: `person:` and an id, `clause:` and a clause (`service.mentions`)."""

    event = computed(Event, models.CASCADE)
    word = models.CharField(max_length=160)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "word", "event"], name="cases_mention_word")]
        # A rebuild writes the words of a case anew.
        indexes = [models.Index(fields=["root", "event"], name="cases_mention_event")]


class Beside(Rooted):
    """Free text kept beside an event: the event holds `token`, a digest over salt and text. Erasing empties it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, db_index=False, related_name="+")
    token = models.CharField(max_length=80)
    salt = models.CharField(max_length=32, blank=True)
    text = models.TextField(blank=True)
    files = models.JSONField(default=list)
    at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "case", "token"], name="cases_beside_token")]


class File(Rooted):
    """A file handed in with an act: hashed, sized and typed at intake; the bytes lie in the file store."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, db_index=False, related_name="+")
    seq = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=DIGEST)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=120)
    at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["root", "case", "seq"], name="cases_file_event")]


class Obligation(Rooted):
    """One obligation of one case as the engine answered last, and its next reminder (`next_rung`, `next_at`).

    `rung_at` is the worker's memory: up to which moment the ladder has been rung. `estimated_by` is the digest of the
    work calendar that could only estimate the due time, empty where it is certain.
    """

    case = computed(Case)
    organisation = models.CharField(max_length=36)
    key = models.CharField(max_length=160)
    duty = models.CharField(max_length=100)
    state = models.CharField(max_length=16)
    live = models.BooleanField()
    owes = models.CharField(max_length=300)
    by = models.JSONField(default=list)
    to = models.JSONField(default=list)
    opened = models.DateTimeField()
    due = models.DateTimeField(null=True)
    data = models.JSONField(default=dict)
    estimated_by = models.CharField(max_length=DIGEST, blank=True)
    rung_at = models.DateTimeField(null=True)
    next_rung = models.CharField(max_length=RUNG, blank=True)
    next_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "case", "key"], name="cases_obligation_key")]
        indexes = [
            # The worker: reminders whose moment has come, and what waits for a year of the calendar. Partial, so that
            # looking costs nothing however many obligations there are.
            models.Index(
                fields=["root", "next_at"], name="cases_obligation_rung", condition=models.Q(next_at__isnull=False)
            ),
            models.Index(
                fields=["root", "estimated_by", "case"],
                name="cases_obligation_guess",
                condition=models.Q(estimated_by__gt=""),
            ),
            # The desk: what is open in an organisation, the nearest due first.
            models.Index(
                fields=["root", "organisation", "due", "id"],
                name="cases_obligation_near",
                condition=models.Q(live=True),
            ),
            # The same over a whole root.
            models.Index(fields=["root", "due", "id"], name="cases_obligation_next_due", condition=models.Q(live=True)),
            # The wall: how what fell due lately was kept.
            models.Index(fields=["root", "organisation", "due", "state"], name="cases_obligation_kept"),
        ]


class Ladder(Rooted):
    """The ladders an organisation wrote for itself and those below it; no text is the ladder from above.

    While `pending`, the worker sets the next reminders of open obligations anew: it has come up to obligation `upto`.
    """

    organisation = models.CharField(max_length=36)
    text = models.TextField(blank=True)
    paper = models.CharField(max_length=200)
    by = models.CharField(max_length=36)
    at = models.DateTimeField()
    pending = models.BooleanField(default=True)
    upto = models.CharField(max_length=36, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "organisation"], name="cases_ladder_home")]
        indexes = [models.Index(fields=["root", "at"], name="cases_ladder_pending", condition=models.Q(pending=True))]


class Involved(Rooted):
    """A body that the plan brought into a case, and from which event on.

    `organisation` is the body's own on this case; empty where units of it may sit in several.
    """

    case = computed(Case)
    organisation = models.CharField(max_length=36)
    party = models.CharField(max_length=160)
    since_seq = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "case", "party"], name="cases_involved_party")]
        # Which cases a body was brought into, answered out of the index alone: a headquarters has them by the thousand.
        indexes = [models.Index(fields=["root", "organisation", "party", "case"], name="cases_involved_where")]


class Gram(Rooted):
    """Two neighbouring characters of a case's title, by which a text is looked up (`selectors.finding`).

    Case ids are UUIDv7: the index holds the cases of a gram in the order of time.
    """

    case = computed(Case)
    word = models.CharField(max_length=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "word", "case"], name="cases_gram_word")]


class SavedView(Rooted):
    """Filters of the list of cases that a person gave a name; `query` as it stands in the address."""

    person = models.CharField(max_length=36)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500)
    default = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "person", "name"], name="cases_savedview_name")]


class Submission(Rooted):
    """An act that was accepted under a key: the same key gives the same receipt again."""

    key = models.CharField(max_length=80)
    person = models.CharField(max_length=36)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, db_index=False, related_name="+")
    request = models.CharField(max_length=DIGEST)
    receipt = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "person", "key"], name="cases_submission_key")]


class Fresh(Rooted):
    """A pointer for a follower: an event (`seq`) or a reminder (`obligation`, `rung`) it has not yet dealt with."""

    follower = models.CharField(max_length=30)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, db_index=False, related_name="+")
    seq = models.PositiveIntegerField(default=0)
    obligation = models.CharField(max_length=160, blank=True)
    rung = models.CharField(max_length=RUNG, blank=True)
    at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["root", "follower", "case", "seq", "obligation", "rung"], name="cases_fresh_once"
            )
        ]
        indexes = [models.Index(fields=["root", "follower", "not_before"], name="cases_fresh_next")]

"""Tables of the notifications: the outbox, every attempt to send, channels, addresses of persons, roll calls.

`Beat` is what a worker leaves behind at work, so that a web process sees when all of them fell silent.
"""

from django.db import models

from fengsui.ledger.models import Rooted


class Message(Rooted):
    """One message to one person about one event or one reminder: as a notice on the page, or by outside channels.

    `channel` is `inapp`, or `outside` for whatever addresses the person has; `case` is empty for a roll call.
    A notice is sent when its row stands. `read_at` is the person's acknowledgement.
    """

    case = models.CharField(max_length=36, blank=True)
    number = models.CharField(max_length=24, blank=True)
    about = models.CharField(max_length=220)
    person = models.CharField(max_length=36)
    channel = models.CharField(max_length=20)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    exercise = models.BooleanField(default=False)
    urgent = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default="waiting")
    tries = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["root", "case", "about", "person", "channel"], name="notifications_message_once"
            )
        ]
        indexes = [
            # The sender, and whether messages flow: what is still to be sent.
            models.Index(
                fields=["root", "next_at"], name="notifications_next", condition=models.Q(next_at__isnull=False)
            ),
            # The watchman: what was given up lately.
            models.Index(
                fields=["root", "created_at"], name="notifications_failed", condition=models.Q(state="failed")
            ),
            # The reader: a person's newest notices.
            models.Index(fields=["root", "person", "created_at"], name="notifications_of_person"),
            # The page of attempts: the newest of everybody.
            models.Index(fields=["root", "channel", "id"], name="notifications_newest"),
        ]


class Attempt(Rooted):
    """One try to send a message: when, through which channel, to whom, with which outcome and answer.

    `outcome` is `sent`, `failed`, or `resend` where a person asked for it (`detail` is that person). `letter` is the
    same for all messages that went out as one letter.
    """

    message = models.ForeignKey(Message, on_delete=models.CASCADE, db_index=False, related_name="+")
    channel = models.CharField(max_length=36, blank=True)
    kind = models.CharField(max_length=20, blank=True)
    target = models.CharField(max_length=80, blank=True)
    letter = models.CharField(max_length=36, blank=True)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10)
    detail = models.CharField(max_length=4000, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["root", "message", "at"], name="notifications_attempts"),
            # Whether a channel works: its last tries.
            models.Index(fields=["root", "channel", "at"], name="notifications_of_channel"),
        ]


class Beat(Rooted):
    """The last sign of life of one worker: the moment by its clock and by the machine's steady counter.

    Belongs to the installation, not to an organisation: its root is `pulse.INSTALLATION`. `jumped_at` and `jump` are
    the last leap of the clock that the worker saw; `fault` is the job that has failed in every round since `fault_at`.
    """

    worker = models.CharField(max_length=120)
    boot = models.CharField(max_length=36, blank=True)
    started_at = models.DateTimeField()
    at = models.DateTimeField()
    ticks = models.FloatField()
    jumped_at = models.DateTimeField(null=True)
    jump = models.IntegerField(default=0)
    fault = models.CharField(max_length=120, blank=True)
    fault_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "worker"], name="notifications_beat_worker")]


class Channel(Rooted):
    """A way out of the house that an organisation has set up; those below it use it too.

    `settings` are open, `secrets` are sealed. `exercises`: messages of exercises may go through it.
    """

    organisation = models.CharField(max_length=36)
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    settings = models.JSONField(default=dict)
    secrets = models.TextField(blank=True)
    active = models.BooleanField(default=True)
    exercises = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["root", "organisation", "name"], name="notifications_channel_name")
        ]


class Address(Rooted):
    """What stands for a person on a channel, in the person's own order. `value` is sealed, `shown` is its mask."""

    person = models.CharField(max_length=36)
    channel = models.CharField(max_length=36)
    value = models.TextField(blank=True)
    shown = models.CharField(max_length=80, blank=True)
    place = models.PositiveIntegerField()
    verified_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "person", "channel"], name="notifications_address_once")]
        indexes = [models.Index(fields=["root", "channel"], name="notifications_on_channel")]


class Quiet(Rooted):
    """The hours in which a person wants no outside letter that is not urgent, in the zone of his organisation."""

    person = models.CharField(max_length=36)
    since = models.TimeField()
    until = models.TimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "person"], name="notifications_quiet_person")]


class RollCall(Rooted):
    """The roll call of one body of an organisation in one month (`2026-11`)."""

    organisation = models.CharField(max_length=36)
    body = models.CharField(max_length=60)
    month = models.CharField(max_length=7)
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["root", "month", "organisation", "body"], name="notifications_rollcall_once"
            )
        ]


class RollAnswer(Rooted):
    """One person called in a roll call, and when he answered. He answers once for all bodies that called him."""

    call = models.ForeignKey(RollCall, on_delete=models.CASCADE, db_index=False, related_name="+")
    person = models.CharField(max_length=36)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "call", "person"], name="notifications_rollanswer_once")]
        indexes = [models.Index(fields=["root", "person"], name="notifications_called")]

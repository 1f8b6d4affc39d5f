"""Tables of the notifications: the outbox and every attempt to send. A sent in-app message is the notice itself.

`Beat` is what a worker leaves behind at work, so that a web process sees when all of them fell silent.
"""

from django.db import models

from fengsui.ledger.models import Rooted


class Message(Rooted):
    """One message to one person through one channel, about one event or one reminder."""

    case = models.CharField(max_length=36)
    number = models.CharField(max_length=24)
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
            # The sender: what is to be sent, or whose lease has run out.
            models.Index(fields=["root", "next_at"], name="notifications_next"),
            # The reader: a person's newest notices.
            models.Index(fields=["root", "person", "created_at"], name="notifications_of_person"),
            # The watchman: what was given up lately.
            models.Index(
                fields=["root", "created_at"], name="notifications_failed", condition=models.Q(state="failed")
            ),
        ]


class Attempt(Rooted):
    """One try to send a message: when, with which outcome."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, db_index=False, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10)
    detail = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["root", "message", "at"], name="notifications_attempts")]


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

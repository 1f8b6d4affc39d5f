"""Tables of the directory: organisations, units, people, posts held and lent, outside bodies, assets, sign-ins."""

from django.conf import settings
from django.db import models

from fengsui.ledger.models import Rooted


class Organisation(Rooted):
    """An organisation that adopts a plan. The topmost one of a tree is its own `root`."""

    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, db_index=False)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=12)
    zone = models.CharField(max_length=60, default="Asia/Shanghai")
    tier = models.CharField(max_length=60, blank=True)
    outlines_from_opening = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "code"], name="directory_organisation_code")]


class Unit(Rooted):
    """One unit of a body that the plan has many of (信息中心 is `office@info`); or the local name of a body."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, db_index=False)
    body = models.CharField(max_length=60)
    place = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=200)
    external = models.BooleanField(default=False)
    linked = models.CharField(max_length=36, blank=True)
    contact = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["root", "organisation", "body", "place"], name="directory_unit_place")
        ]


class Person(Rooted):
    """A person. `office` is an administrative office (三员分立): at most one, and none beside another."""

    OFFICES = ("", "system_admin", "security_admin", "auditor", "plan_author")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, db_index=False)
    name = models.CharField(max_length=100)
    email = models.EmailField(blank=True)
    office = models.CharField(max_length=20, blank=True)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["root", "organisation"], name="directory_person_org")]


class SignIn(models.Model):
    """Binds a Django account to a person: the one way from a session into the directory.

    Keyed by the account, because at sign-in nothing else is known; it leads to the root. `once`: the password was
    set by an administrator, and its person changes it first.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE)
    root = models.CharField(max_length=36)
    person = models.CharField(max_length=36)
    once = models.BooleanField(default=False)


class Appointment(Rooted):
    """A post held by a person from a moment to another (null: until further notice)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False)
    body = models.CharField(max_length=60)
    post = models.CharField(max_length=60, blank=True)
    place = models.CharField(max_length=60, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["root", "person"], name="directory_seats_of_person"),
            models.Index(fields=["root", "organisation", "body"], name="directory_people_of_body"),
        ]


class Delegation(Rooted):
    """The seat of a post lent by a paper to another post or to one person, for acts (empty: all) and for a time."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, db_index=False)
    body = models.CharField(max_length=60)
    post = models.CharField(max_length=60, blank=True)
    place = models.CharField(max_length=60, blank=True)
    to_body = models.CharField(max_length=60, blank=True)
    to_post = models.CharField(max_length=60, blank=True)
    to_place = models.CharField(max_length=60, blank=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, db_index=False)
    acts = models.JSONField(default=list)
    document = models.CharField(max_length=200)
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["root", "until"], name="directory_delegation_end")]


class Asset(Rooted):
    """An information system or site. `attributes` are `asset.*` values as the plan language writes them."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, db_index=False)
    name = models.CharField(max_length=200)
    owner = models.CharField(max_length=120)
    attributes = models.JSONField(default=dict)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["root", "organisation", "name"], name="directory_asset_name"),
        ]


class Token(Rooted):
    """A key to the HTTP interface, of one person: a digest of its secret, what it opens, until when.

    Found by its own id, which stands in the key itself; the secret is nowhere kept. Revoked, never deleted.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False)
    name = models.CharField(max_length=60)
    scopes = models.JSONField(default=list)
    digest = models.CharField(max_length=71)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["root", "person", "created_at"], name="directory_token_person")]


class Shift(Rooted):
    """A seat's hours of duty, held by one person; several at once are all on duty. It says who is rung, not who may.

    `kind` is `own` where the person holds the seat, `substitute` where he holds another of its body or was lent one.
    What was given up ends when it was given up, or where it begins: no row is deleted. `instead` is the shift that this
    one replaced.
    """

    KINDS = ("own", "substitute")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, db_index=False)
    body = models.CharField(max_length=60)
    post = models.CharField(max_length=60, blank=True)
    place = models.CharField(max_length=60, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False)
    since = models.DateTimeField()
    until = models.DateTimeField()
    kind = models.CharField(max_length=10, default="own")
    instead = models.CharField(max_length=36, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["root", "organisation", "since"], name="directory_shift_since"),
            models.Index(fields=["root", "person", "since"], name="directory_shift_of_person"),
        ]


class Swap(Rooted):
    """A shift that its person offers to another: to take over, or against a shift (`other`) of that other person.

    `state`: asked, accepted, declined, withdrawn; lapsed where the shift went to somebody before it was answered.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, db_index=False)
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, db_index=False, related_name="+")
    other = models.ForeignKey(Shift, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False, related_name="+")
    to = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, default="asked")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["root", "to", "asked_at"], name="directory_swap_to"),
            models.Index(fields=["root", "person", "asked_at"], name="directory_swap_by"),
        ]


class Relief(Rooted):
    """The hand-over of a shift: who relieves whom of which seat, what stood open then, and when it was signed.

    `listed` are the obligations that were open, each as [number of the case, key].
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, db_index=False)
    body = models.CharField(max_length=60)
    post = models.CharField(max_length=60, blank=True)
    place = models.CharField(max_length=60, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False, related_name="+")
    to = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False, related_name="+")
    note = models.TextField(blank=True)
    listed = models.JSONField(default=list)
    at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["root", "organisation", "at"], name="directory_relief_at")]

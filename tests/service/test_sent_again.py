"""A form sent again: the same content finds the first row; other content under its key is refused and does nothing."""

import inspect
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from fengsui.core.problems import Refused
from fengsui.directory import models, service
from fengsui.ledger import selectors as ledger
from fengsui.ledger.ids import new_id
from fengsui.notifications import service as notifications
from tests.world import BY, World

pytestmark = pytest.mark.django_db
SEAT = "office.head@A"
Sender = Callable[..., object]


def by(world: World) -> dict[str, Any]:
    return {"actor": BY, "at": world.now}


def count(world: World) -> int:
    return len(ledger.entries(world.root, "administration", limit=10_000))


def code(send: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        send()
    return refused.value.problem.code


def senders(world: World) -> dict[str, tuple[Sender, dict[str, Any], dict[str, Any]]]:
    """Every write with a key: how it is sent, with what, and with what else."""
    now, root, hour = world.now, world.root, timedelta(hours=1)
    me, other = world.people["owner"], world.people["nobody"]
    monday = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=8)
    put = {"organisation": root, "seat": SEAT, "person": me, "since": now + hour, "until": now + 3 * hour}
    fill = {"organisation": root, "seat": SEAT, "people": [me], "first": monday.date(), "weeks": 1}
    fill |= {"hours": [time(8)], "turn": "week"}
    lent = {"organisation": root, "of": "group.lead", "person": other, "document": "3 号", "until": now + 9 * hour}
    below = {"name": "下级局", "code": "XJ", "parent": root}
    system = {"organisation": root, "name": "门户", "owner": "office@A", "attributes": {}}
    whom = {"organisation": root, "name": "新来的人", "email": "xin@example.com"}
    token = {"person": me, "name": "值班屏", "scopes": ["read"], "until": now + 9 * hour}
    held = {"person": other, "body": "group", "post": "member"}
    wire = {"url": "https://example.com/hook", "secret": "first secret"}
    hook = {"organisation": root, "kind": "webhook", "name": "本单位接口", "values": wire}
    return {
        "organisation": (service.create_organisation, below, {"name": "别的局"}),
        "organisation's code": (service.create_organisation, below, {"code": "YJ"}),
        "person": (service.create_person, whom, {"name": "另一个人"}),
        "person's address": (service.create_person, whom, {"email": "bie@example.com"}),
        "person's office": (service.create_person, whom, {"office": "auditor"}),
        "appointment": (service.appoint, held, {"person": me}),
        "appointment's post": (service.appoint, held, {"post": "lead"}),
        "appointment's end": (service.appoint, held, {"until": now + hour}),
        "delegation": (service.delegate, lent, {"person": me}),
        "delegation's paper": (service.delegate, lent, {"document": "4 号"}),
        "delegation's acts": (service.delegate, lent, {"acts": ["approve"]}),
        "system": (service.create_asset, system, {"name": "邮件"}),
        "system's owner": (service.create_asset, system, {"owner": "office@B"}),
        "shift": (service.put_shift, put, {"until": now + 2 * hour}),
        "pattern": (service.fill_roster, fill, {"weeks": 2}),
        "token": (_token, token, {"scopes": ["read", "act"]}),
        "channel": (_channel(me), hook, {"name": "别的接口"}),
        "channel's address": (_channel(me), hook, {"values": {**wire, "url": "https://example.org/hook"}}),
        "channel's secret": (_channel(me), hook, {"values": {**wire, "secret": "second secret"}}),
        "channel's exercises": (_channel(me), hook, {"exercises": True}),
    }


def _channel(me: str) -> Sender:
    """The channels know who sets them up, where the directory takes anybody's word."""

    def create_channel(*, actor: str, **said: Any) -> str:
        return notifications.create_channel(**said, actor=me)

    return create_channel


def _token(*, actor: str, **said: Any) -> str:
    return service.make_token(**said)


NAMES = (
    *("organisation", "organisation's code", "person", "person's address", "person's office", "appointment"),
    *("appointment's post", "appointment's end", "delegation", "delegation's paper", "delegation's acts"),
    *("system", "system's owner", "shift", "pattern", "token"),
    *("channel", "channel's address", "channel's secret", "channel's exercises"),
)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_key_with_other_content_is_refused_and_changes_nothing(world: World, name: str) -> None:
    send, said, other = senders(world)[name]
    more = {"key": new_id(world.now), **by(world)}
    first = send(**said, **more)
    before = count(world)
    again = send(**said, **more)
    assert again == first or again in (0, "")  # a pattern makes no second one, a token's secret is shown once
    assert code(lambda: send(**{**said, **other}, **more)) == "key_reused"
    assert count(world) == before


def test_every_write_with_a_key_is_among_them(world: World) -> None:
    writes = {name: getattr(room, name) for room in (service, notifications) for name in room.__all__}
    writes = {name: write for name, write in writes.items() if inspect.isroutine(write)}
    with_key = {name for name, write in writes.items() if "key" in inspect.signature(write).parameters}
    sent = {send.__name__ for send, _said, _other in senders(world).values()} - {"_token"}
    assert set(NAMES) == set(senders(world)) and with_key == sent | {"make_token", "enrol", "ask_swap", "hand_over"}


def test_a_swap_and_a_hand_over_sent_again_with_other_words_are_refused(world: World) -> None:
    me, other = world.people["owner"], world.people["owner_deputy"]
    shift = service.put_shift(world.root, SEAT, me, world.now, world.now + timedelta(hours=8), **by(world))
    mine = {"actor": me, "at": world.now, "key": new_id(world.now)}
    swap = {"root": world.root, "shift": shift, "to": other, "note": "有事"}
    assert service.ask_swap(**swap, **mine) == service.ask_swap(**swap, **mine)
    assert code(lambda: service.ask_swap(**{**swap, "note": "改日"}, **mine)) == "key_reused"
    over = {"organisation": world.root, "seat": SEAT, "to": other, "note": "无事"}
    first = service.hand_over(**over, listed=[("JS-2024-0001", "watch")], **mine)
    assert service.hand_over(**over, listed=[], **mine) == first  # what stood open is not typed
    assert code(lambda: service.hand_over(**{**over, "note": "有事"}, listed=[], **mine)) == "key_reused"


def test_the_id_of_somebody_is_no_key_to_his_password(world: World) -> None:
    victim = models.Person.objects.get(pk=world.people["leader"])
    username = models.SignIn.objects.get(person=victim.pk).user.get_username()
    said = {"username": username, "email": victim.email, **by(world), "key": victim.pk}
    kept, before = get_user_model().objects.get(username=username).password, count(world)
    for name in ("某人", victim.name):  # not even under his own name: he has set a password of his own
        assert code(lambda name=name: service.enrol(victim.organisation_id, name, **said)) == "key_reused"
    assert code(lambda: service.enrol(world.root, victim.name, **{**said, "username": "other"})) == "key_reused"
    assert get_user_model().objects.get(username=username).password == kept and count(world) == before


def test_a_new_person_sent_twice_is_one_person_and_the_second_password_fits(world: World) -> None:
    said = {"username": "xinren", "email": "", "key": new_id(world.now), **by(world)}
    (id, _first), (again, second) = (service.enrol(world.root, "新人", **said) for _ in range(2))
    assert id == again and get_user_model().objects.get(username="xinren").check_password(second)
    service.set_own_password(id, second, "by the lake at noon 9", at=world.now)
    assert code(lambda: service.enrol(world.root, "新人", **said)) == "key_reused"
    assert get_user_model().objects.get(username="xinren").check_password("by the lake at noon 9")


def test_an_appointment_ends_now_or_later_and_never_before(world: World) -> None:
    held = service.appoint(world.people["nobody"], "group", post="member", **by(world))
    world.at("+2h")
    past = world.now - timedelta(hours=1)
    assert code(lambda: service.end_appointment(held, until=past, **by(world))) == "bad_input"
    row = models.Appointment.objects.get(pk=held)
    assert row.until is None
    minute = world.now + timedelta(seconds=40)  # 止期 is typed to the minute: this minute is now
    service.end_appointment(held, until=minute.replace(second=0, microsecond=0), actor=BY, at=minute)
    row.refresh_from_db()
    assert row.until == minute


def test_nobody_lends_a_seat_to_himself_by_name_or_by_a_post_of_his_own(world: World) -> None:
    me = world.people["nobody"]
    service.appoint(me, "group", post="member", since=world.now + timedelta(hours=2), **by(world))
    more = {"document": "3 号", "actor": me, "at": world.now}
    late, soon = world.now + timedelta(hours=5), world.now + timedelta(hours=1)
    assert code(lambda: service.delegate(world.root, "group.lead", to="group.member", until=late, **more)) == (
        "not_yourself"
    )
    assert code(lambda: service.delegate(world.root, "group.lead", person=me, until=late, **more)) == "not_yourself"
    assert not models.Delegation.objects.exists()
    assert service.delegate(world.root, "group.lead", to="group.member", until=soon, **more)

"""The ledger: every administrative change is an entry, and no entry can be changed without being found."""

from datetime import UTC, datetime, timedelta

import pytest

from fengsui.ledger import once, selectors, service
from fengsui.ledger.ids import first_id, new_id
from fengsui.ledger.models import Entry

pytestmark = pytest.mark.django_db
AT = datetime(2024, 1, 10, 1, 0, tzinfo=UTC)
ROOT = "root"


def test_a_name_carries_its_moment_and_its_version() -> None:
    made = [new_id(AT) for _ in range(100)]
    assert len(set(made)) == 100
    assert all(name[14] == "7" and name[19] in "89ab" for name in made)
    assert int(made[0].replace("-", "")[:12], 16) == int(AT.timestamp() * 1000)


def test_the_first_name_of_a_moment_is_before_all_made_then_and_after_those_made_earlier() -> None:
    second = timedelta(seconds=1)
    assert new_id(AT - second) < first_id(AT) < new_id(AT) < first_id(AT + second)
    assert first_id(datetime(1900, 1, 1, tzinfo=UTC)) < new_id(AT), "a search may begin before there were any"


def test_entries_form_a_chain_that_verifies() -> None:
    for number in range(5):
        service.record(ROOT, "reading_set", {"n": number}, actor="p", at=AT)
    check = selectors.verify(ROOT, service.ADMINISTRATION)
    assert check.ok and check.count == 5
    assert [row.seq for row in selectors.entries(ROOT, service.ADMINISTRATION)] == [1, 2, 3, 4, 5]
    assert selectors.entries(ROOT, service.ADMINISTRATION)[-1].digest == check.head


@pytest.mark.parametrize(
    ("field", "value"),
    [("content", {"n": 9}), ("actor", "q"), ("type", "other"), ("at", datetime(2024, 1, 10, 1, 1, tzinfo=UTC))],
)
def test_a_changed_entry_is_found(field: str, value: object) -> None:
    for number in range(3):
        service.record(ROOT, "reading_set", {"n": number}, actor="p", at=AT)
    Entry.objects.filter(root=ROOT, seq=2).update(**{field: value})
    check = selectors.verify(ROOT, service.ADMINISTRATION)
    assert not check.ok and check.broken_at == 2


def test_a_missing_entry_is_found() -> None:
    for number in range(3):
        service.record(ROOT, "reading_set", {"n": number}, actor="p", at=AT)
    Entry.objects.filter(root=ROOT, seq=2).delete()
    assert selectors.verify(ROOT, service.ADMINISTRATION).broken_at == 3


def test_streams_of_two_roots_do_not_meet() -> None:
    service.record(ROOT, "a", {}, actor="p", at=AT)
    service.record("other", "b", {}, actor="p", at=AT)
    assert selectors.verify(ROOT, service.ADMINISTRATION).count == 1
    assert selectors.entries("other", service.ADMINISTRATION)[0].type == "b"


def test_what_was_read_ahead_is_known_as_long_as_the_ledger_stands() -> None:
    asked = []

    @once.steady
    def named(root: str, id: str) -> str:
        asked.append(id)
        return id.upper()

    wanted = [(ROOT, "a"), (ROOT, "b")]
    with once.standing(ROOT, "one"):
        assert once.unread(named, wanted) == wanted
        once.foresee(named, (ROOT, "a"), "A")
        assert once.unread(named, wanted) == [(ROOT, "b")] and named(ROOT, "a") == "A" and not asked
    with once.standing(ROOT, "one"):
        assert once.unread(named, wanted) == [(ROOT, "b")] and named(ROOT, "a") == "A" and not asked
    with once.standing(ROOT, "two"):
        assert (named(ROOT, "a"), named(ROOT, "a"), asked) == ("A", "A", ["a"])
    assert (named(ROOT, "a"), once.unread(named, wanted), asked) == ("A", [], ["a", "a"])

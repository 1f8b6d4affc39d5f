"""The comparison of the fault test finds what it is for: a reminder that is missing, surplus, double or late."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fengsui.cases import ladder as program
from tests.faults.reckoning import Life, Reckoning, Span, Told, ladder, letters

BEGIN = datetime(2024, 1, 10, 1, 0, tzinfo=UTC)
DUE = BEGIN + timedelta(hours=1)
ENDED = BEGIN + timedelta(hours=3)
PATIENCE = timedelta(minutes=1)
RUNGS = ladder(program.default_text())
OPEN = Span(BEGIN, True, True, True, BEGIN, DUE)


def at(minutes: float) -> datetime:
    return BEGIN + timedelta(minutes=minutes)


def life(*spans: Span, key: str = "first:1:0") -> Life:
    return Life.of("A-1", key, spans)


def reckoning(people: Callable[[str], set[str]] = lambda _: {"ann"}) -> Reckoning:
    return Reckoning(RUNGS, lambda _life, want, _at: people(want.name), lambda start: start + PATIENCE, ENDED)


def rightly(one: Life) -> list[Told]:
    """Everything that must be told of a life, each in time."""
    wants = [want for want in reckoning().wanted(one) if want.must]
    return [Told(one.case, one.key, w.name, w.aim, "ann", w.start + timedelta(seconds=3)) for w in wants]


def found(told: list[Told], *lives: Life, people: Callable[[str], set[str]] = lambda _: {"ann"}) -> list[str]:
    """The kinds of fault, each as often as it was found."""
    done = reckoning(people)
    done.compare(lives, told)
    return sorted(text.partition(":")[0] for text in done.faults)


def test_a_life_of_an_hour_has_the_rungs_of_the_ladder_and_its_birth() -> None:
    told = rightly(life(OPEN))
    names = ["born", "half", "soon", "last", "due", *(f"over:{n}" for n in (1, 2)), "up", "over:3", "over:4"]
    assert [one.name.removeprefix("rung:") for one in told] == names
    assert not found(told, life(OPEN))


@pytest.mark.parametrize("number", range(10))
def test_each_reminder_that_was_not_told_is_missing(number: int) -> None:
    told = rightly(life(OPEN))
    del told[number]
    assert found(told, life(OPEN)) == ["missing"]


@pytest.mark.parametrize("number", range(10))
def test_each_reminder_that_was_told_twice_is_double(number: int) -> None:
    told = rightly(life(OPEN))
    assert found([*told, told[number]], life(OPEN)) == ["double"]


@pytest.mark.parametrize(
    "planted",
    [
        Told("A-1", "first:1:0", "rung:eve", DUE, "ann", at(30)),
        Told("A-1", "first:1:0", "rung:over:9", DUE, "ann", at(170)),
        Told("A-1", "first:1:0", "rung:half", DUE + timedelta(hours=1), "ann", at(60)),
        Told("A-1", "other:1:0", "born", None, "ann", at(0)),
        Told("A-2", "first:1:0", "due", DUE, "ann", at(61)),
    ],
    ids=["no such rung on an hour", "a number that has not come", "about another time", "no such duty", "no such case"],
)
def test_what_stands_on_no_rung_is_surplus(planted: Told) -> None:
    assert found([*rightly(life(OPEN)), planted], life(OPEN)) == ["surplus"]


def test_what_is_told_before_its_moment_is_surplus_and_what_is_told_after_its_time_is_late() -> None:
    told = rightly(life(OPEN))
    half = next(one for one in told if one.name == "rung:half")
    rest = [one for one in told if one is not half]
    assert found([*rest, replace(half, at=at(29))], life(OPEN)) == ["surplus"]
    assert found([*rest, replace(half, at=at(32))], life(OPEN)) == ["late"]


def test_what_is_told_after_the_end_is_surplus_but_not_in_the_seconds_of_the_end_itself() -> None:
    done = life(OPEN, replace(OPEN, since=at(40), live=False, aim=None))
    told = rightly(done)
    assert [one.name for one in told] == ["born", "rung:half"]
    assert found([*told, Told("A-1", done.key, "rung:soon", DUE, "ann", at(48))], done) == ["surplus"]
    near = life(OPEN, replace(OPEN, since=at(48) - timedelta(seconds=5), live=False, aim=None))
    assert not found(told, near) and not found([*told, Told("A-1", near.key, "rung:soon", DUE, "ann", at(48))], near)


def test_what_was_over_at_birth_is_told_by_nothing_but_that_the_time_passed() -> None:
    late = life(Span(at(75), True, True, True, BEGIN, DUE))
    told = rightly(late)
    names = ["due", "born", "rung:over:2", "rung:up", "rung:over:3", "rung:over:4"]
    assert [one.name for one in told] == names, "in the order of their moments"
    assert found([one for one in told if one.name != "due"], late) == ["missing"]


def test_a_due_time_that_moves_keeps_what_was_rung_and_is_said_anew_when_it_moves_back() -> None:
    later = life(OPEN, replace(OPEN, since=at(40), aim=at(120)))
    assert [one.name for one in rightly(later)][:5] == ["born", "rung:half", "rung:half", "rung:soon", "rung:last"]
    earlier = life(OPEN, replace(OPEN, since=at(52), aim=at(35)))
    told = rightly(earlier)
    anew = {one.name: one.at for one in told if one.aim == at(35)}
    assert {"due", "rung:over:1"} <= set(anew) and "rung:half" not in anew
    assert min(anew.values()) > at(52), "not before anybody could know"


def test_what_was_due_in_the_seconds_of_a_change_may_be_told_under_either_time() -> None:
    sooner = life(OPEN, replace(OPEN, since=at(30.3), aim=at(59)))
    told = rightly(sooner)
    assert not [one for one in told if one.name == "rung:half"]
    for aim, minute in ((DUE, 30.1), (at(59), 30.5)):
        assert not found([*told, Told("A-1", sooner.key, "rung:half", aim, "ann", at(minute))], sooner)


def test_what_is_owed_for_seconds_only_need_not_be_told_at_all() -> None:
    brief = life(OPEN, replace(OPEN, since=at(0.2), live=False, aim=None))
    assert not rightly(brief) and not found([Told("A-1", brief.key, "born", None, "ann", at(0.1))], brief)


def test_the_undecided_is_rung_before_its_time_only() -> None:
    unsure = life(replace(OPEN, decided=False))
    assert [one.name for one in rightly(unsure)] == ["born", "rung:half", "rung:soon", "rung:last"]
    assert found([*rightly(unsure), Told("A-1", unsure.key, "due", DUE, "ann", at(61))], unsure) == ["surplus"]


def test_what_an_outage_swallowed_may_be_made_up_by_a_later_one_to_the_same_people() -> None:
    told = [one for one in rightly(life(OPEN)) if one.name not in ("rung:half", "rung:soon")]
    assert found(told, life(OPEN)) == ["missing", "missing"]
    done = Reckoning(
        RUNGS, lambda *_: {"ann"}, lambda start: max(start, at(51)) + PATIENCE, ENDED
    )  # no worker until minute 51
    last = [replace(one, at=at(51)) if one.name in ("born", "rung:last") else one for one in told]
    done.compare([life(OPEN)], last)
    assert not done.faults and done.counts["made up by a later one"] == 2


def test_a_later_one_to_fewer_people_makes_up_for_nothing() -> None:
    done = Reckoning(RUNGS, lambda *_: {"ann"}, lambda start: max(start, at(71)) + PATIENCE, ENDED)
    told = [replace(one, at=max(one.at, at(71))) for one in rightly(life(OPEN)) if one.name != "due"]
    done.compare([life(OPEN)], told)
    assert [text.partition(" about")[0] for text in done.faults] == ["missing: A-1 first:1:0: due"]


def test_each_person_it_is_for_is_told_and_nobody_else() -> None:
    told = rightly(life(OPEN))

    def two(name: str) -> set[str]:
        return {"ann", "bo"} if name == "due" else {"ann"}

    def none(name: str) -> set[str]:
        return set() if name == "due" else {"ann"}

    assert found(told, life(OPEN), people=two) == ["missing"]
    assert found(told, life(OPEN), people=none) == ["surplus"]
    assert not found([one for one in told if one.name != "due"], life(OPEN), people=none), "nobody to tell"


def test_of_letters_each_word_comes_once_or_one_duplicate_and_nothing_that_nobody_wrote() -> None:
    sent, waiting = Counter({("ann", "half"): 1, ("ann", "due"): 2}), Counter({("bo", "half"): 1})
    assert not letters(Counter(sent), sent, waiting)[0]
    assert letters(Counter({("ann", "half"): 2, ("ann", "due"): 4, ("bo", "half"): 2}), sent, waiting) == ([], 4)
    for planted, kind in (
        ({("ann", "half"): 3, ("ann", "due"): 2}, "double"),
        ({("ann", "half"): 1, ("ann", "due"): 1}, "missing"),
        ({("ann", "half"): 1, ("ann", "due"): 2, ("bo", "due"): 1}, "surplus"),
    ):
        assert [text.partition(":")[0] for text in letters(Counter(planted), sent, waiting)[0]] == [kind]


@pytest.mark.parametrize("minutes", [8, 20, 45, 60, 300, 1440, 9000])
def test_both_readings_of_the_ladder_that_is_shipped_agree(minutes: int) -> None:
    due, end = at(minutes), at(minutes) + timedelta(days=2)
    for kind in ("hard", "soft"):
        own = sorted(
            (moment, "due" if rung.when == "due" else name.removeprefix("rung:"))
            for rung in RUNGS[kind]
            for name, moment in rung.moments(BEGIN, due, end)
        )
        other = [
            (ring.at, "due" if ring.rung.at_due else ring.name)
            for ring in getattr(program.default(), kind).rings(BEGIN, due, end)
        ]
        assert own == sorted(other)

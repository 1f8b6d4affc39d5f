"""The ladder: which moments it rings, what is rung of the missed ones, and what a text of one may not say."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengsui.cases import ladder
from fengsui.core.problems import PackError
from fengsui.core.timing import parse_duration

START = datetime(2024, 1, 10, 1, 0, tzinfo=UTC)
HARD, SOFT = ladder.default().hard, ladder.default().soft


def minutes(found: tuple[ladder.Ring, ...]) -> list[tuple[str, float]]:
    return [(ring.name, (ring.at - START).total_seconds() / 60) for ring in found]


def rings(one: ladder.Ladder, length: str, until: str) -> list[tuple[str, float]]:
    due, end = START + parse_duration(length), START + parse_duration(until)
    return minutes(tuple(one.rings(START, due, end)))


def test_an_hour_rings_at_half_near_the_end_at_the_end_and_goes_on() -> None:
    found = rings(HARD, "1h", "2h15min")
    second = 1 / 60
    assert found == [
        ("half", 30),
        ("soon", 48),
        ("last", 50),
        ("due", pytest.approx(60 + second)),
        ("over:1", 70),
        ("over:2", 100),
        ("up", 120),
        ("over:3", 130),
    ]


def test_a_short_duty_has_no_rung_before_its_second_half_and_a_long_one_has_its_eve() -> None:
    assert [name for name, _ in rings(HARD, "10min", "10min")] == ["half", "soon"]
    assert [name for name, _ in rings(HARD, "5d", "5d")] == ["half", "soon", "eve", "last"]


def test_an_overdue_duty_is_rung_as_long_as_it_is_owed() -> None:
    late = HARD.next(START, START + timedelta(hours=1), START + timedelta(days=400))
    assert late is not None and late.name.startswith("daily:") and late.at > START + timedelta(days=400)


def test_a_soft_word_rings_on_the_watch_time_only_and_ends() -> None:
    found = rings(SOFT, "15min", "2d")
    assert [name for name, _ in found] == ["watch", "again:1", "again:2", "again:3", "again:4"]


def test_what_nobody_rang_is_rung_once_for_each_audience_and_no_rung_is_lost() -> None:
    due = START + timedelta(hours=1)
    found = HARD.missed(START, due, START, due + timedelta(hours=2))
    assert [ring.name for ring in found] == ["due", "up", "over:4"]
    assert not HARD.missed(START, due, due + timedelta(hours=2), due + timedelta(hours=2))
    assert [ring.name for ring in HARD.missed(START, due, START, START + timedelta(minutes=49))] == ["soon"]


@given(st.integers(60, 90 * 86400), st.lists(st.integers(1, 86400), max_size=30))
def test_however_often_the_worker_looks_every_moment_is_rung_or_covered_once(length: int, steps: list[int]) -> None:
    due, at, cursor = START + timedelta(seconds=length), START, START
    said: list[str] = []
    for step in steps:
        at += timedelta(seconds=step)
        ring = HARD.next(START, due, cursor)
        if ring is None or ring.at > at:
            continue
        found = HARD.missed(START, due, cursor, at)
        assert found, "the next ring has come, so something is rung"
        said += [one.name for one in found]
        cursor = found[-1].at
        later = HARD.next(START, due, cursor)
        assert later is None or later.at > at, "nothing is left behind"
    assert len(said) == len(set(said)), "nothing rings twice"


@given(st.integers(60, 90 * 86400), st.integers(0, 100 * 86400))
def test_a_ring_is_found_again_by_its_name(length: int, after: int) -> None:
    due = START + timedelta(seconds=length)
    ring = HARD.next(START, due, START + timedelta(seconds=after))
    assert ring is not None and HARD.ring(ring.name, START, due) == ring


SILENT = "hard:\n  - {rung: half, when: 50%, to: [holders]}\n"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (SILENT, "ladder_silent", 1),
        ("hard:\n  - {rung: due, when: due, to: [recipients]}\n", "ladder_silent", 1),
        ("hard:\n  - {rung: due, when: due, to: [holders]}\n", "ladder_ends", 1),
        ("hard:\n  - {rung: due, when: due, to: [holders]}\n"
         "  - {rung: over, when: +1h, every: 1h, until: +9d, to: [holders]}\n", "ladder_ends", 1),
        ("hard:\n  - {rung: due, when: due}\n", "missing_key", 2),
        ("hard:\n  - {rung: due, when: due, to: [holders], colour: red}\n", "unknown_key", 2),
        ("hard:\n  - {rung: due, when: noon, to: [holders]}\n", "bad_value", 2),
        ("hard:\n  - {rung: due, when: due, to: [above 12]}\n", "bad_value", 2),
        ("hard:\n  - {rung: due, when: due, to: [holders], every: 10s}\n", "bad_value", 2),
        ("hard:\n  - {rung: due, when: due, to: [holders], urgent: perhaps}\n", "bad_value", 2),
        ("hard:\n  - {rung: due, when: due, to: [holders]}\n  - {rung: h, when: 50%, to: [holders], every: 5min}\n",
         "ladder_again", 3),
        ("hard:\n  - {rung: due, when: due, to: [holders]}\n  - {rung: due, when: +1h, to: [holders]}\n",
         "ladder_again", 3),
        ("hard:\n  - {rung: due, when: due, to: [holders], until: +1h}\n", "ladder_again", 2),
        ("hard:\n  - {rung: due, when: due, to: [holders], every: 1d, until: +9999999d}\n", "bad_value", 2),
        ("hard:\n  - {rung: due, when: +9999999d, to: [holders]}\n", "bad_value", 2),
        ("hard: 3\n", "bad_shape", 1),
        ("firm: []\n", "unknown_key", 1),
        ("hard:\n\t- x\n", "yaml_syntax", 2),
    ],
)  # fmt: skip
def test_a_text_that_is_no_ladder_is_refused_with_its_line(text: str, code: str, line: int) -> None:
    with pytest.raises(PackError) as refused:
        ladder.read(text)
    problem = refused.value.problems[0]
    assert (problem.code, problem.where.line) == (code, line)
    assert problem.message("zh") and problem.message("en") and "{" not in problem.hint("en")

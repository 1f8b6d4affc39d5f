"""The values of a case: seats as text, events sealed into a chain, states of the past."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengsui.core.case import ACTS, EVENT_OF, Party, Seat, broken_link
from fengsui.core.pack.acts import IRREVERSIBLE, irreversible
from tests.core.story import case

NAME = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)


@given(NAME, st.none() | NAME, st.none() | NAME)
def test_a_seat_reads_back_what_it_writes(body: str, post: str | None, place: str | None) -> None:
    seat = Seat("org", body, post, place)
    assert Seat.parse(seat.text, "org") == seat


def test_a_party_with_a_hole_shows_the_reading() -> None:
    assert Party("", unset="starter_of_I").text == "$starter_of_I"
    assert Party("office", place="A", raw="owner").text == "office@A"


def test_every_act_leaves_one_event_of_its_own() -> None:
    acts = {act for kind in ACTS.values() for act in kind}
    assert acts == set(EVENT_OF)
    assert len(set(EVENT_OF.values())) == len(EVENT_OF)


STORY = case(
    ("09:00", "opened"),
    ("09:05", "stated", {"facts": {"major": "yes"}}),
    ("09:10", "confirmed", {"level": "II"}),
    ("09:20", "adjusted", {"level": "III"}),
)


def test_the_past_of_a_case_is_a_walk_back() -> None:
    assert [STORY.as_of(n).level for n in (1, 3, 4)] == [None, "II", "III"]
    assert STORY.as_of(3).seq == 3


def test_an_unbroken_chain_holds() -> None:
    assert broken_link(STORY.events) is None


CHANGES = [f.name for f in fields(STORY.events[1]) if f.name not in ("seq", "previous", "digest")]


@pytest.mark.parametrize("name", [*CHANGES, "digest", "previous", "seq"])
def test_any_changed_field_breaks_the_chain_where_it_was_changed(name: str) -> None:
    old = getattr(STORY.events[1], name)
    new = {"at": STORY.events[0].at, "recorded_at": STORY.events[0].at, "content": {"facts": {"major": "no"}}}.get(
        name, ("x",) if isinstance(old, tuple) else 7 if isinstance(old, int) else "x"
    )
    events = (STORY.events[0], replace(STORY.events[1], **{name: new}), *STORY.events[2:])
    assert broken_link(events) in (2, 7)


def test_a_missing_event_breaks_the_chain() -> None:
    assert broken_link((STORY.events[0], *STORY.events[2:])) == 3


@pytest.mark.parametrize(
    ("act", "rank", "gone"),
    [("end", None, True), ("close", None, True), ("adopt", None, True), ("dismiss", 4, True), ("transfer", None, True)]
    + [("issue", 1, True), ("issue", 2, True), ("issue", 3, False), ("lift", 2, True), ("lift", 4, False)]
    + [("issue", None, True), ("assess", None, False), ("activate", 1, False), ("correct", None, False)],
)
def test_what_nothing_takes_back_is_told_by_the_act_and_the_colour(act: str, rank: int | None, gone: bool) -> None:
    assert irreversible(act, rank) is gone


def test_every_irreversible_act_is_an_act() -> None:
    assert set(IRREVERSIBLE) <= {act for acts in ACTS.values() for act in acts}

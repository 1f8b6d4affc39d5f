"""Canonical bytes: the same value gives the same bytes, whatever the order, spaces or Unicode form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengsui.core.canon import canonical, digest, moment, natural, plain, stamp

DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(DATA)
def test_the_canonical_form_of_plain_data_is_a_fixed_point(value: object) -> None:
    assert canonical(plain(value)) == canonical(value)


@given(st.dictionaries(st.text(max_size=4), st.integers(), min_size=2, max_size=5))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    assert digest(dict(reversed(value.items()))) == digest(value)


def test_composed_and_decomposed_letters_are_one() -> None:
    assert digest("é") == digest("e\u0301")


def test_a_moment_is_written_in_utc_with_whole_seconds() -> None:
    beijing = datetime(2024, 1, 31, 16, 0, tzinfo=timezone(timedelta(hours=8)))
    assert stamp(beijing) == "2024-01-31T08:00:00Z"
    assert moment(stamp(beijing)) == datetime(2024, 1, 31, 8, tzinfo=UTC)


def test_a_time_without_zone_and_a_float_are_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        stamp(datetime(2024, 1, 31))  # noqa: DTZ001
    with pytest.raises(TypeError, match="float"):
        canonical(1.5)


@pytest.mark.parametrize("text", ["", "-1", "+1", "²", "1.0", "1_0", " 1", "1" * 10, "1" * 5000])
def test_what_is_no_number_or_too_long_a_one_names_nothing(text: str) -> None:
    assert natural(text) is None


def test_digits_name_a_number() -> None:
    assert (natural("0"), natural("0007"), natural("9" * 9)) == (0, 7, 999_999_999)

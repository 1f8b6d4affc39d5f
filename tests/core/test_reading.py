"""Reading YAML: every scalar stays text, every place is known, every fault is told with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fengsui.core.loader.reading import LARGEST, read


def codes(text: str | bytes) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.where.line) for problem in read(text, "x.yaml").problems]


def test_every_scalar_is_read_as_text() -> None:
    result = read("at: 12:30\nanswer: no\ncount: 08\nbig: 1e3\nday: 2024-01-31\nnone: ~\n", "x.yaml")
    assert result.data == {
        "at": "12:30",
        "answer": "no",
        "count": "08",
        "big": "1e3",
        "day": "2024-01-31",
        "none": "~",
    }
    assert result.problems == []


def test_every_value_has_its_place() -> None:
    result = read("a:\n  - {b: 1, c.d: 2}\n  - e\n", "x.yaml")
    assert result.places["a"] == (1, 1)
    assert result.places["a[0].c.d"] == (2, 12)
    assert result.places["a[1]"] == (3, 5)


def test_a_byte_order_mark_is_passed_over() -> None:
    assert read("\ufeffzh: 中文\n".encode(), "x.yaml").data == {"zh": "中文"}


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", "duplicate_key", 3),
        ("a: &x 1\n", "alias", 1),
        ("a: 1\nb: *a\n", "alias", 2),
        ("a: !!int 3\n", "tag", 1),
        ("a: 1\n---\nb: 2\n", "second_document", 2),
        ("", "empty_file", None),
        ("# only a comment\n", "empty_file", None),
        ("a: 1\nb:\n", "no_value", 2),
        ("a:\n\tb: 1\n", "yaml_syntax", 2),
        ("a: {b: 1\nc: 2\n", "yaml_syntax", 1),
        ("? [a, b]\n: c\n", "bad_key", 1),
        ("a: 'open\n", "yaml_syntax", 1),
        ("a: x\x00y\n", "control_character", 1),
        (b"a: 1\nb: \xc1\xec\n", "not_utf8", 2),
        ("a: 1\n".encode("utf-16"), "not_utf8", 1),
        ("[" * 60 + "]" * 60, "too_deep", 1),
    ],
)
def test_a_fault_is_told_with_its_line(text: str | bytes, code: str, line: int | None) -> None:
    assert (code, line) in codes(text)


def test_a_second_key_leaves_the_first_and_names_its_line() -> None:
    result = read("a: 1\nb: 2\na: 3\n", "x.yaml")
    assert result.data == {"a": "1", "b": "2"}
    assert "第1行" in result.problems[0].message()


def test_several_faults_are_told_at_once() -> None:
    assert codes("a: 1\na: 2\nb: !x 3\nc:\n") == [("duplicate_key", 2), ("tag", 3), ("no_value", 4)]


def test_a_full_width_colon_is_pointed_out() -> None:
    problem = read("zh：甲\nen: a\n", "x.yaml").problems[0]
    assert "全角" in problem.message("zh")
    assert "full-width" in problem.message("en")


def test_a_file_too_large_is_not_read() -> None:
    assert codes("a" * (LARGEST + 1)) == [("too_large", None)]


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_fall(raw: bytes) -> None:
    result = read(raw, "x.yaml")
    assert result.problems or result.data is not None


@given(st.text(alphabet="ab:{}[],-&*!|>'\"#%@ \n\t?~", max_size=60))
def test_no_text_makes_the_reader_fall(text: str) -> None:
    result = read(text, "x.yaml")
    assert result.problems or result.data is not None

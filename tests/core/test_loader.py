"""Loading: files and texts, digest, dump, problems all at once; nothing that an author writes makes it fall."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fengsui.core import loader
from fengsui.core.loader import answers, dump, find, load, load_scenarios, load_texts, read, shipped, texts_of
from fengsui.core.pack import Pack
from fengsui.core.problems import PackError, Problem

BASE = texts_of(Path(__file__).parent.parent / "packs" / "bad" / "base")


@pytest.fixture(scope="module")
def base() -> Pack:
    return load_texts(BASE)


def refused(files: dict[str, str | bytes]) -> tuple[Problem, ...]:
    with pytest.raises(PackError) as error:
        load_texts(files)
    return error.value.problems


def changed(file: str, before: str, after: str) -> dict[str, str]:
    assert before in BASE[file]
    return {**BASE, file: BASE[file].replace(before, after, 1)}


# ------------------------------------------------------------------------------------------------ digest
def test_order_of_keys_comments_and_spaces_do_not_change_the_digest(base: Pack) -> None:
    text = "clause: C1\nid:   base   # a remark\n" + "\n".join(
        line for line in BASE["pack.yaml"].splitlines() if not line.startswith(("clause", "id"))
    )
    assert load_texts({**BASE, "pack.yaml": text}).digest == base.digest


def test_a_label_changes_the_digest(base: Pack) -> None:
    assert load_texts(changed("bodies.yaml", "工作组", "应急组")).digest != base.digest


def test_a_note_with_x_is_kept_and_counts(base: Pack) -> None:
    noted = load_texts(changed("bodies.yaml", "many: yes", "many: yes, x-from: 会议"))
    assert noted.digest != base.digest
    assert "x-from: 会议" in dump(noted)["bodies.yaml"]


def test_scenarios_and_changelog_do_not_count(base: Pack) -> None:
    more = {**BASE, "CHANGELOG.md": "# 1.0.0", "scenarios/a.yaml": "scenarios: []\n"}
    assert load_texts(more).digest == base.digest


def test_the_text_counts_by_its_bytes(base: Pack) -> None:
    one, other = load_texts({**BASE, "text.md": "# 一"}), load_texts({**BASE, "text.md": "# 二"})
    assert len({base.digest, one.digest, other.digest}) == 3


def test_composed_and_decomposed_letters_have_one_digest() -> None:
    one, other = changed("pack.yaml", "测试单位", "caf\u00e9"), changed("pack.yaml", "测试单位", "cafe\u0301")
    assert load_texts(one).digest == load_texts(other).digest


# ------------------------------------------------------------------------------------------------ law
def _flat(value: object) -> list[object]:
    if isinstance(value, dict):
        return [x for k, v in value.items() for x in (k, *_flat(v))]
    return [x for v in value for x in _flat(v)] if isinstance(value, list) else [value]


@pytest.mark.parametrize("name", shipped())
def test_load_dump_load_is_the_same_pack(name: str) -> None:
    pack = load(shipped()[name])
    texts = dump(pack)
    again = load_texts(texts)
    assert (again.digest, again.raw) == (pack.digest, pack.raw)
    assert dump(again) == texts
    assert all(isinstance(scalar, str) for data in pack.raw.values() for scalar in _flat(data))


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=12), max_size=4))
@settings(max_examples=40, deadline=None)
def test_any_note_survives_dumping(notes: dict[str, str]) -> None:
    printable = {k: v for k, v in notes.items() if (k + v).isprintable()}
    pack = load_texts(BASE)
    raw = {**pack.raw, "pack": {**pack.raw["pack"], **{f"x-{k}": v or "-" for k, v in printable.items()}}}  # type: ignore[dict-item]
    import dataclasses

    texts = dump(dataclasses.replace(pack, raw=raw))
    assert load_texts(texts).raw["pack"] == raw["pack"]


# ------------------------------------------------------------------------------------------------ problems
def test_all_problems_are_told_at_once_sorted_by_file_and_line() -> None:
    files = {
        **BASE,
        "duties.yaml": BASE["duties.yaml"]
        .replace("owes: 总结", "owse: 总结")
        .replace("to: group, from", "to: grop, from"),
        "bodies.yaml": BASE["bodies.yaml"].replace("kind: external", "kind: extern"),
        "odd.txt": "x",
    }
    problems = refused(files)
    places = [(p.where.file, p.where.line or 0) for p in problems]
    assert places == sorted(places)
    assert {p.code for p in problems} == {"bad_value", "missing_key", "unknown_key", "unknown_name", "unknown_file"}


def test_a_file_that_cannot_be_read_hides_no_fault_of_another_and_invents_none() -> None:
    files = {**changed("duties.yaml", "owes: 总结", "owse: 总结"), "bodies.yaml": "bodies: {a: b: c}\n"}
    assert {p.code for p in refused(files)} == {"yaml_syntax", "missing_key", "unknown_key"}


def test_a_directory_without_pack_is_a_problem_that_names_the_shipped_packs(tmp_path: Path) -> None:
    for name in (str(tmp_path / "no"), "no-such-pack"):
        with pytest.raises(PackError) as error:
            load(find(name))
        assert "demo-linjiang" in error.value.problems[0].hint()
    with pytest.raises(PackError) as error:
        load(tmp_path)
    assert error.value.problems[0].code == "missing_file"


def test_a_pack_is_found_by_id_by_directory_and_by_its_head() -> None:
    path = shipped()["demo-linjiang"]
    assert find("demo-linjiang") == find(str(path)) == find(str(path / "pack.yaml")) == path


def test_a_file_in_another_encoding_is_told_beside_other_problems(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {**BASE, "forms.yaml": "forms: {}  # 表单".encode("gbk"), "odd.yaml": "a: b"}
    assert [(p.code, p.where.file) for p in refused(files)] == [
        ("not_utf8", "forms.yaml"),
        ("unknown_file", "odd.yaml"),
    ]


def test_positions_lead_to_the_written_line(base: Pack) -> None:
    line, column = base.positions["grants.yaml", "incident[6].chain[1]"]
    assert BASE["grants.yaml"].splitlines()[line - 1][column - 1 :].startswith("approve: leading_group")


_JUNK = ["", "x", "-1", "yes", "$nothing", "[]", "{}", "[a, b]", "{a: b}", "at least II", "none", "1e3", "'", "不"]


@pytest.mark.parametrize("seed", range(60))
def test_no_damaged_pack_makes_the_loader_fall(seed: int) -> None:
    """Values and lines are replaced, dropped, doubled: the answer is a pack or problems, never another exception."""
    luck = random.Random(seed)
    files = dict(BASE)
    for _ in range(luck.randint(1, 4)):
        name = luck.choice(sorted(files))
        lines = files[name].split("\n")
        n = luck.randrange(len(lines))
        how = luck.randrange(4)
        if how == 0:
            lines[n] = lines[n].replace(luck.choice(lines[n].split() or ["x"]), luck.choice(_JUNK))
        elif how == 1:
            del lines[n]
        elif how == 2:
            lines.insert(n, lines[n])
        else:
            head, colon, _ = lines[n].rpartition(": ")
            lines[n] = head + colon + luck.choice(_JUNK)
        files[name] = "\n".join(lines)
    try:
        load_texts(files)
    except PackError as error:
        assert error.problems
        for problem in error.problems:
            assert problem.message() and problem.hint("en")


# ------------------------------------------------------------------------------------------------ scenarios, facts
def test_scenarios_come_with_name_row_and_place() -> None:
    found = load_scenarios(shipped()["demo-linjiang"])
    assert len({scenario.name for scenario in found}) == len(found) > 50
    assert all(step.where.line for scenario in found for step in scenario.steps)


def test_facts_may_be_named_and_valued_in_chinese(base: Pack) -> None:
    found = answers(base, read("{影响人数: 10万, 危害: 严重, 关基: 是, class: 攻击, 中断开始: 未知}", "facts.yaml"))
    assert found.facts == {"people": "10万", "harm": "serious", "asset.cii": "yes", "class": "attack", "began": None}


def test_facts_may_come_with_unknowns_readings_and_the_rest(base: Pack) -> None:
    text = "facts: {people: 3}\nunknown: [危害]\nrest: none\nreadings: {outage_III: 1h}\nat: 2024-01-10 09:00\n"
    found = answers(base, read(text, "facts.yaml"))
    assert (found.facts, found.rest_none) == ({"people": "3", "harm": None}, True)
    assert (found.readings, found.at) == ({"outage_III": "1h"}, "2024-01-10 09:00")


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("people: 3\nharn: serious\n", "unknown_name", 2),
        ("people: many\n", "bad_value", 1),
        ("asset.cii: true\n", "bad_value", 1),
        ("class: 病毒\n", "bad_value", 1),
        ("outage: 3h\n", "derived_fact", 1),
        ("facts: {people: 3}\nrest: nothing\n", "bad_value", 2),
        ("facts: {people: 3}\nfact: x\n", "unknown_key", 2),
        ("- people\n", "bad_shape", 1),
        ("people: {a: 1}\n", "bad_value", 1),
        ("", "empty_file", None),
        ("people: [\n", "yaml_syntax", 2),
    ],
)
def test_a_faulty_facts_file_is_told_with_its_line(base: Pack, text: str, code: str, line: int | None) -> None:
    with pytest.raises(PackError) as error:
        answers(base, read(text, "facts.yaml"))
    assert [(p.code, p.where.line) for p in error.value.problems] == [(code, line)]


def test_the_work_calendar_knows_a_make_up_day() -> None:
    from datetime import date

    calendar = loader.work_calendar()
    assert calendar.is_working(date(2019, 9, 29)) == (True, False)
    assert calendar.is_working(date(2019, 10, 1)) == (False, False)


def test_expectations_are_rewritten_in_place_and_nothing_else() -> None:
    text = "scenarios:\n  - scenario: 甲   # 说明\n    steps:\n      - {expect: {level: II, not_owed: [a]}}\n"
    path = "scenarios[0].steps[0].expect"
    new, done = loader.rewrite(text, {f"{path}.level": "III", f"{path}.not_owed": ["b", "c: d"], "no": "x"})
    assert new == text.replace("level: II", "level: III").replace("[a]", "[b, 'c: d']")
    assert done == {f"{path}.level", f"{path}.not_owed"}

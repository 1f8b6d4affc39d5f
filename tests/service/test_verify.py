"""What leaves the house: the export of a case and the one file that verifies it, the log page, printed codes."""

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fengsui import verify
from fengsui.cases import models, selectors, service
from fengsui.cases.service.beside import Upload
from tests.service.province import Province, trouble
from tests.service.tiers import START
from tests.world import World

pytestmark = pytest.mark.django_db
PICTURE = b"\x89PNG\r\n\x1a\n0"


@pytest.fixture
def case(world: World) -> service.Receipt:
    found = world.open("owner", facts={"class": "attack"}, note="é 首页被替换")
    files = (Upload("首页.png", PICTURE, "image/png"),)
    world.at("+2min").submit("owner", found, "record", note="截图", files=files)
    world.at("+1min").submit("owner", found, "assess", value="II", reason="影响面大")
    return found


def exported(world: World, case: service.Receipt) -> list[str]:
    ref = world.ref("owner", case)
    assert ref is not None
    return list(selectors.export(ref, world.now))


def test_an_export_holds_and_says_which_case_it_is(world: World, case: service.Receipt) -> None:
    lines = exported(world, case)
    faults, told = verify.verify(lines)
    head = models.Case.objects.get(pk=case.case).head
    assert faults == [] and told == [f"{case.number}: {len(world.fold(case).events)} records, head {head}"]
    header = json.loads(lines[0])
    assert header["plan"]["id"] == "chongqing-finance-regulator" and header["number"] == case.number


@pytest.mark.parametrize("line", range(1, 6))
def test_every_changed_byte_of_what_happened_is_found(world: World, case: service.Receipt, line: int) -> None:
    lines = exported(world, case)
    assert json.loads(lines[line])["kind"] in ("event", "text")
    whole, missed = lines[line].encode(), []
    for place in range(0, len(whole) - 1, 3):
        changed = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        try:
            text = changed.decode()
            same = json.loads(text) == json.loads(whole)
            faults, _ = verify.verify([*lines[:line], text, *lines[line + 1 :]])
        except ValueError:
            continue
        if not faults and not same:
            missed.append(text[max(0, place - 20) : place + 20])
    assert missed == []


CUTS: dict[str, Callable[[list[str]], list[str]]] = {
    "the last event is missing": lambda lines: [*lines[:-1][: _events(lines)], *lines[_events(lines) + 1 :]],
    "an event in the middle is missing": lambda lines: lines[:2] + lines[3:],
    "two events changed places": lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
    "an event stands twice": lambda lines: [*lines[:2], lines[1], *lines[2:]],
    "all events are missing": lambda lines: [lines[0], *lines[_events(lines) + 1 :]],
}


def _events(lines: list[str]) -> int:
    return sum(json.loads(line)["kind"] == "event" for line in lines)


@pytest.mark.parametrize("cut", CUTS)
def test_what_was_left_out_moved_or_doubled_is_found(world: World, case: service.Receipt, cut: str) -> None:
    lines = exported(world, case)
    changed = CUTS[cut](lines)
    assert changed != lines
    faults, _ = verify.verify(changed)
    assert faults


def test_a_body_with_something_added_is_found_in_the_file_and_in_the_house(world: World, case: service.Receipt) -> None:
    row = models.Event.objects.get(case=case.case, seq=2)
    models.Event.objects.filter(pk=row.pk).update(body={**row.body, "more": "said later"})
    faults, _ = verify.verify(exported(world, case))
    assert len(faults) == 1 and faults[0].startswith("record 2 ")
    ref = world.ref("owner", case)
    assert ref is not None
    check = selectors.verify(ref, world.now)
    assert (check.whole, check.broken_at, check.length) == (False, 2, 1)


def test_a_text_and_a_file_that_no_record_covers_are_found(world: World, case: service.Receipt) -> None:
    lines = exported(world, case)
    text = {"kind": "text", "token": "text:sha256:" + "0" * 64, "salt": "", "text": "x", "files": [], "erased": False}
    file = {"kind": "file", "seq": 1, "name": "y", "digest": "sha256:" + "0" * 64, "size": 1, "media_type": "z"}
    file |= {"erased": False}
    faults, _ = verify.verify([*lines, json.dumps(text), json.dumps(file)])
    assert faults == ["text 00000000: no record speaks of it", "file y: no token covers it"]
    said = [line for line in lines if "首页被替换" in line][0]
    hidden = said.replace('"erased":false', '"erased":true')
    assert verify.verify([hidden if line == said else line for line in lines])[0]


def test_an_erased_text_leaves_the_export_whole(world: World, case: service.Receipt) -> None:
    seq = len(world.fold(case).events)
    service.erase(case.case, seq, reason="判决", actor=world.people["security"], at=world.now)
    lines = exported(world, case)
    assert "影响面大" not in "".join(lines)
    assert verify.verify(lines)[0] == []


def test_evidence_on_another_machine_is_told_by_its_record(world: World, case: service.Receipt, tmp_path: Path) -> None:
    (tmp_path / "same").write_bytes(PICTURE)
    (tmp_path / "other").write_bytes(PICTURE + b"1")
    faults, told = verify.verify(exported(world, case), [str(tmp_path / "same"), str(tmp_path / "other")])
    assert told[1].endswith("as 首页.png") and faults == [f"{tmp_path / 'other'}: no file of this case has these bytes"]


def test_the_file_runs_alone_on_another_machine_and_needs_nothing(
    world: World, case: service.Receipt, tmp_path: Path
) -> None:
    source = Path(verify.__file__)
    named = [node for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.Import | ast.ImportFrom)]
    modules = {node.module if isinstance(node, ast.ImportFrom) else node.names[0].name for node in named}
    assert modules == {"__future__", "hashlib", "json", "sys", "unicodedata", "typing", "collections.abc"}
    copy, out = tmp_path / "fengsui-verify.py", tmp_path / "case.jsonl"
    copy.write_bytes(source.read_bytes())
    lines = exported(world, case)
    code = json.loads(lines[1])["digest"][7:15]

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        done = [sys.executable, "-I", "-S", str(copy), *words]
        return subprocess.run(done, capture_output=True, text=True, check=False, cwd=tmp_path)

    out.write_text("".join(lines), encoding="utf-8")
    good = run(str(out), "--code", code)
    assert good.returncode == 0 and "everything holds" in good.stdout and f"code {code}: record 1" in good.stdout
    out.write_text(
        "".join(lines).replace(chr(34) + "attack" + chr(34), chr(34) + "malware" + chr(34)), encoding="utf-8"
    )
    bad = run(str(out))
    assert bad.returncode == 1 and "NOT GENUINE" in bad.stdout
    out.write_text("{}", encoding="utf-8")
    assert [run(str(out)).returncode, run(str(tmp_path / "none")).returncode, run().returncode] == [2, 2, 2]
    assert run("--help").returncode == 0


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"kind": "fengsui-case"}\n{"kind": "event"}', '{"a": 1, "a": 2}', "é"]
)
def test_what_is_no_export_is_called_so_or_found_wrong(text: str) -> None:
    try:
        faults, _ = verify.verify(text.splitlines())
    except ValueError:
        return
    assert faults


def test_the_log_page_shows_a_break_and_goes_on_reading(world: World, case: service.Receipt, monkeypatch: Any) -> None:
    ref = world.ref("owner", case)
    assert ref is not None
    page = selectors.record_page(ref, None, world.now)
    assert page.check.whole and [row.seq for row in page.events] == list(range(page.check.length, 0, -1))
    monkeypatch.setattr("fengsui.cases.selectors.record.PAGE", 2)
    first = selectors.record_page(ref, None, world.now)
    second = selectors.record_page(ref, first.before, world.now)
    assert [row.seq for row in (*first.events, *second.events)] == [row.seq for row in page.events][:4]
    models.Event.objects.filter(case=case.case, seq=2).update(body={"type": "stated"})
    broken = selectors.record_page(ref, 4, world.now)
    assert (broken.check.whole, broken.check.broken_at) == (False, 2)
    assert [(row.seq, row.label) for row in broken.events if row.seq == 2] == [(2, "这条读不懂")]


def test_a_printed_code_tells_a_stranger_that_it_is_genuine_and_nothing_of_the_content(
    world: World, case: service.Receipt
) -> None:
    event = models.Event.objects.get(case=case.case, type="assessed")
    (row,) = selectors.by_code(event.code, world.now)
    assert (row.number, row.seq, row.what, row.who) == (case.number, event.seq, "研判", "甲处主要负责人")
    assert row.genuine and not row.readable and row.recorded_at == event.recorded_at
    said = repr(row)
    assert "影响" not in said and "门户" not in said and "Ⅱ" not in said and "'II'" not in said
    assert world.people["owner"] not in said
    assert selectors.by_code(event.digest, world.now) == (row,)
    assert selectors.by_code(event.code.upper()[:4] + " " + event.code[4:], world.now) == (row,)
    for wrong in ("", "xyz", event.code[:7], "0" * 8, event.code + "0" * 56, "../etc", "'" * 8):
        assert selectors.by_code(wrong, world.now) == ()
    (mine,) = selectors.by_code(event.code, world.now, person=world.people["owner"])
    (other,) = selectors.by_code(event.code, world.now, person=world.neighbour())
    assert mine.readable and not other.readable


def test_a_code_of_a_broken_chain_is_genuine_only_before_the_break(world: World, case: service.Receipt) -> None:
    codes = list(models.Event.objects.filter(case=case.case).order_by("seq").values_list("code", flat=True))
    models.Event.objects.filter(case=case.case, seq=2).update(type="stated", body={"seq": 2})
    genuine = [selectors.by_code(code, world.now)[0].genuine for code in codes]
    assert genuine == [True] + [False] * (len(codes) - 1)


def test_codes_are_found_in_every_root(world: World, case: service.Receipt) -> None:
    province = Province.build()
    there = trouble(province, START)["云川"]
    event = models.Event.objects.filter(case=there.case).latest("seq")
    (row,) = selectors.by_code(event.code, START)
    assert (row.number, row.organisation) == (there.number, "云川")

"""The ledger's page in words: every type that is ever written has a name, and no machine's id or key is shown."""

import ast
import re
from collections.abc import Iterator
from datetime import time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import fengsui
from fengsui.directory import models, service
from fengsui.web.views.admin import ledger_words
from tests.web.test_admin import officer
from tests.world import BY, World

SOURCE = Path(fengsui.__file__).parent
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}")


def functions() -> Iterator[ast.FunctionDef]:
    """Every function of the product that writes an administrative change."""
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "ledger.record(" in text:
            yield from (one for one in ast.walk(ast.parse(text)) if isinstance(one, ast.FunctionDef))


def words(node: ast.AST) -> set[str]:
    """The texts that an expression may be: a literal, either side of a choice."""
    if isinstance(node, ast.IfExp):
        return words(node.body) | words(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def kept() -> set[str]:
    """The fields of what is written, where they stand as such: in the call, or in a `content` before it."""
    found: set[str] = set()
    for function in functions():
        for node in ast.walk(function):
            content = None
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "ledger.record":
                content = node.args[2]
            elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "content":
                content = node.value
            if isinstance(content, ast.Dict):
                found |= set().union(*(words(key) for key in content.keys if key is not None))
    return found


def written() -> tuple[set[str], set[str]]:
    """The types that are written, and the beginnings of those that are put together."""
    whole: set[str] = set()
    begun: set[str] = set()
    for function in functions():
        given = {
            name.id: node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            for name in node.targets
            if isinstance(name, ast.Name)
        }
        for call in ast.walk(function):
            if not (isinstance(call, ast.Call) and ast.unparse(call.func) == "ledger.record"):
                continue
            if ast.unparse(call.args[0]) == "INSTALLATION":
                continue  # the installation's own stream, which no page shows
            type = call.args[1]
            if isinstance(type, ast.Name) and type.id in given:
                type = given[type.id]
            if isinstance(type, ast.JoinedStr):
                begun |= words(type.values[0])
            elif isinstance(type, ast.Name):
                begun.add(f"<{function.name}>")
            else:
                whole |= words(type)
    return whole, begun


def test_every_type_of_entry_that_is_written_has_a_name():
    named = set(ledger_words.types())
    whole, begun = written()
    assert len(whole) > 40 and whole <= named, sorted(whole - named)
    # Put together or handed in: a swap's end, and what was changed of an organisation or a unit.
    assert begun == {"swap_", "<_change>"}
    ends = {f"swap_{end}" for end in ("accepted", "declined", "withdrawn")}
    assert ends | {"organisation_changed", "unit_changed"} <= named


def test_every_field_that_is_written_has_a_name():
    assert len(kept()) > 25 and kept() <= set(ledger_words.fields()), sorted(kept() - set(ledger_words.fields()))


def test_a_case_that_the_reader_may_not_see_stands_by_what_finds_it():
    case, zone = "018cf0e2-1e80-75b6-9ff7-56bd72a600b9", ZoneInfo("Asia/Shanghai")
    said = {"case": case, "seq": 3, "count": 2, "reason": "依法", "id": case}
    assert [value for _label, value in ledger_words.told(said, {}, zone)] == [case, "3", "2", "依法"]
    assert ledger_words.told(said, {case: "JS-2024-0001"}, zone)[0][1] == "JS-2024-0001"


def test_a_row_is_told_in_words_without_ids_or_keys(world: World):
    client, by = officer(world, "auditor"), {"actor": world.people["owner"], "at": world.now}
    me, end = world.people["owner"], world.now + timedelta(days=2)
    held = models.Appointment.objects.get(root=world.root, person=world.people["group"])
    service.end_appointment(held.pk, **by)
    service.delegate(
        world.root, "group.lead", person=me, document="3 号", acts=["approve"], until=end, actor=BY, at=world.now
    )
    service.make_token(me, "值班屏", ["read"], until=end, at=world.now)
    service.revoke_token(world.root, models.Token.objects.get().pk, **by)
    service.fill_roster(
        world.root,
        "office.head@A",
        [me],
        first=world.now.date() + timedelta(days=1),
        weeks=1,
        hours=[time(8)],
        turn="week",
        **by,
    )
    service.give_up_shift(world.root, models.Shift.objects.order_by("since").first().pk, **by)  # type: ignore[union-attr]
    service.set_office(world.people["nobody"], "plan_author", **by)
    page = client.get("/admin/ledger/").content.decode()
    rows = page.split('<ol class="rows">')[1].split("</ol>")[0]
    told = [re.sub(r"<[^>]+>|\s+", " ", one) for one in rows.split("<li>")[1:]]
    assert not any(UUID.search(one) for one in told)
    first = {one.split()[0]: one for one in reversed(told)}
    assert "管理岗位 预案管理员" in first["授予管理岗位"]
    assert "对象 甲处负责人 office.head@A" in first["撤下班次"]
    assert "人员 甲处负责人" in first["排班"] and "怎样轮 每周换人" in first["排班"]
    assert "对象 值班屏" in first["吊销令牌"] and "范围 读取" in first["建立令牌"]
    assert "可办的动作 批准" in first["授权"] and "止 2024-01-12 09:01" in first["授权"]
    assert "对象 工作组组长 group.lead" in first["免职"]
    assert not re.search(r"[；>] ?[a-z_]+ ", rows.replace('class="', ""))

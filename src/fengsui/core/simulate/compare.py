"""What is expected against what is found; anything not mentioned is not compared (language 8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from fengsui.core.book import Installed
from fengsui.core.case import Party
from fengsui.core.conditions import Known, View
from fengsui.core.engine import Next, what_next
from fengsui.core.grading import Grade, grade
from fengsui.core.loader.scenarios import ScenarioStep
from fengsui.core.obligations import LIVE, Obligation, owed
from fengsui.core.pack import BadValue, Pack, parse_value
from fengsui.core.playbooks import steps
from fengsui.core.problems import PackError, Problem, Where
from fengsui.core.simulate.world import World, texts, wrong, yes
from fengsui.core.timing import show_due, show_instant


@dataclass(frozen=True, slots=True)
class Difference:
    """One expectation that does not hold: the path below the step, what was expected, what was found instead."""

    path: str
    expected: object
    found: object

    def problem(self, where: Where) -> Problem:
        """Return it as a problem at the step's place."""
        params = {"key": self.path, "expected": _said(self.expected), "found": _said(self.found)}
        return Problem("expectation", params, Where(where.file, where.line, f"{where.path}.{self.path}"))


def _said(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_said(item) for item in value) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_said(item)}" for key, item in value.items()) + "}"
    return str(value)


def compare(world: World, step: ScenarioStep) -> Iterator[Difference]:
    """Yield what differs from `expect:` at the world's moment. Raises PackError for what cannot be compared."""
    expected = step.data.get("expect")
    if not isinstance(expected, Mapping):
        return
    for key, wanted in expected.items():
        yield from CHECKS[key](world, wanted, f"expect.{key}", step.where)


# ---------------------------------------------------------------------------------------------- state


def _state(name: str) -> Check:
    def check(world: World, wanted: object, path: str, _: Where) -> Iterator[Difference]:
        found = getattr(world.now, name)
        text = None if str(wanted) == "none" else str(wanted)
        if name in ("level", "response", "colour") and text is not None:
            text = world.pack.resolve_name(name, text) or text
        if found != text:
            yield Difference(path, wanted, found)

    return check


def _fact(world: World, wanted: object, path: str, where: Where) -> Iterator[Difference]:
    view = View(world.book, world.book.main, world.now, world.at)
    for name, value in cast("Mapping[str, object]", wanted).items():
        fact = world.pack.resolve_name("fact", name)
        if fact is None:
            raise wrong(f"没有事实“{name}”", f"there is no fact '{name}'", where)
        look = view.look(fact)
        known = look.value if isinstance(look, Known) else None
        if str(value) == "unknown":
            if isinstance(look, Known):
                yield Difference(f"{path}.{name}", value, known)
            continue
        try:
            raw = list(value) if isinstance(value, list) else str(value)
            typed = parse_value(raw, world.pack.facts[fact].type, world.pack.words.domain)
        except BadValue as bad:
            raise wrong(f"“{name}”不能是“{value}”", str(bad), where) from bad
        if typed != known:
            yield Difference(f"{path}.{name}", value, "unknown" if known is None else str(known))


def _chain(world: World, wanted: object, path: str, _: Where) -> Iterator[Difference]:
    """`chain: {end: open}`: the state of the latest chain of an act."""
    for act, state in cast("Mapping[str, object]", wanted).items():
        found = [c.state for c in world.now.chains.values() if c.act == act]
        last = found[-1] if found else "none"
        if last != str(state):
            yield Difference(f"{path}.{act}", state, last)


def _pattern(world: World, wanted: object, path: str, where: Where) -> Iterator[Difference]:
    """A list names the patterns that the case was told of; a mapping says of each how the case's own group stands."""
    if isinstance(wanted, Mapping):
        yield from _group(world, wanted, path, where)
        return
    found = [str(e.content.get("pattern")) for e in world.now.events if e.type == "pattern"]
    if set(texts(wanted)) - set(found):
        yield Difference(path, wanted, found)


def _group(world: World, wanted: Mapping[str, object], path: str, where: Where) -> Iterator[Difference]:
    """`{holds: yes | no | none, count, key, open}`: none while a number is not set, no where there is no group."""
    mine = {group.pattern: group for group in world.groups() if world.now.id in group.cases}
    for name, said in wanted.items():
        if name not in world.pack.patterns or not isinstance(said, Mapping):
            raise wrong(f"没有多案情形“{name}”", f"there is no pattern '{name}'", where)
        group = mine.get(name)
        held = {True: "yes", False: "no", None: "none"}[group.holds if group else False]
        found: dict[str, object] = {"holds": held, "count": str(group.count if group else 0)}
        found |= {"key": list(group.key) if group else [], "open": list(group.open) if group else []}
        for key, value in said.items():
            same = sorted(texts(value)) == sorted(texts(found.get(key))) if key in found else False
            if not same:
                yield Difference(f"{path}.{name}.{key}", value, found.get(key))


# ---------------------------------------------------------------------------------------------- grade


def _grades(world: World, wanted: object, path: str, where: Where) -> Iterator[Difference]:
    """`grades: {cac-2025: {level: major}}`: the grades of plan and regimes, by the id of the pack."""
    for name, said in cast("Mapping[str, object]", wanted).items():
        part = next((one for one in world.book.parts if one.pack.id == name), None)
        if part is None:
            raise wrong(f"本案没有并行“{name}”", f"'{name}' does not run on this case", where)
        yield from _grade(world, said, f"{path}.{name}", where, part)


def _grade(world: World, wanted: object, path: str, _: Where, part: Installed | None = None) -> Iterator[Difference]:
    said = cast("Mapping[str, object]", wanted)
    ask = bool(said.keys() & {"next_question", "raises", "lowers"})
    found = grade(world.book, world.now, world.at, ask=ask, installed=part)
    pack = part.pack if part else world.pack
    for key, value in said.items():
        is_ = _graded(key, found, world)
        if not _same(key, value, is_, pack, {c.id for c in found.open}):
            yield Difference(f"{path}.{key}", value, is_)


def _graded(key: str, found: Grade, world: World) -> object:
    zone = world.pack.zone
    table: dict[str, Callable[[], object]] = {
        "by": lambda: next((c.id for c in found.met), None),
        "open": lambda: sorted(_open_names(found)),
        "next_question": lambda: found.next_question.fact if found.next_question else None,
        "crosses": lambda: [{"id": c.id, "level": c.level, "at": show_instant(c.at, zone)} for c in found.crosses],
        "offers": lambda: [offer.zh for offer in found.offers],
        "methods": lambda: {name: method.as_json() for name, method in found.methods.items()},
        "discrepancy": lambda: [d.method for d in found.discrepancies],
        "raises": lambda: [{"fact": c.fact, "value": c.value, "highest": c.highest} for c in found.raises],
        "lowers": lambda: [{"fact": c.fact, "value": c.value, "lowest": c.lowest} for c in found.lowers],
    }
    return table[key]() if key in table else getattr(found, key)


def _open_names(found: Grade) -> set[str]:
    return {leaf.name for leaf in found.asks}


def _same(key: str, wanted: object, found: object, pack: Pack, criteria: set[str]) -> bool:
    """`open` may list the facts to find out or the criteria that wait for them."""
    if key == "by":
        return wanted in (found, *([] if found is None else [])) or (str(wanted) == "none" and found is None)
    if key == "open":
        names = {text.rpartition(" ")[2].rpartition(":")[2] for text in texts(wanted)}
        return names in (set(cast("list[str]", found)), criteria)
    if key in ("crosses", "raises", "lowers"):
        items, said = cast("list[Mapping[str, object]]", found), cast("list[Mapping[str, object]]", wanted)
        return len(items) == len(said) and all(_within(a, b) for a, b in zip(said, items, strict=True))
    if key == "methods":
        table = cast("Mapping[str, Mapping[str, object]]", found)
        said_ = cast("Mapping[str, object]", wanted)
        return all(
            name in table and (_within(v, table[name]) if isinstance(v, Mapping) else _is(v, table[name]["level"]))
            for name, v in said_.items()
        )
    if key in ("offers", "discrepancy"):
        return sorted(texts(wanted)) == sorted(cast("list[str]", found))
    return _is(pack.resolve_name("level", str(wanted)) or wanted, found)


def _is(wanted: object, found: object) -> bool:
    return str(wanted) == ("none" if found is None else str(found))


def _within(wanted: Mapping[str, object], found: Mapping[str, object]) -> bool:
    return all(key in found and _is(value, found[key]) for key, value in wanted.items())


# ---------------------------------------------------------------------------------------------- owed


def _owed(world: World, wanted: object, path: str, where: Where) -> Iterator[Difference]:
    """Each item names a duty and what is said of it; one obligation answers one item."""
    left = list(owed(world.book, world.now, world.at))
    items = cast("list[Mapping[str, object]]", wanted)
    for n, item in enumerate(items):
        mine = [o for o in left if o.duty == item.get("duty") or o.key == item.get("key")]
        if not mine:
            yield Difference(f"{path}[{n}]", item, "none")
            continue
        judged = [(list(_against(world, o, item, f"{path}[{n}]", where)), o) for o in mine]
        best, one = min(judged, key=lambda pair: (len(pair[0]), not pair[1].live))
        if best:
            yield from best
        elif [_about(i) for i in items].count(_about(item)) > 1:
            left.remove(one)


def _about(item: Mapping[str, object]) -> tuple[str, str]:
    """Items about the same duty and recipient mean different obligations of it."""
    return str(item.get("duty") or item.get("key")), str(item.get("to"))


def _against(
    world: World, one: Obligation, item: Mapping[str, object], path: str, where: Where
) -> Iterator[Difference]:
    zone = world.pack.zone
    for key, value in item.items():
        found: object
        if key in ("by", "to", "with"):
            parties = one.by if key == "by" else one.with_ if key == "with" else tuple(r.party for r in one.to)
            if not all(_meets(world, text, parties) for text in texts(value)):
                yield Difference(f"{path}.{key}", value, [p.text for p in parties])
            continue
        if key in ("due", "opened", "start", "watch_at"):
            moment = getattr(one, key)
            expected = None if str(value) in ("none", "unset", "null") else world.instant(value, where)
            if moment != expected:
                shown = (
                    None if moment is None else show_due(moment, zone) if key == "due" else show_instant(moment, zone)
                )
                yield Difference(f"{path}.{key}", value, shown)
            continue
        found = _field(one, key)
        if not _fits(key, value, found):
            yield Difference(f"{path}.{key}", value, found)


def _field(one: Obligation, key: str) -> object:
    if key == "strength":
        return "in principle" if one.in_principle else one.kind
    if key == "kind":
        return f"soft {one.word}" if one.kind == "soft" else one.kind
    if key in ("clause", "open"):
        return list(getattr(one, key))
    value = getattr(one, key)
    return ("yes" if value else "no") if key in ("born_late", "estimated", "optional") else value


def _fits(key: str, wanted: object, found: object) -> bool:
    text = str(wanted).replace(" ", "_")
    if key in ("clause", "open"):
        return set(texts(wanted)) <= set(cast("list[str]", found))
    if key in ("born_late", "estimated", "optional"):
        return yes(wanted) == (found == "yes")
    if key == "kind" and str(found).startswith("soft"):
        return text in ("soft", str(found).replace(" ", "_"))
    return text == ("none" if found is None else str(found).replace(" ", "_"))


def _meets(world: World, text: str, parties: Iterable[Party]) -> bool:
    """Return whether a word of the scenario names one of the parties: by the rule's word, the body, or the unit."""
    head = text.removeprefix("$")
    body = world.pack.resolve_name("body", head.partition("@")[0].partition(".")[0])
    for party in parties:
        names = {party.text, party.raw, party.raw.removeprefix("$"), party.text.partition("@")[0]}
        if party.unset:
            names |= {party.unset, "unset"}
        if text in names or head in names:
            return True
        if body is not None and (text == world.pack.label("body", body) or ":" in text) and body in names:
            return True
    return False


def _not_owed(world: World, wanted: object, path: str, _: Where) -> Iterator[Difference]:
    live = [o.duty for o in owed(world.book, world.now, world.at) if o.state in LIVE]
    found = [duty for duty in texts(wanted) if duty in live]
    if found:
        yield Difference(path, wanted, found)


# ---------------------------------------------------------------------------------------------- what is next


def _steps(world: World, wanted: object, path: str, _: Where) -> Iterator[Difference]:
    """A list names steps that are ready; a mapping gives each its state, `none` where the step does not exist."""
    found = {s.name: s.state for s in steps(world.book, world.now, world.at)}
    said = wanted if isinstance(wanted, Mapping) else dict.fromkeys(texts(wanted), "ready")
    for name, state in said.items():
        if found.get(str(name), "none") != str(state):
            yield Difference(f"{path}.{name}", state, found.get(str(name), "none"))


def _next(world: World, wanted: object, path: str, where: Where) -> Iterator[Difference]:
    """`{end: group}`: who may do it now; `{adjust: not_given}`: why nobody may."""
    if not isinstance(wanted, Mapping):
        raise wrong("next 须是动作到机构或状态的映射", "next maps acts to bodies or states", where)
    lines = what_next(world.book, world.now, world.at)
    for act, value in wanted.items():
        mine = [line for line in lines if act in (line.act, f"step {line.step}")]
        states = {line.state for line in mine}
        may = tuple(party for line in mine if line.state == "may" for party in line.who)
        for text in texts(value):
            state = text.replace(" ", "_")
            if state not in states and not _meets(world, text, may):
                yield Difference(f"{path}.{act}", value, _shown(mine, may))
                break


def _shown(lines: list[Next], may: tuple[Party, ...]) -> list[str]:
    return list(dict.fromkeys([party.text for party in may] or [line.state for line in lines]))


Check = Callable[[World, object, str, Where], Iterator[Difference]]
CHECKS: Mapping[str, Check] = {
    "grade": _grade,
    "grades": _grades,
    "owed": _owed,
    "not_owed": _not_owed,
    "steps": _steps,
    "fact": _fact,
    "next": _next,
    "chain": _chain,
    "pattern": _pattern,
    **{name: _state(name) for name in ("phase", "level", "response", "colour", "title", "owner", "lead")},
}


def meets(world: World, wanted: object, found: Iterable[str]) -> bool:
    """Return whether every body or name expected of a refusal is among those it names."""
    names = set(found)
    names |= {str(world.pack.bodies[n].is_) for n in found if n in world.pack.bodies and world.pack.bodies[n].is_}
    for text in texts(wanted):
        plain = text.removeprefix("$")
        own = {text, plain, text.replace(":", " ")}
        if any(name.endswith(f".{text}") and name in world.pack.steps for name in names):
            continue
        if own & names or own & {name.removeprefix("$") for name in names}:
            continue
        if any(_resolved(world, text) == name or text == name.partition("@")[0] for name in names):
            continue
        return False
    return True


def _resolved(world: World, text: str) -> str | None:
    """Return the seat that a derived body or a reading means on the case."""
    plain = text.removeprefix("$")
    if plain in world.pack.words.parameters or plain in world.pack.readings.switches:
        found = View(world.book, world.book.main, world.now, world.at).reading_text(plain)
        return found
    try:
        return world.seat(text).text
    except PackError:
        return None

"""Runs everything and prints the table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import zen
from bench.clock import Line, machine, measure
from bench.subjects import NOW, Night, book, facts, long_case, nights
from fengsui.core import loader
from fengsui.core.book import Book
from fengsui.core.grading import Grade, grade
from fengsui.core.loader import shelf
from fengsui.core.obligations import owed

S0, S1, S3 = "cn-tax-system", "dongxihu-land", "chongqing-finance-regulator"
METHOD = "criteria"


def main() -> None:
    """Print the machine and every line as it is found."""
    print(machine(), "\nprocessor time of one core, medians\n", sep="\n")
    for group in (gradings, questions, obligations, loading, steps, against_zen):
        for line in group():
            print(line if isinstance(line, str) else line.text(), flush=True)
        print()


def read(found: Grade) -> object:
    """Read every reason of a grade."""
    return found.status, found.level, found.met, found.failed, found.open, found.idle, found.methods, found.notes


def gradings() -> Iterator[Line]:
    """Grading with full reasons, all facts known and every reason read."""
    for name, target in ((S1, "target 100,000/s"), (S3, ""), (S0, "")):
        of, drawn = book(name), facts(name, 20_000)
        yield measure(f"grade with reasons, {name}", lambda f, of=of: read(grade(of, f, NOW)), drawn, target=target)
    of, drawn = book(S1), facts(S1, 300)
    yield measure(f"the first grade on a pack just loaded, {S1}", partial(_first, of), drawn, warm=False)


def _first(of: Book, given: dict[str, object]) -> object:
    """Grade on a pack that nothing was kept for: compiling it and judging every row."""
    fresh = Book.build(replace(of.pack), of.main.readings, calendar=of.calendar)
    return read(grade(fresh, given, NOW))  # type: ignore[arg-type]


def questions() -> Iterator[Line]:
    """The next question, and what would raise or lower the level, about half of the facts known."""
    for name in (S1, S3, S0):
        of, drawn = book(name), facts(name, 300, known=False)
        ask = partial(_ask, of)
        yield measure(f"grade and next question, {name}", ask, drawn, target="target 1 ms")


def _ask(of: Book, given: dict[str, object]) -> object:
    found = grade(of, given, NOW)  # type: ignore[arg-type]
    return found.next_question, found.raises, found.lowers


def obligations() -> Iterator[Line]:
    """All obligations of a case with 200 events."""
    for name in (S1, S3, S0):
        of, case = book(name), long_case(name, 200)
        made = len(owed(of, case, case.events[-1].at))
        what = f"{made} obligations of {case.seq} events, {name}"
        yield measure(
            what, lambda at, of=of, case=case: owed(of, case, at), [case.events[-1].at] * 20, target="target 5 ms"
        )


def loading() -> Iterator[Line]:
    """A pack from its files, and from where packs once read are kept."""
    for name in (S1, S3, S0):
        path = loader.shipped()[name]
        yield measure(f"load from files, {name}", loader.load, [path] * 3, rounds=5, target="target 100 ms")
        with TemporaryDirectory() as kept:
            again = partial(shelf.load, shelf=Path(kept))
            yield measure(f"load once more, from the shelf, {name}", again, [path] * 9, rounds=5, target="target 5 ms")


def steps() -> Iterator[Line]:
    """Random scenario steps through `decide`, each folded onto the case."""
    for name in (S1, S3, S0):
        played = nights(name, 80, 25)
        line = measure(f"random steps through decide, {name}", Night.play, played, target="target 10,000/s")
        accepted = sum(night.play()[1] for night in played)
        share = accepted / sum(len(night.acts) for night in played)
        what = f"{line.what} ({share:.0%} accepted)"
        yield replace(line, what=what, once=line.once / 25, of=line.of * 25)


def against_zen() -> Iterator[Line | str]:
    """The S1 table in zen-engine: the level of the first row that matches, nothing else."""
    of, drawn = book(S1), facts(S1, 3_000)
    level = zen.engine_for(of.pack, METHOD)
    if level is None:
        yield "zen-engine is not installed here: make bench"
        return
    contexts = [zen.context(of.pack, METHOD, one) for one in drawn]
    same = sum(grade(of, one, NOW).level == level(there) for one, there in zip(drawn, contexts, strict=True))
    theirs = measure(f"zen-engine, the same rows, level only, {S1}", level, contexts, rounds=5)
    ours = measure(f"fengsui, level and all reasons, {S1}", lambda one: read(grade(of, one, NOW)), drawn, rounds=5)
    yield theirs
    yield ours
    yield f"the same level for {same} of {len(drawn)} facts; fengsui takes {ours.once / theirs.once:.2f} of zen's time"
    yield "zen has no third value, no interval, no reasons, no next question: only what it can say was compared"


if __name__ == "__main__":
    main()

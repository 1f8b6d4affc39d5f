"""The readings of a plan for the people who decide them: the question, its clauses side by side, what would change.

Rules
- Who may decide is what the plan says of the act `set`; it is done on the case of the plan in force, so the engine
  answers and the record keeps it. Where the plan gives `set` to nobody, the plan's author decides by the paper of an
  approval (language 4.3).
- An effect is the plan read aloud before and after; nothing is written for it. Open cases keep their readings.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from fengsui.cases import models
from fengsui.cases.pages import CaseRef
from fengsui.cases.plan_pages import (
    DecisionView,
    Effect,
    OptionView,
    PlanClause,
    Question,
    QuestionPage,
    QuestionsPage,
    Sentence,
    Way,
)
from fengsui.cases.selectors import access
from fengsui.cases.selectors.facts import options_of
from fengsui.cases.selectors.forms import act_form
from fengsui.cases.selectors.plans import AUTHOR
from fengsui.cases.selectors.words import Words
from fengsui.core.book import bad_readings
from fengsui.core.explain import explain
from fengsui.core.pack import Pack, Type
from fengsui.core.pack.values import EXAMPLES
from fengsui.core.problems import Lang
from fengsui.directory import selectors as directory
from fengsui.library import selectors as library


def questions_page(person: str, pack: str, version: str, *, lang: Lang = "zh") -> QuestionsPage | None:
    """Return every reading of an installed plan with what was decided, or None where there is no such plan."""
    words = _words(person, pack, version, lang)
    return questions_of(words) if words else None


def question_page(
    person: str, pack: str, version: str, name: str, at: datetime, *, value: str | None = None, lang: Lang = "zh"
) -> QuestionPage | None:
    """Return one reading; with a `value` ("" takes the decision back) also what that value would change."""
    words = _words(person, pack, version, lang)
    page = questions_of(words) if words else None
    question = next((one for one in page.questions if one.name == name), None) if page else None
    if words is None or page is None or question is None:
        return None
    way, case, who = _way(person, words, name, at) if page.adopted else ("", "", "")
    problem = _problem(words.pack, name, value, lang) if value else ""
    return QuestionPage(
        plan=page,
        question=question,
        clauses=tuple(_clause(clause, words) for clause in _clauses(words.pack, name)),
        options=_options(words, name),
        example=EXAMPLES.get(_type(words.pack, name).kind, ""),
        suggest=_suggest(words, name),
        rules=_rules(words, name),
        history=tuple(_history(words, name)),
        way=way,
        who=who,
        case=case,
        effect=_effect(words, name, value) if value is not None and not problem else None,
        problem=problem,
    )


def plan_case(root: str, organisation: str, pack: str) -> CaseRef | None:
    """Return the newest open case of the plan in force (`standing`) that is pinned to the pack of this digest."""
    rows = models.Case.objects.filter(root=root, organisation=organisation, kind="standing", mode="live")
    for row in rows.exclude(phase="closed").order_by("-pk"):
        if library.Pin.of(row.pin).pack == pack:
            return access.ref_of(row)
    return None


def _words(person: str, pack: str, version: str, lang: Lang) -> Words | None:
    who = directory.person(person)
    found = library.installed(who.root, pack, version) if who else None
    return Words(found, who.root, who.organisation, lang) if who and found else None


def questions_of(words: Words) -> QuestionsPage:
    """Return every reading of a plan with what was decided in the organisation."""
    decided = library.in_force(words.root, words.organisation, words.pack.digest)
    adopted, values = decided is not None, library.readings(words.root, decided) if decided else {}
    last = {one.name: one for one in reversed(library.decisions(words.root, words.organisation, words.pack.id))}
    found = [_question(words, name, values, last.get(name)) for name in (*_switches(words), *_parameters(words))]
    unset = sum(1 for one in found if not one.value)
    ordered = tuple(sorted(found, key=lambda one: bool(one.value)))
    regime = words.pack.head.kind == "regime"
    return QuestionsPage(words.pack.id, words.pack.version, words.title, adopted, ordered, unset, regime)


def _switches(words: Words) -> tuple[str, ...]:
    return tuple(words.pack.readings.switches)


def _parameters(words: Words) -> tuple[str, ...]:
    return tuple(words.pack.words.parameters)


def _question(words: Words, name: str, values: Mapping[str, str], last: library.DecisionRow | None) -> Question:
    sort = "switch" if name in words.pack.readings.switches else "watch" if name.startswith("watch.") else "parameter"
    value = values.get(name, "")
    return Question(
        name=name,
        label=_label(words, name),
        sort=sort,  # type: ignore[arg-type]
        cites=words.cites(_clauses(words.pack, name)),
        value=_shown(words, name, value) if value else "",
        decided=_decision(words, last) if last and last.value == value and value else None,
    )


def _label(words: Words, name: str) -> str:
    """The question in words; a watch time is asked by its soft word."""
    if not name.startswith("watch."):
        return words.pack.label("reading", name, words.lang)
    word = words.pack.label("soft_word", name.removeprefix("watch."), words.lang)
    return words.say(f"“{word}”过多久提醒", f"when to remind of '{word}'")


def _decision(words: Words, row: library.DecisionRow) -> DecisionView:
    found = directory.person(row.actor)
    shown = _shown(words, row.name, row.value) if row.value else ""
    return DecisionView(shown, found.name if found else words.say("装机时", "at set-up"), row.at, row.reason)


def _history(words: Words, name: str) -> Iterator[DecisionView]:
    for row in library.decisions(words.root, words.organisation, words.pack.id):
        if row.name == name:
            yield _decision(words, row)


def _values(words: Words) -> Mapping[str, str]:
    found = library.in_force(words.root, words.organisation, words.pack.digest)
    return library.readings(words.root, found) if found else {}


def _clauses(pack: Pack, name: str) -> tuple[str, ...]:
    """The clauses of the question and of its options, each once."""
    switch, parameter = pack.readings.switches.get(name), pack.readings.parameters.get(name)
    found = [*(switch.clause if switch else ()), *(parameter.clause if parameter else ())]
    found += [clause for option in (switch.options.values() if switch else ()) for clause in option.clause]
    return tuple(dict.fromkeys(found))


def _clause(id: str, words: Words) -> PlanClause:
    cite = words.cite(id)
    return PlanClause(id, cite.short, cite.at, cite.says, cite.rules, "", cite.text)


def _type(pack: Pack, name: str) -> Type:
    return Type("text") if name in pack.readings.switches else pack.words.parameters[name]


def _options(words: Words, name: str) -> tuple[OptionView, ...]:
    switch = words.pack.readings.switches.get(name)
    if switch is not None:
        return tuple(
            OptionView(id, words.say(one.zh, one.en or one.zh), words.cites(one.clause))
            for id, one in switch.options.items()
        )
    return tuple(OptionView(one.id, one.label, ()) for one in options_of(_type(words.pack, name), words))


def _suggest(words: Words, name: str) -> str:
    rule = words.pack.readings.switches.get(name) or words.pack.readings.parameters.get(name)
    return _shown(words, name, rule.suggest) if rule is not None and rule.suggest else ""


def _shown(words: Words, name: str, value: str) -> str:
    """A value as people read it: an option's label, a body's name, a measure."""
    switch = words.pack.readings.switches.get(name)
    if switch is not None:
        option = switch.options.get(value)
        return words.say(option.zh, option.en or option.zh) if option else value
    return words.typed(value, _type(words.pack, name))


def _problem(pack: Pack, name: str, value: str, lang: Lang) -> str:
    return next((f"{one.message(lang)}{one.hint(lang)}" for one in bad_readings(pack, {name: value})), "")


def _rules(words: Words, name: str) -> tuple[str, ...]:
    """The sentences in which the question stands, read as if nobody had answered it."""
    values = {key: text for key, text in _values(words).items() if key != name}
    label = words.pack.label("reading", name, words.lang)
    if name.startswith("watch."):
        return ()
    read = explain(words.pack, lang=words.lang, readings=values)
    return tuple(one.text for one in read if one.sort != "reading" and label in one.text)


def _effect(words: Words, name: str, value: str) -> Effect:
    before = _values(words)
    after = {key: text for key, text in {**before, name: value}.items() if text}
    old = {(one.sort, one.rule): one.text for one in explain(words.pack, lang=words.lang, readings=before)}
    new = {(one.sort, one.rule): one.text for one in explain(words.pack, lang=words.lang, readings=after)}
    changed = tuple(
        Sentence(key[1], old[key], text) for key, text in new.items() if key[0] != "reading" and old[key] != text
    )
    rows = models.Case.objects.filter(root=words.root, organisation=words.organisation)
    running = rows.exclude(phase="closed").exclude(kind="standing").count()
    return Effect(value, _shown(words, name, value) if value else "", changed, running)


def _way(person: str, words: Words, name: str, at: datetime) -> tuple[Way, str, str]:
    """Return how this person may decide, the number of the case it is done on, and who may where he may not."""
    if not any(grant.act == "set" for grant in words.pack.grants):
        who = directory.person(person)
        own = words.say(
            "预案没有写由谁解释：由预案管理员凭批准文件确定", "the plan names nobody: the plan's author, by a paper"
        )
        return ("paper" if who and who.office == AUTHOR else ""), "", own
    ref = plan_case(words.root, words.organisation, words.pack.digest)
    if ref is None:
        return "", "", words.say("先立“预案在用”一案，再在其上确定", "open the case of the plan in force first")
    may = access.case_for(person, ref.number, at)
    form = act_form(person, ref, "set", at, part={"reading": name}, lang=words.lang)
    who_may = form.offer.who if form and form.offer else ""
    return ("act" if may and form and form.allowed else ""), ref.number, who_may

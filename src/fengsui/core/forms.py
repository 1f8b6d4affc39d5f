"""What a form still lacks, and what need not be asked again (language 7.1, 7.4).

Rules
- `unknown` is an answer; only blank is lacking. A `later` field may be missing from the first report to somebody.
- A field that is the same `std` word as one of another form in the same report, or as a fact that is known on the case,
  is answered there. What was tied by hand counts likewise.
- One report may carry the forms of several packs: the first form's fields by their own names, a regime's under
  `cac-2025:field`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fengsui.core.pack import FormField, Pack

FactText = str | tuple[str, ...]


def blanks(
    pack: Pack,
    form: str,
    answers: Mapping[str, str],
    *,
    first: bool = True,
    carried: str | None = None,
    facts: Mapping[str, FactText | None] | None = None,
) -> list[str]:
    """Return the fields left blank. `carried` is the first form of the report, `facts` what is known on the case."""
    done = filled(pack, form, answers, carried=carried, facts=facts)
    return [name for name, field in pack.forms[form].fields.items() if name not in done and not (first and field.later)]


def filled(
    pack: Pack,
    form: str,
    answers: Mapping[str, str],
    *,
    carried: str | None = None,
    facts: Mapping[str, FactText | None] | None = None,
) -> dict[str, str]:
    """Return the answers to a form's fields, under whatever name they were given."""
    shared = _shared(pack, carried, answers) if carried not in (None, form) else {}
    known = _known(pack, facts) if facts else {}
    found = {}
    for name, field in pack.forms[form].fields.items():
        own = answers.get(name, "") if carried in (None, form) else ""
        key = _key(form, name, field)
        answer = own or answers.get(qualified(form, name), "") or shared.get(key, "") or known.get(key, "")
        if answer.strip():
            found[name] = answer
    return found


def qualified(form: str, field: str) -> str:
    """Return the name of a field in a report that carries another form: a regime's carries its pack."""
    prefix, colon, _ = form.rpartition(":")
    return f"{prefix}{colon}{field}"


def fits(pack: Pack, form: str, keys: Iterable[str]) -> bool:
    """Return whether all names are fields of the form, qualified or not."""
    fields = pack.forms[form].fields
    return {*fields, *(qualified(form, name) for name in fields)} >= set(keys)


def _key(form: str, name: str, field: FormField) -> str:
    return field.is_ or f"{form}.{name}"


def _shared(pack: Pack, form: str | None, answers: Mapping[str, str]) -> dict[str, str]:
    fields = pack.forms[form].fields if form and form in pack.forms else {}
    return {_key(str(form), name, field): answers[name] for name, field in fields.items() if answers.get(name)}


def _known(pack: Pack, facts: Mapping[str, FactText | None]) -> dict[str, str]:
    """Return what the facts of a case answer, by `std` word; a recorded *unknown* is an answer too."""
    found = {}
    for name, rule in pack.facts.items():
        if rule.is_ and name in facts:
            value = facts[name]
            found[rule.is_] = "unknown" if value is None else value if isinstance(value, str) else "、".join(value)
    return found

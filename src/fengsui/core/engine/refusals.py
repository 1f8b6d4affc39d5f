"""The sentence of a refusal: who may, what is lacking, what is open, in people's words and with the clause.

Rules
- A refusal names bodies, facts, readings and documents by their labels; the fields beside the sentence carry ids.
- `rightful` and `missing` hold bodies as `office@A`; `open` holds leaves as `fact x`, `not yet x`, `reading x`.
- Every sentence exists in Chinese and in English and ends with the short citation of the clause.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from fengsui.core.case import Case, Party, Seat
from fengsui.core.conditions import Leaf
from fengsui.core.grants import Answer, Option, Slot
from fengsui.core.pack import Grant, Pack
from fengsui.core.pack.acts import ACT_NAMES, VERB_NAMES
from fengsui.core.problems import Lang, Later, Problem, Refused
from fengsui.core.timing import show_instant

SUBJECTS: Mapping[str, tuple[str, str]] = {
    "assessed": ("研判的级别", "the assessed level"),
    "assessed_by": ("由谁研判", "who assessed"),
    "level": ("已定的级别", "the confirmed level"),
    "current": ("现行级别", "the current level"),
    "response": ("响应级别", "the response level"),
    "colour": ("预警级别", "the warning's colour"),
    "issued_by": ("由谁发布", "who issued"),
    "grade": ("分级结果", "the grade"),
    "phase": ("所处阶段", "the phase"),
    "to": ("报送对象", "the addressee"),
    "mode": ("是否演练", "live or exercise"),
    "site.tier": ("单位层级", "the tier"),
    "reason": ("书面理由", "a written reason"),
    "registration": ("文件登记（文号、日期、签发人）", "the paper (number, date, signatory)"),
}
LANGS: tuple[Lang, Lang] = ("zh", "en")
Words = Mapping[str, str] | Callable[[], Mapping[str, str]]
"""Parameters of a sentence, or how to find them when it is asked for."""


def refuse(code: str, **params: str) -> Refused:
    """Return a refusal without bodies or clauses; `why_en` and the like give the English words."""
    return Refused(Problem(code, params))


def bad_act(why: str, why_en: str) -> Refused:
    """Return the refusal of a malformed act."""
    return refuse("bad_act", why=why, why_en=why_en)


def act_label(act: str, lang: Lang = "zh") -> str:
    """Return what people call an act."""
    zh, en = ACT_NAMES.get(act, (act, act))
    return zh if lang == "zh" else en


def party_label(party: Party, pack: Pack, lang: Lang = "zh") -> str:
    """Return a party's label by the rule's own word (`事件发生处室（A）`); an unset reading as 〔…：待定〕."""
    if party.unset:
        name = pack.label("reading", party.unset, lang)
        return f"〔{name}：待定〕" if lang == "zh" else f"[{name}: not set]"
    derived = party.raw in pack.bodies and pack.bodies[party.raw].kind == "derived"
    named = f"{party.raw}@{party.place}" if derived and party.place else party.raw if derived else party.text
    return pack.body_label(named, lang)


def seat_label(seat: Seat | None, pack: Pack, lang: Lang = "zh") -> str:
    """Return the label of the seat that asked."""
    if seat is None:
        return "没有本案岗位的人" if lang == "zh" else "a person without a seat in this case"
    label = pack.body_label(seat.text, lang)
    return f"{label}{deputy_label(seat, pack, lang)}" if seat.acting_for else label


def deputy_label(seat: Seat, pack: Pack, lang: Lang = "zh", *, in_person: bool = False) -> str:
    """Return in brackets who sits in a seat by delegation and how far it reaches: the paper, the acts, the end."""
    own = pack.body_label(seat.own, lang) if seat.own else ""
    named = [(ACT_NAMES.get(act) or VERB_NAMES.get(act) or (act, act))[0 if lang == "zh" else 1] for act in seat.acts]
    until = show_instant(seat.until, pack.zone) if seat.until else ""
    acts = listed(named, lang)
    if lang == "zh":
        parts = (f"由{own}代行" if own else "代行", seat.document, acts and f"限{acts}", until and f"至 {until}")
        said = "，".join(p for p in (*parts, "这一项须本人办理" if in_person else "") if p)
        return f"（{said}）"
    parts = (
        f"{own} acting" if own else "by delegation",
        seat.document,
        acts and f"only {acts}",
        until and f"to {until}",
    )
    said = ", ".join(p for p in (*parts, "this is to be done in person" if in_person else "") if p)
    return f" ({said})"


def thing_label(name: str, pack: Pack, lang: Lang = "zh", form: str | None = None) -> str:
    """Return the label of a document, form field, fact, step or subject that is lacking."""
    if form and name in pack.forms[form].fields:
        field = pack.forms[form].fields[name]
        return (field.zh if lang == "zh" else field.en or field.zh) or name
    if name in SUBJECTS:
        return SUBJECTS[name][0 if lang == "zh" else 1]
    if name in pack.steps:
        step = pack.steps[name]
        return step.zh if lang == "zh" else step.en or step.zh
    if name.startswith("$"):
        return pack.label("reading", name[1:], lang)
    for sort in ("document", "fact", "form", "matter"):
        label = pack.label(sort, name, lang)
        if label != name:
            return label
    return name


def leaf_label(leaf: Leaf, pack: Pack, lang: Lang = "zh") -> str:
    """Return what people call an open leaf."""
    if leaf.sort == "reading":
        return (
            f"〔{pack.label('reading', leaf.name, lang)}〕" if lang == "zh" else pack.label("reading", leaf.name, lang)
        )
    label = thing_label(leaf.name, pack, lang)
    return label if leaf.sort == "fact" else f"{label}（尚未作出）" if lang == "zh" else f"{label} (not yet given)"


def listed(words: Iterable[str], lang: Lang) -> str:
    """Join labels."""
    return ("、" if lang == "zh" else ", ").join(dict.fromkeys(words))


def cites(clause: Iterable[str], pack: Pack, lang: Lang) -> str:
    """Return 〔第四篇 三(三)〕."""
    found = "；".join(dict.fromkeys(pack.cite(c) for c in clause))
    return "" if not found else f"〔{found}〕" if lang == "zh" else f"[{found}]"


def both(key: str, say: Callable[[Lang], str]) -> dict[str, str]:
    """Return a parameter in both languages."""
    return {key: say("zh"), f"{key}_en": say("en")}


def parties_of(slots: Iterable[Slot]) -> tuple[Party, ...]:
    """Return the parties of several links, each once."""
    return tuple(dict.fromkeys(party for slot in slots for party in slot.parties))


def _texts(parties: Iterable[Party]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(party.raw if party.excluding else party.text for party in parties))


class Teller:
    """Words one refusal after another for an act on a case."""

    def __init__(self, pack: Pack, case: Case | None, act: str, seat: Seat | None = None) -> None:
        self.pack, self.case, self.act, self.seat = pack, case, act, seat

    def problem(
        self,
        code: str,
        clause: tuple[str, ...] = (),
        *,
        rightful: tuple[Party, ...] = (),
        missing: tuple[str, ...] = (),
        open_: Iterable[Leaf] = (),
        words: Words = dict,
    ) -> Problem:
        """Return the problem with the labels every sentence may use; `words` are the parameters of its own."""
        leaves = sorted(open_, key=lambda leaf: leaf.text)
        return Problem(
            code,
            Later(lambda: {**self._labels(clause, rightful, leaves), **(words() if callable(words) else words)}),
            clause=clause,
            rightful=_texts(rightful),
            missing=missing,
            open=tuple(leaf.text for leaf in leaves),
        )

    def _labels(self, clause: tuple[str, ...], rightful: tuple[Party, ...], leaves: list[Leaf]) -> dict[str, str]:
        named: dict[str, str] = {}
        named |= both("act", lambda lang: act_label(self.act, lang))
        named |= both("who", lambda lang: seat_label(self.seat, self.pack, lang))
        named |= both("rightful", lambda lang: listed((party_label(p, self.pack, lang) for p in rightful), lang))
        named |= both("open", lambda lang: listed((leaf_label(leaf, self.pack, lang) for leaf in leaves), lang))
        return named | both("cites", lambda lang: cites(clause, self.pack, lang))

    def forbidden(self, option: Option) -> Problem:
        """Return: nobody, or not this body, whatever else is granted."""
        return self.problem("forbidden", option.grant.clause)

    def order(self, why: str, why_en: str, next_: str = "", next_en: str = "") -> Problem:
        """Return: not possible now, by the life cycle (language 4.5)."""
        again = ("先完成前面的环节。", "Complete what comes first.")
        params = {"why": why, "why_en": why_en, "next": next_ or again[0], "next_en": next_en or again[1]}
        return self.problem("out_of_order", words=params)

    def answer(self, answer: Answer) -> Problem:
        """Return the problem for what a live grant answered."""
        grant, code = answer.option.grant, str(answer.code)
        if code == "missing":
            return self.missing(answer.missing, grant.clause, grant.form, passable=bool(grant.product))
        if code == "wait_for":
            return self.wait_for(answer.waits_for, grant.clause)
        if code == "not_given":
            return self.hole(grant)
        if code == "needs_interpretation":
            readings = [Leaf("reading", name) for slot in answer.waits_for for name in slot.unset]
            return self.problem(code, grant.clause, rightful=parties_of(answer.waits_for), open_=readings)
        if code == "outside":
            return self.outside(answer.option)
        if code == "no_second_person":
            why = {"why": "本人已办过这条链上的另一环节", "why_en": "this person filled another link of this chain"}
            rightful = answer.slot.parties if answer.slot else ()
            return self.problem(code, grant.clause, rightful=rightful, words=why)
        return self.problem(code, grant.clause, rightful=parties_of(answer.option.slots), words=self._short(answer))

    def _short(self, answer: Answer) -> dict[str, str]:
        """Return who asked where a delegated seat does not reach because the link is to be filled in person."""
        seat = self.seat
        if seat is None or answer.limit != "in_person":
            return {}

        def say(lang: Lang) -> str:
            return self.pack.body_label(seat.text, lang) + deputy_label(seat, self.pack, lang, in_person=True)

        return both("who", say)

    def missing(
        self, names: tuple[str, ...], clause: tuple[str, ...], form: str | None = None, *, passable: bool = False
    ) -> Problem:
        """Return: this evidence is lacking."""

        def words() -> dict[str, str]:
            params = both("missing", lambda lang: listed((thing_label(n, self.pack, lang, form) for n in names), lang))
            ours = ("这是本系统的把关，也可以写明理由先行通过。", "This gate is ours: a written reason passes it.")
            return params | {"passable": ours[0] if passable else "", "passable_en": ours[1] if passable else ""}

        return self.problem("missing", clause, missing=names, words=words)

    def wait_for(self, slots: tuple[Slot, ...], clause: tuple[str, ...]) -> Problem:
        """Return: it is somebody else's turn."""

        def say(lang: Lang) -> str:
            return listed((self._turn(slot, lang) for slot in slots), lang)

        parties = parties_of(slots)
        return self.problem(
            "wait_for", clause, rightful=parties, missing=_texts(parties), words=lambda: both("missing", say)
        )

    def _turn(self, slot: Slot, lang: Lang) -> str:
        whom = ("或" if lang == "zh" else " or ").join(party_label(p, self.pack, lang) for p in slot.parties)
        verb = VERB_NAMES[slot.verb][0 if lang == "zh" else 1]
        return f"{whom}{verb}" if lang == "zh" else f"{whom} to {verb}"

    def outside(self, option: Option) -> Problem:
        """Return: done by others, only registered here."""
        grant = option.grant
        outer = tuple(Party(getattr(w, "body", ""), getattr(w, "post", None)) for w in grant.outside)
        recorders = parties_of(option.slots)

        def say(lang: Lang) -> str:
            return listed((party_label(p, self.pack, lang) for p in recorders), lang)

        return self.problem("outside", grant.clause, rightful=outer, words=lambda: both("recorder", say))

    def hole(self, grant: Grant) -> Problem:
        """Return: the plan gives it to nobody, and says so."""
        params = {"why": grant.hole or "", "why_en": f"the plan leaves it open ({grant.hole})"}
        params |= {"elsewhere": "", "elsewhere_en": ""}
        return self.problem("not_given", grant.clause, words=params)

    def not_given(self, options: tuple[Option, ...]) -> Problem:
        """Return: no grant applies; who has it under other conditions is named."""
        others = tuple(o for o in options if o.slots)
        parties = parties_of(slot for option in others for slot in option.slots)
        clause = tuple(dict.fromkeys(c for option in others for c in option.grant.clause))
        why = (
            ("在现在的情形下没有授权", "not in the present circumstances") if others else ("预案没有写", "it is silent")
        )

        def elsewhere(lang: Lang) -> str:
            if not parties:
                return ""
            names = listed((party_label(p, self.pack, lang) for p in parties), lang)
            return f"在其他情形下由{names}办理。" if lang == "zh" else f"In other circumstances: {names}. "

        def words() -> dict[str, str]:
            return {"why": why[0], "why_en": why[1], **both("elsewhere", elsewhere)}

        return self.problem("not_given", clause, rightful=parties, words=words)

    def absent(self, body: str) -> Problem:
        """Return: the temporary body that would have it does not stand now."""
        name, name_en = self.pack.body_label(body), self.pack.body_label(body, "en")
        words = {"why": f"{name}还没有成立或者已经撤销", "why_en": f"{name_en} does not stand now"}
        words |= {"elsewhere": "", "elsewhere_en": ""}
        return self.problem("not_given", self.pack.bodies[body].clause, words=words)

    def ignorance(self, options: tuple[Option, ...]) -> Problem:
        """Return: what is open decides whether anybody may."""
        unknown = [option for option in options if option.truth.value is None]
        leaves = frozenset(leaf for option in unknown for leaf in option.truth.open)
        clause = tuple(dict.fromkeys(c for option in unknown for c in option.grant.clause))
        only_readings = all(leaf.sort == "reading" for leaf in leaves) and bool(leaves)
        code = "needs_interpretation" if only_readings else "undecided"
        return self.problem(code, clause, rightful=parties_of(s for o in unknown for s in o.slots), open_=leaves)

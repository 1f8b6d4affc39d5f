"""The nouns of a pack: head, scales and sets, bodies, facts, forms, readings, clauses (language 1.1, 1.4, 2, 7)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from fengsui.core.pack.fields import (
    BodyName,
    Clauses,
    DateField,
    Id,
    Label,
    LabelField,
    Patterns,
    Strict,
    Text,
    Texts,
    TiersField,
    TypeField,
    WhenStrict,
    YesNo,
)


class Head(Strict):
    """`pack.yaml`: what the pack is, who issued the plan, from when it is in force."""

    language: Literal["1"]
    id: Id
    zh: Text
    en: Text | None = None
    version: Text
    kind: Literal["plan", "regime"] = "plan"
    issuer: Text
    in_force_from: DateField | None = None
    zone: Text = "Asia/Shanghai"
    tier_labels: TiersField = Field(default_factory=dict, alias="tiers")
    locked: Texts = ()
    text: Text | None = None
    clause: Clauses

    @property
    def tiers(self) -> tuple[str, ...]:
        """The names of the tiers, the topmost first."""
        return tuple(self.tier_labels)


class Honest(Strict):
    """A rule with its clauses and the three marks of honesty (language 1.1)."""

    clause: Clauses
    inferred: Text | None = None
    product: Text | None = None
    note: Text | None = None


class Named(Honest):
    """A declared thing with its labels."""

    zh: Text
    en: Text | None = None
    aliases: Texts = ()

    @property
    def label(self) -> Label:
        """The labels as one value."""
        return Label(self.zh, self.en, self.aliases)


class Scale(Named):
    """An ordinal, from light to grave. `like` ties labels of one ordinal; `undeclared`: values the text only uses."""

    values: dict[str, LabelField]
    like: Id | None = None
    undeclared: dict[str, Text] = Field(default_factory=dict)


class TermSet(Named):
    """Named values without order; `open: other` admits the value `other` with a reason."""

    values: dict[str, LabelField]
    open: Literal["other"] | None = None


class Matter(Named):
    """A kind of thing that may be recorded on a case and start duties."""

    is_: Text | None = Field(None, alias="is")


class Body(Named):
    """Who can act: standing, temporary, derived from the case, or external (language 2)."""

    kind: Literal["standing", "temporary", "derived", "external"]
    posts: dict[str, LabelField] = Field(default_factory=dict)
    acts_through: Texts = ()
    many: YesNo = False
    per: Literal["organisation"] | None = None
    tier: Text | None = None
    under: BodyName | None = None
    created_by: Patterns = ()
    ends_on: Patterns = ()
    from_: Text | dict[str, Text] | None = Field(None, alias="from")
    is_: Text | None = Field(None, alias="is")
    constituted: Literal["nowhere", "elsewhere"] | None = None
    binds: Literal["contract", "agreement"] | None = None


class Derivation(Strict):
    """`elapsed` between two instants (an open end means until now), less a duration."""

    elapsed: Texts
    minus: Text | None = None


class FactRule(Named):
    """A typed question to the night: asked, derived, or defined by a condition (`means`)."""

    type: TypeField
    judged: YesNo = False
    is_: Text | None = Field(None, alias="is")
    means: WhenStrict | None = None
    derive: Derivation | None = None
    initially: Text | None = None


class FormField(Strict):
    """One blank of a form, `name: type` for short. `later` fields may be missing from the first report."""

    type: TypeField
    zh: Text | None = None
    en: Text | None = None
    later: YesNo = False
    is_: Text | None = Field(None, alias="is")

    @model_validator(mode="before")
    @classmethod
    def _short(cls, data: object) -> object:
        return {"type": data} if isinstance(data, str) else data


class Form(Named):
    """What a report or notice must contain. `missing` says why the original annex is not followed."""

    fields: dict[str, FormField]
    missing: Text | None = None


class Parameter(Named):
    """A value that the text leaves out. `suggest` is advice and never used by the engine."""

    type: TypeField
    suggest: Text | None = None


class Option(Strict):
    """One reading of two clauses that disagree; `means` lets it stand as a value."""

    zh: Text
    en: Text | None = None
    means: Text | None = None
    clause: Clauses


class Switch(Named):
    """A contradiction for the plan's owner to decide."""

    options: dict[str, Option]
    suggest: Text | None = None


class Clause(Strict):
    """A place in the plan: short citation for the screen, locator, our own summary, and why not executed."""

    cite: Text
    at: Text
    says: Text
    says_en: Text | None = None
    not_executable: Text | None = None
    law: Text | None = None


class TermsFile(Strict):
    """`terms.yaml`."""

    scales: dict[str, Scale] = Field(default_factory=dict)
    sets: dict[str, TermSet] = Field(default_factory=dict)
    matters: dict[str, Matter] = Field(default_factory=dict)
    documents: dict[str, LabelField] = Field(default_factory=dict)


class BodiesFile(Strict):
    """`bodies.yaml`."""

    bodies: dict[str, Body] = Field(default_factory=dict)


class FactsFile(Strict):
    """`facts.yaml`."""

    facts: dict[str, FactRule] = Field(default_factory=dict)


class FormsFile(Strict):
    """`forms.yaml`."""

    forms: dict[str, Form] = Field(default_factory=dict)


class ReadingsFile(Strict):
    """`readings.yaml`."""

    parameters: dict[str, Parameter] = Field(default_factory=dict)
    switches: dict[str, Switch] = Field(default_factory=dict)
    soft_words: dict[str, LabelField] = Field(default_factory=dict)


class ClausesFile(Strict):
    """`clauses.yaml`."""

    clauses: dict[str, Clause] = Field(default_factory=dict)

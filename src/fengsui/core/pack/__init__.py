"""The plan language as typed values: what a pack's files may say (language 1 to 7)."""

from fengsui.core.pack.fields import AnyOf, Clock, EventPattern, Label, SameAs, Start, Who
from fengsui.core.pack.model import FILES, Fault, Pack, read, spread
from fengsui.core.pack.overlay import Overlay, OverlayFile
from fengsui.core.pack.rules import Duty, GradeRule, Grant, Link, Menu, Method, Playbook, Row, Step
from fengsui.core.pack.terms import Body, Clause, FactRule, Form, FormField, Parameter, Scale, Switch, TermSet
from fengsui.core.pack.values import BadValue, Domain, Money, Type, Value, nil, parse_value
from fengsui.core.pack.vocabulary import BodyRef, ReadingRef, Vocabulary
from fengsui.core.pack.when import ALWAYS, All, AnyOfThese, Condition, Not, Test, parse_condition, tests

__all__ = [
    "ALWAYS",
    "FILES",
    "All",
    "AnyOf",
    "AnyOfThese",
    "BadValue",
    "Body",
    "BodyRef",
    "Clause",
    "Clock",
    "Condition",
    "Domain",
    "Duty",
    "EventPattern",
    "FactRule",
    "Fault",
    "Form",
    "FormField",
    "GradeRule",
    "Grant",
    "Label",
    "Link",
    "Menu",
    "Method",
    "Money",
    "Not",
    "Overlay",
    "OverlayFile",
    "Pack",
    "Parameter",
    "Playbook",
    "ReadingRef",
    "Row",
    "SameAs",
    "Scale",
    "Start",
    "Step",
    "Switch",
    "TermSet",
    "Test",
    "Type",
    "Value",
    "Vocabulary",
    "Who",
    "nil",
    "parse_condition",
    "parse_value",
    "read",
    "spread",
    "tests",
]

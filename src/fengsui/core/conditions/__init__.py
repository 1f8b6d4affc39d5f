"""Conditions on a case: three-valued, naming what is open; and the bodies a rule means (language 1.3, 1.4, 2)."""

from fengsui.core.conditions.compiled import Among, Known, Look, Open, all_tests
from fengsui.core.conditions.options import under_options
from fengsui.core.conditions.parties import (
    at_home,
    exists,
    home,
    homes,
    parse_party,
    placed,
    resolve,
    said_from,
    same_body,
    sits,
    speaks,
)
from fengsui.core.conditions.patterns import addressees, matches
from fengsui.core.conditions.truth import (
    FALSE,
    NOTHING,
    TRUE,
    Leaf,
    Leaves,
    Truth,
    conjunction,
    disjunction,
    ignorance,
    negation,
    texts,
)
from fengsui.core.conditions.view import SUBJECTS, View, judge, turning_points

__all__ = [
    "FALSE",
    "NOTHING",
    "SUBJECTS",
    "TRUE",
    "Among",
    "Known",
    "Leaf",
    "Leaves",
    "Look",
    "Open",
    "Truth",
    "View",
    "addressees",
    "all_tests",
    "at_home",
    "conjunction",
    "disjunction",
    "exists",
    "home",
    "homes",
    "ignorance",
    "judge",
    "matches",
    "negation",
    "parse_party",
    "placed",
    "resolve",
    "said_from",
    "same_body",
    "sits",
    "speaks",
    "texts",
    "turning_points",
    "under_options",
]

"""The style sheets: small, layered, used, from nowhere else, and readable for browsers since Chromium 105."""

import re

import pytest

from fengsui.web.views.frame import SHEETS
from tests.support import css

LIMIT = 60_000
WEB = css.SHEETS.parents[2]
YOUNGER = {
    "color-mix()": r"color-mix\(",
    "light-dark()": r"light-dark\(",
    "colour spaces and relative colours": r"\b(?:ok)?l(?:ch|ab)\(|\bcolor\(|\((?:from) ",
    "text-autospace, text-spacing-trim": r"text-autospace|text-spacing-trim",
    "text-wrap": r"text-wrap(?:-\w+)?\s*:",
    "dynamic viewport units": r"\d(?:d|s|l)v(?:h|w|i|b|min|max)\b",
    "units lh, rlh, cap, rex, rch, ric": r"\d(?:r?lh|cap|rex|rch|ric)\b",
    "mathematics": r"\b(?:sin|cos|tan|a(?:sin|cos|tan2?)|pow|sqrt|hypot|log|exp|round|mod|rem|abs|sign)\(",
    "mask without prefix": r"(?<![\w-])mask(?:-\w+)?\s*:",
    "print-color-adjust without prefix": r"(?<![\w-])print-color-adjust",
    "scrollbars": r"scrollbar-(?:width|color)\s*:",
    "field-sizing, interpolate-size, text-box": r"field-sizing|interpolate-size|text-box|font-size-adjust",
    "subgrid": r"subgrid",
    "anchors": r"anchor-name|position-anchor|anchor\(",
    "view transitions": r"view-transition|@starting-style",
    "scroll timelines": r"animation-(?:timeline|composition|range)",
    "image-set() without prefix": r"(?<![\w-])image-set\(",
    "linear()": r"(?<![\w-])linear\(",
    "@scope": r"@scope",
    "style queries": r"style\(",
    "younger media features": r"\((?:scripting|update|overflow-block|prefers-reduced-transparency|dynamic-range)",
    "younger selectors": r":(?:user-(?:in)?valid|dir\(|open\b|popover-open|state\()|::details-content|:nth.*of ",
}
"""What came to Chromium after 105, by a pattern. Layers 99, :has and container queries 105, ranges 104 may be used."""
LAYERS = ["reset", "tokens", "base", "layout", "parts", "pages", "util", "print"]


def all_rules() -> list[css.Rule]:
    return [rule for name, text in css.sheets().items() for rule in css.rules(name, text)]


def test_all_sheets_together_stay_small():
    assert sum(path.stat().st_size for path in css.SHEETS.glob("*.css")) < LIMIT


def test_there_is_one_sheet_a_layer_loaded_in_the_order_of_the_layers():
    assert [path.rsplit("/", 1)[-1] for path in SHEETS] == [f"{layer}.css" for layer in LAYERS]
    assert sorted(css.sheets()) == sorted(f"{layer}.css" for layer in LAYERS)
    assert css.sheets()["reset.css"].strip().startswith(f"@layer {', '.join(LAYERS)};")
    for rule in all_rules():
        assert rule.around[0] == f"@layer {rule.sheet.removesuffix('.css')}", rule


@pytest.mark.parametrize("feature", YOUNGER)
def test_what_is_younger_than_chromium_105_stands_inside_supports(feature):
    found = re.compile(YOUNGER[feature])
    bare = [
        f"{rule.sheet}: {rule.prelude} {{ {rule.body[:80]} }}"
        for rule in all_rules()
        if not rule.optional and found.search(" ".join((*rule.around, rule.prelude, rule.body)))
    ]
    assert not bare, "\n".join(bare)


def test_the_check_for_young_features_sees_them():
    young = ["a { color: color-mix(in srgb, red, blue) }", "a { height: 100dvh }", "@scope (a) { b { top: 0 } }"]
    young += ["p { text-wrap: pretty }", "a { mask: none }", "a:user-valid { top: 0 }", "i { width: round(1px, 2px) }"]
    for text in young:
        (rule,) = css.rules("x.css", f"@layer parts {{ {text} }}")
        seen = " ".join((*rule.around, rule.prelude, rule.body))
        assert any(re.search(pattern, seen) for pattern in YOUNGER.values()), text
    (kept,) = css.rules("x.css", "@layer a { @supports (height: 1dvh) { b { height: 1dvh; } } c { }")
    assert kept.optional
    left = css.without("a { b: 1 } @supports (x: (y)) { c { d: 1 } } e { f: 1 }", "@supports")
    assert " ".join(left.split()) == "a { b: 1 } e { f: 1 }"


def test_rules_are_not_nested_in_rules():
    nested = [rule for rule in all_rules() if any(not prelude.startswith("@") for prelude in rule.around)]
    assert not nested


def test_every_class_is_used_by_a_page_or_a_script():
    used = set()
    for path in (*WEB.rglob("*.html"), *WEB.rglob("*.js"), *WEB.rglob("*.py"), *(WEB.parent / "cases").rglob("*.py")):
        used |= set(re.findall(r"[A-Za-z][\w-]*", path.read_text(encoding="utf-8")))
    named = {name for rule in all_rules() for name in re.findall(r"\.([A-Za-z][\w-]*)", rule.prelude)}
    assert not named - used


def test_every_token_is_used():
    text = "\n".join(css.sheets().values())
    tokens = set(re.findall(r"(--[\w-]+)\s*:", css.sheets()["tokens.css"]))
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in WEB.rglob("*.js"))
    assert not {token for token in tokens if f"var({token}" not in text and token not in scripts}


def test_importance_is_claimed_in_three_places_only():
    claimed = [(rule.sheet, rule.around[-1]) for rule in all_rules() if "!important" in rule.body]
    places = [("base.css", "@media (prefers-reduced-motion: reduce)"), ("print.css", "@media print")]
    assert sorted(claimed) == [*places, ("reset.css", "@layer reset")]


def test_nothing_is_fetched_by_a_sheet():
    for name, text in css.sheets().items():
        assert "url(" not in text and "@import" not in text and "@font-face" not in text, name

"""An unset switch blocks only where its options differ (language 1.4).

Rules
- Where an answer is open because of unset switches, it is given under each option, at most 64 combinations; if all
  agree, that is the answer, and it does not depend on the reading. Otherwise it stays open as it was.
- A parameter has no options: what is open because of one stays open.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from fengsui.core.conditions.truth import Leaf, Leaves
from fengsui.core.pack import Pack

if TYPE_CHECKING:
    from fengsui.core.conditions.view import View

MOST = 64


def under_options(open_: Leaves, view: View) -> Iterator[View]:
    """Yield a view for each combination of options of the unset switches among the leaves; nothing beyond 64."""
    switches, leaves = view.pack.readings.switches, view.remember("switches", _leaves)
    names = [leaf.name for leaf in leaves if leaf in open_]
    if not names:
        return
    options = [tuple(switches[name].options) for name in names]
    if prod(map(len, options)) > MOST:
        return
    for chosen in product(*options):
        yield view.under(dict(zip(names, chosen, strict=True)))


def _leaves(pack: Pack) -> tuple[Leaf, ...]:
    """Return the switches of a pack as leaves, by name: few, where what is open may be much."""
    return tuple(Leaf("reading", name) for name in sorted(pack.readings.switches))

"""Pages that keep themselves fresh: their panels, and the answer to "what has changed?".

Rules
* A panel is one template with a fixed id, used by the whole page and by the answer alike.
* The page knows the version of each panel (a digest of its rows, not of its HTML: a countdown is no change). The answer
  brings only the panels whose version moved, or 204.
* The bar of the watchman is asked for with them: it appears on a page that stands open, and goes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from fengsui.web.views.frame import at, stamp, standing


@dataclass(frozen=True, slots=True)
class Panel:
    """One part of a page that is replaced as a whole. `rows` is what its version is made of."""

    id: str
    template: str
    rows: Any
    context: Mapping[str, Any] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """Changes when the rows change."""
        return hashlib.sha256(repr(self.rows).encode()).hexdigest()[:10]


def versions(panels: Sequence[Panel]) -> str:
    """What the page says it shows."""
    return ",".join(f"{panel.id}:{panel.version}" for panel in panels)


def context(panels: Sequence[Panel], address: str) -> dict[str, Any]:
    """What a whole page needs: the panels by name, and the address that is asked for changes."""
    merged: dict[str, Any] = {}
    for panel in panels:
        merged |= panel.context
    return merged | {"live_address": address, "live_versions": versions(panels)}


def answer(request: HttpRequest, panels: Sequence[Panel], address: str) -> HttpResponse:
    """The panels that moved since the page was made, or 204."""
    seen = dict(part.split(":", 1) for part in request.GET.get("v", "").split(",") if ":" in part)
    moved = [panel for panel in panels if seen.get(panel.id) != panel.version]
    alarms = standing(request)
    alarmed = seen.get("watchman") != alarms["alarms_version"]
    if not moved and not alarmed:
        return stamp(request, HttpResponse(status=204))
    base = {"now": at(request), "oob": True, **context(panels, address), **alarms}
    parts = [render_to_string(panel.template, base, request) for panel in moved]
    parts += [render_to_string("parts/alarms.html", base, request)] if alarmed else []
    parts.append(render_to_string("parts/live.html", base, request))
    return stamp(request, HttpResponse("\n".join(parts)))

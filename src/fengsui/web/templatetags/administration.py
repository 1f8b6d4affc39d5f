"""What the pages say of an administrative office, and of what a key to the HTTP interface opens."""

from django import template
from django.utils.translation import get_language

from fengsui.directory import tokens
from fengsui.directory.offices import LABELS

register = template.Library()


@register.filter
def office(id: str) -> str:
    """What an administrative office is called; empty for none."""
    return LABELS[id][(get_language() or "").startswith("en")] if id in LABELS else ""


@register.filter
def scope(id: str) -> str:
    """What a scope of a key is called."""
    return tokens.LABELS[id][(get_language() or "").startswith("en")]  # type: ignore[index]

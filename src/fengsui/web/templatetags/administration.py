"""What the pages of administration say of an office."""

from django import template
from django.utils.translation import get_language

from fengsui.directory.offices import LABELS

register = template.Library()


@register.filter
def office(id: str) -> str:
    """What an administrative office is called; empty for none."""
    return LABELS[id][(get_language() or "").startswith("en")] if id in LABELS else ""

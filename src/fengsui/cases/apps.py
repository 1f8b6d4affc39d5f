"""Registers cases: the record: event log, case row and obligations; the only door to the engine."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Tells Django where cases lives."""

    name = "fengsui.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

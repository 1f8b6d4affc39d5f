"""Registers readiness: the plan in peacetime: yearly duties, training, resources, contacts kept fresh."""

from django.apps import AppConfig


class ReadinessConfig(AppConfig):
    """Tells Django where readiness lives."""

    name = "fengsui.readiness"
    label = "readiness"
    default_auto_field = "django.db.models.BigAutoField"

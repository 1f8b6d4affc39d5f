"""Registers watch: monitoring and early warning: sightings come in, warnings are opened as cases."""

from django.apps import AppConfig


class WatchConfig(AppConfig):
    """Tells Django where watch lives."""

    name = "fengsui.watch"
    label = "watch"
    default_auto_field = "django.db.models.BigAutoField"

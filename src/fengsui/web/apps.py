"""Registers web: the pages."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Tells Django where web lives."""

    name = "fengsui.web"
    label = "web"

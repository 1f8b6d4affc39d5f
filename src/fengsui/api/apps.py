"""Registers api: the JSON API and inbound webhooks."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Tells Django where api lives."""

    name = "fengsui.api"
    label = "api"

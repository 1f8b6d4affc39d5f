"""Registers server: settings, wiring and management commands."""

from django.apps import AppConfig


class ServerConfig(AppConfig):
    """Tells Django where server lives."""

    name = "fengsui.server"
    label = "server"

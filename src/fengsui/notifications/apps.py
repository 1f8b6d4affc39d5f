"""Registers notifications: follows the event log and delivers notices through an outbox."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Tells Django where notifications lives."""

    name = "fengsui.notifications"
    label = "notifications"
    default_auto_field = "django.db.models.BigAutoField"
